import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Env, EnvError, readEnv } from "./env.ts";

const good = {
  BETTER_AUTH_SECRET: "a secret of the right length, really",
  BETTER_AUTH_URL: "https://tend.example.com",
  DATABASE_URL: "postgresql://user:password@host:5432/tend",
};

/** The lines that a wrong environment is refused with. */
function faultsOf(variables: Record<string, string | undefined>): string[] {
  try {
    readEnv(variables);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    return (error as Error).message
      .split("\n")
      .filter((line) => line.startsWith("  - "))
      .map((line) => line.slice(4));
  }
  return [];
}

test("[C-4] what is needed is enough, and what is left out has its default", () => {
  expect(readEnv(good)).toEqual({
    ...good,
    DIRECT_URL: good.DATABASE_URL,
    CORS_ORIGINS: [],
    LIVE_WAIT: 25,
    TASKS_RATE_LIMIT: 6000,
    TASKS_QUOTA: 1_000_000,
    TRUSTED_PROXIES: [],
  });
});

test("[C-4] everything may be given", () => {
  const all = {
    ...good,
    BETTER_AUTH_SECRET_RETIRED: "another secret of the right length",
    DIRECT_URL: "postgres://user@direct/tend",
    CORS_ORIGINS: "https://a.example.com, http://localhost:5173/",
    HOST: "0.0.0.0",
    LIVE_WAIT: "10",
    PORT: "8080",
    TASKS_RATE_LIMIT: "100",
    TASKS_QUOTA: "5000",
    TEND_DATA: "/tmp/tend",
    TRUSTED_PROXIES: "127.0.0.1, 2001:db8::/32",
    WEB_CONCURRENCY: "4",
  };
  expect(readEnv(all)).toEqual({
    ...all,
    CORS_ORIGINS: ["https://a.example.com", "http://localhost:5173"],
    LIVE_WAIT: 10,
    TASKS_RATE_LIMIT: 100,
    TASKS_QUOTA: 5000,
    TRUSTED_PROXIES: ["127.0.0.1", "2001:db8::/32"],
    WEB_CONCURRENCY: 4,
  });
});

test.each(["127.0.0.1", "::", "::1", "2001:DB8::1", "localhost", "tend.Example.com", "tend_web"])(
  "[C-4, C-8] HOST may be %s",
  (HOST) => {
    expect(readEnv({ ...good, HOST }).HOST).toBe(HOST);
  },
);

const makesOne = "node -p \"require('crypto').randomBytes(32).toString('base64')\"";

