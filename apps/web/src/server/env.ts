import { isIP } from "node:net";
import { databaseUrls } from "@tend/db/urls";
import { z } from "zod";

const makeSecret = "node -p \"require('crypto').randomBytes(32).toString('base64')\"";

const Secret = (name: string) =>
  z
    .string(`${name} is missing. Make one with: ${makeSecret}`)
    .min(32, `${name} is shorter than 32 characters. Make a longer one with: ${makeSecret}`);

const isOrigin = (text: string): boolean => {
  if (!URL.canParse(text) || text.includes("*")) return false;
  const { protocol, origin } = new URL(text);
  return /^https?:$/.test(protocol) && origin === text.replace(/\/$/, "");
};

const Origin = (message: string) =>
  z
    .string(message)
    .refine(isOrigin, message)
    .transform((text) => text.replace(/\/$/, ""));

/** A host without port, brackets or zone; and nothing that systems read as a short IP address. */
const isHost = (text: string): boolean => {
  if (isIP(text)) return !text.includes("%");
  const url = `http://${text}`;
  return (
    /^\w[\w.-]*$/.test(text) && URL.canParse(url) && new URL(url).hostname === text.toLowerCase()
  );
};

/** An IP address, or a network of them; not one of all addresses, which trusts everybody. */
const isNetwork = (text: string): boolean => {
  const [address = "", prefix, ...rest] = text.split("/");
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  if (bits === undefined || address.includes("%") || rest.length > 0) return false;
  return (
    prefix === undefined ||
    (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bits)
  );
};

const PostgresUrl = (name: string) => {
  const message = `${name} is not a PostgreSQL address. Write it as postgresql://user:password@host:5432/database.`;
  return z
    .string(message)
    .refine((text) => /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text), message);
};

/** C-4: the whole environment. `.env.example` documents each variable, as a test checks. */
export const Env = z.object({
  BETTER_AUTH_SECRET: Secret("BETTER_AUTH_SECRET"),
  BETTER_AUTH_SECRET_RETIRED: Secret("BETTER_AUTH_SECRET_RETIRED").optional(),
  BETTER_AUTH_URL: Origin(
    "BETTER_AUTH_URL is missing or is not an origin. Write the address that people open, as https://tend.example.com (no path).",
  ),
  DATABASE_URL: PostgresUrl("DATABASE_URL"),
  DIRECT_URL: PostgresUrl("DIRECT_URL").optional(),
  CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(",").map((origin) => origin.trim()))
    .pipe(
      z.array(
        Origin(
          "CORS_ORIGINS lists something that is not an origin. Write origins with commas between them, as https://a.example.com,https://b.example.com; * is not allowed.",
        ),
      ),
    )
    .optional()
    .transform((origins) => origins ?? []),
  HOST: z
    .string()
    .refine(
      isHost,
      "HOST is neither an IP address nor a host name. Give 0.0.0.0 for every IPv4 address of this machine, :: for IPv6 too, or one address or name of it.",
    )
    .optional(),
  PORT: z
    .string()
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535,
      "PORT is not a port. Give a number from 1 to 65535.",
    )
    .optional(),
  TEND_DATA: z.string().optional(),
  TEND_POSTGRES: z.string().optional(),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(",").map((entry) => entry.trim()))
    .refine(
      (entries) => entries.every(isNetwork),
      "TRUSTED_PROXIES lists something that is neither an IP address nor a network. Write them with commas between, as 127.0.0.1,10.0.0.0/8; a network of all addresses is not allowed.",
    )
    .optional()
    .transform((entries) => entries ?? []),
  WEB_CONCURRENCY: z
    .string()
    .refine(
      (text) => /^[1-9]\d{0,2}$/.test(text),
      "WEB_CONCURRENCY is not a number of processes. Give a whole number from 1 to 999.",
    )
    .transform(Number)
    .optional(),
  TASKS_RATE_LIMIT: z
    .string()
    .refine(
      (text) => /^[1-9]\d{0,8}$/.test(text),
      "TASKS_RATE_LIMIT is not a number of requests. Give a whole number from 1 on.",
    )
    .optional()
    .transform((text) => Number(text ?? 6000)),
  LIVE_WAIT: z
    .string()
    .refine(
      (text) => /^\d{1,2}$/.test(text) && Number(text) <= 60,
      "LIVE_WAIT is not a number of seconds. Give a whole number from 0 (requests never wait for changes) to 60.",
    )
    .optional()
    .transform((text) => Number(text ?? 25)),
  TASKS_QUOTA: z
    .string()
    .refine(
      (text) => /^[1-9]\d{0,8}$/.test(text),
      "TASKS_QUOTA is not a number of tasks. Give a whole number from 1 to 999999999.",
    )
    .optional()
    .transform((text) => Number(text ?? 1_000_000)),
});