describe("[A-6, C-4] is refused, naming the variable, the fault and the remedy:", () => {
  test.each<[string, Record<string, string | undefined>, string, string]>([
    ["no secret", { BETTER_AUTH_SECRET: undefined }, "BETTER_AUTH_SECRET is missing", makesOne],
    ["an empty secret", { BETTER_AUTH_SECRET: "" }, "BETTER_AUTH_SECRET is missing", makesOne],
    [
      "a secret of 31 characters",
      { BETTER_AUTH_SECRET: "x".repeat(31) },
      "BETTER_AUTH_SECRET is shorter than 32 characters",
      makesOne,
    ],
    [
      "a retired secret of 31 characters",
      { BETTER_AUTH_SECRET_RETIRED: "x".repeat(31) },
      "BETTER_AUTH_SECRET_RETIRED is shorter than 32 characters",
      makesOne,
    ],
    ...[
      undefined,
      "",
      "tend.example.com",
      "https://tend.example.com/tasks",
      "https://tend.example.com?x=1",
      "https://tend.example.com/#",
      "https://user@tend.example.com",
      "ftp://tend.example.com",
      "javascript:alert(1)",
      "https://",
      "*",
    ].map((url): [string, Record<string, string | undefined>, string, string] => [
      `the address ${url}`,
      { BETTER_AUTH_URL: url },
      "BETTER_AUTH_URL is missing or is not an origin",
      "https://tend.example.com",
    ]),
    ...["DATABASE_URL", "DIRECT_URL"].flatMap((name) =>
      [
        "mysql://user@host/tend",
        "localhost:5432",
        "postgresql://",
        "postgresql:host",
        "postgresql://user:password@host:port/tend",
      ].map((url): [string, Record<string, string | undefined>, string, string] => [
        `${name}=${url}`,
        { [name]: url },
        `${name} is not a PostgreSQL address`,
        "postgresql://user:password@host:5432/database",
      ]),
    ),
    [
      "no DATABASE_URL",
      { DATABASE_URL: undefined },
      "DATABASE_URL is",
      "postgresql://user:password@host:5432/database",
    ],
    ...[
      "*",
      "https://*",
      "https://*.example.com",
      "https://a.example.com,*",
      "a.example.com",
      "https://a.example.com/x",
      "null",
      ",",
    ].map((origins): [string, Record<string, string | undefined>, string, string] => [
      `CORS_ORIGINS=${origins}`,
      { CORS_ORIGINS: origins },
      "CORS_ORIGINS lists something that is not an origin",
      "https://a.example.com,https://b.example.com",
    ]),
    ...[
      "*",
      "0.0.0.0/0",
      "::/0",
      "10.0.0.0/33",
      "::1/129",
      "10.0.0.0/8/8",
      "10.0.0.0/x",
      "127.0.0.1:80",
      "localhost",
      "127.0.0.1,,::1",
      "fe80::1%eth0",
      "127.1",
    ].map((proxies): [string, Record<string, string | undefined>, string, string] => [
      `TRUSTED_PROXIES=${proxies}`,
      { TRUSTED_PROXIES: proxies },
      "TRUSTED_PROXIES lists something that is neither",
      "127.0.0.1,10.0.0.0/8",
    ]),
    ...["0", "65536", "3000.5", "-1", "http", "99999999"].map(
      (port): [string, Record<string, string | undefined>, string, string] => [
        `PORT=${port}`,
        { PORT: port },
        "PORT is not a port",
        "1 to 65535",
      ],
    ),
    ...[
      "*",
      "[::1]",
      "127.0.0.1:3000",
      "http://localhost",
      "fe80::1%eth0",
      "256.0.0.1",
      "1.2.3",
      "0",
      "two names",
      "-H",
    ].map((host): [string, Record<string, string | undefined>, string, string] => [
      `HOST=${host}`,
      { HOST: host },
      "HOST is neither an IP address nor a host name",
      "0.0.0.0",
    ]),
    [
      "origins that Better Auth would trust past CORS_ORIGINS",
      { BETTER_AUTH_TRUSTED_ORIGINS: "https://a.example.com" },
      "BETTER_AUTH_TRUSTED_ORIGINS is not used",
      "CORS_ORIGINS",
    ],
    [
      "secrets that Better Auth would sign with past BETTER_AUTH_SECRET",
      { BETTER_AUTH_SECRETS: `2:${"x".repeat(32)}` },
      "BETTER_AUTH_SECRETS is not used",
      "BETTER_AUTH_SECRET_RETIRED",
    ],
  ])("%s", (_, change, fault, remedy) => {
    const faults = faultsOf({ ...good, ...change }).filter((line) => line.startsWith(fault));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(remedy);
  });

  test("everything at once, each variable once", () => {
    const faults = faultsOf({ BETTER_AUTH_SECRET: "short", CORS_ORIGINS: "*,*" });
    expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
      "BETTER_AUTH_SECRET",
      "BETTER_AUTH_URL",
      "DATABASE_URL",
      "CORS_ORIGINS",
    ]);
  });

  test("without showing a value", () => {
    const secret = "hunter2-hunter2";
    expect(faultsOf({ ...good, BETTER_AUTH_SECRET: secret }).join()).not.toContain(secret);
    const url = "mysql://user:hunter2@host/tend";
    expect(faultsOf({ ...good, DATABASE_URL: url }).join()).not.toContain("hunter2");
  });
});

describe("[C-4] aliases", () => {
  const { DATABASE_URL, ...rest } = good;
  const other = "postgresql://user@other/tend";

  test("NEON_DB_URL stands in for DATABASE_URL, also for an empty one", () => {
    expect(readEnv({ ...rest, NEON_DB_URL: other }).DATABASE_URL).toBe(other);
    expect(readEnv({ ...rest, DATABASE_URL: "", NEON_DB_URL: other }).DATABASE_URL).toBe(other);
    expect(readEnv({ ...good, NEON_DB_URL: other }).DATABASE_URL).toBe(DATABASE_URL);
  });

  test("DATABASE_URL_UNPOOLED stands in for DIRECT_URL, and either wins over DATABASE_URL", () => {
    expect(readEnv({ ...good, DATABASE_URL_UNPOOLED: other }).DIRECT_URL).toBe(other);
    const direct = "postgresql://user@direct/tend";
    const both = { ...good, DIRECT_URL: direct, DATABASE_URL_UNPOOLED: other };
    expect(readEnv(both)).toMatchObject({ DATABASE_URL, DIRECT_URL: direct });
  });

  const { BETTER_AUTH_URL, ...alone } = good;
  const deployment = "https://tend-abc.vercel.app";
  const branch = "https://tend-git-dates.vercel.app";
  const hosts = {
    VERCEL_URL: "tend-abc.vercel.app",
    VERCEL_BRANCH_URL: "tend-git-dates.vercel.app",
  };

  test.each([
    ["the branch's", { VERCEL_ENV: "preview", ...hosts }, branch, [branch, deployment]],
    [
      "the deployment's, where there is no branch",
      { VERCEL_ENV: "preview", VERCEL_URL: hosts.VERCEL_URL },
      deployment,
      [deployment],
    ],
    [
      "the project's, in production",
      { VERCEL_ENV: "production", VERCEL_PROJECT_PRODUCTION_URL: "tend.example.com", ...hosts },
      "https://tend.example.com",
      ["https://tend.example.com", branch, deployment],
    ],
    [
      "never the project's, in a preview",
      { VERCEL_ENV: "preview", VERCEL_PROJECT_PRODUCTION_URL: "tend.example.com", ...hosts },
      branch,
      [branch, deployment],
    ],
  ])(
    "on Vercel the address is %s; every address of the deployment is its own",
    (_, given, url, own) => {
      const read = readEnv({ ...alone, ...given });
      expect([read.BETTER_AUTH_URL, read.CORS_ORIGINS]).toEqual([url, own]);
    },
  );

  test("what is given wins over Vercel's address, and is added to its origins", () => {
    const CORS_ORIGINS = "https://friend.example.com";
    const read = readEnv({ ...good, ...hosts, CORS_ORIGINS });
    expect(read.BETTER_AUTH_URL).toBe(BETTER_AUTH_URL);
    expect(read.CORS_ORIGINS).toEqual([CORS_ORIGINS, branch, deployment]);
  });
});

test("[C-4] .env.example documents exactly the variables there are", () => {
  const file = readFileSync(new URL("../../../../.env.example", import.meta.url), "utf8");
  const documented = [...file.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
  expect([...documented].sort()).toEqual(
    [...Object.keys(Env.shape), "NEON_DB_URL", "DATABASE_URL_UNPOOLED"].sort(),
  );
  const explained = file
    .split("\n")
    .map((line, index, lines) => [line, lines[index - 1]] as const)
    .filter(([line]) => /^#? ?[A-Z][A-Z0-9_]*=/.test(line));
  for (const [line, above] of explained) expect(above, line).toMatch(/^# {1,3}\S/);
});

describe("[A-6] a start with a wrong environment", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    vi.resetModules();
  });

  test("stops with exit code 1 and says what to do", async () => {
    vi.stubEnv("BETTER_AUTH_SECRET", "");
    const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as () => never);
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    vi.resetModules();
    const fresh = await import("./env.ts");
    fresh.checkEnvironment();
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    const [[text]] = said.mock.calls as [[string]];
    expect(text).toContain("BETTER_AUTH_SECRET is missing");
    expect(text).toContain(makesOne);
    expect(text).toContain(".env.example");
  });

  test("does not stop where all is well", async () => {
    for (const [name, value] of Object.entries(good)) vi.stubEnv(name, value);
    const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as () => never);
    vi.resetModules();
    const fresh = await import("./env.ts");
    fresh.checkEnvironment();
    expect(exit).not.toHaveBeenCalled();
    expect(fresh.env()).toMatchObject(good);
  });
});