export type Env = z.infer<typeof Env>;

type Variables = Readonly<Record<string, string | undefined>>;

/** Fills in the aliases and what Vercel knows by itself; an empty value counts as none. */
function withAliases(variables: Variables): Variables {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
  const { url, direct } = databaseUrls(variables);
  const { VERCEL_ENV, VERCEL_PROJECT_PRODUCTION_URL, VERCEL_BRANCH_URL, VERCEL_URL } = given;
  // One deployment of Vercel has several addresses. That of its branch outlives it, as do tokens.
  const own = [
    VERCEL_ENV === "production" ? VERCEL_PROJECT_PRODUCTION_URL : undefined,
    VERCEL_BRANCH_URL,
    VERCEL_URL,
  ].flatMap((host) => (host ? [`https://${host}`] : []));
  const origins = [given.CORS_ORIGINS ?? [], own].flat().join(",");
  return {
    ...(own[0] && { BETTER_AUTH_URL: own[0] }),
    // A request that waits is paid for there, and keeps the database awake.
    ...(variables.VERCEL && { LIVE_WAIT: "0" }),
    ...given,
    ...(origins && { CORS_ORIGINS: origins }),
    ...(url && { DATABASE_URL: url }),
    ...(direct && { DIRECT_URL: direct }),
  };
}

/** What Better Auth would read past this schema. */
const foreign = [
  [
    "BETTER_AUTH_TRUSTED_ORIGINS",
    "is not used by Tend. Unset it and list the origins in CORS_ORIGINS.",
  ],
  [
    "BETTER_AUTH_SECRETS",
    "is not used by Tend. Unset it; BETTER_AUTH_SECRET signs and BETTER_AUTH_SECRET_RETIRED still verifies.",
  ],
] as const;

/** Seconds: Vercel ends a request of ours after 30. */
const longestWaitOnVercel = 20;

/** @throws EnvError that names every variable at fault, what is wrong and the remedy. */
export function readEnv(variables: Variables): Env {
  const result = Env.safeParse(withAliases(variables));
  const faults = [
    ...(result.error?.issues.map((issue) => issue.message) ?? []),
    ...(variables.VERCEL && Number(variables.LIVE_WAIT) > longestWaitOnVercel
      ? [`LIVE_WAIT is more than Vercel allows. Give at most ${longestWaitOnVercel} there.`]
      : []),
    ...foreign.filter(([name]) => variables[name]).map(([name, remedy]) => `${name} ${remedy}`),
  ];
  if (result.success && faults.length === 0) return result.data;
  throw new EnvError(faults);
}

export class EnvError extends Error {
  override readonly name = "EnvError";
  constructor(faults: readonly string[]) {
    const list = [...new Set(faults)].map((fault) => `  - ${fault}`).join("\n");
    super(
      `Tend cannot start with this environment:\n${list}\nEach variable is explained in .env.example.`,
    );
  }
}

let cached: Env | undefined;

/** The environment of this process, checked once. */
export const env = (): Env => {
  cached ??= readEnv(process.env);
  return cached;
};

/** A-6, C-4: a wrong environment stops the start, with words for the person who started it. */
export function checkEnvironment(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
