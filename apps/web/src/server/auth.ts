import { AsyncLocalStorage } from "node:async_hooks";
import { type Answer, limits, type Operation } from "@tend/contracts";
import { isUniqueViolation, isUnreachable, Prisma } from "@tend/db";
import type { AskedHeaders } from "./answer.ts";
import { database } from "./database.ts";
import { env } from "./env.ts";
import { ProblemError } from "./problem.ts";
import { accountOf } from "./sign-in-guard.ts";

/** What the database last refused in one call of Better Auth, which hides it behind words of its own. */
const refused = new AsyncLocalStorage<{ error?: unknown }>();

const authDatabase = () =>
  database().$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args);
        } catch (error) {
          const store = refused.getStore();
          if (store) store.error = error;
          throw error;
        }
      },
    },
  });

const { sql } = Prisma;

/**
 * Erases everything of a user, the account last, so that a repeat finishes what broke off. Rows are
 * erased in chunks first: to cascade to a million takes longer than a statement may.
 */
async function erase({ id, email }: { id: string; email: string }): Promise<void> {
  const chunk = 5_000;
  for (const table of [sql`tasks`, sql`task_tombstones`, sql`idempotency_keys`]) {
    let erased = chunk;
    while (erased === chunk) {
      erased = await database().$executeRaw`
        DELETE FROM ${table} WHERE owner_user_id = ${id} AND ctid = ANY(ARRAY(
          SELECT ctid FROM ${table} WHERE owner_user_id = ${id} LIMIT ${chunk}))`;
    }
  }
  await database().$executeRaw`
    WITH forgotten AS (DELETE FROM sign_in_failures WHERE account = ${accountOf(email)}),
      erased AS (INSERT INTO erased_users (id) VALUES (${id}) ON CONFLICT DO NOTHING)
    DELETE FROM users WHERE id = ${id}`;
}

async function makeAuth() {
  // Loaded here, since a function that serves tasks starts sooner without it.
  const [{ prismaAdapter }, { betterAuth }, { sessionEndpoints }] = await Promise.all([
    import("better-auth/adapters/prisma"),
    import("better-auth/minimal"),
    import("./session-endpoints.ts"),
  ]);
  const { BETTER_AUTH_SECRET, BETTER_AUTH_URL, CORS_ORIGINS } = env();
  return betterAuth({
    appName: "Tend",
    baseURL: BETTER_AUTH_URL,
    secret: BETTER_AUTH_SECRET,
    trustedOrigins: CORS_ORIGINS,
    database: prismaAdapter(authDatabase(), { provider: "postgresql", transaction: true }),
    emailAndPassword: {
      enabled: true,
      // The contract's schema has counted code points already; these count UTF-16 units.
      minPasswordLength: limits.passwordMin,
      maxPasswordLength: limits.passwordMax * 2,
    },
    // Renewed by use once an hour, so that a list of sessions tells which are in use.
    session: { updateAge: 60 * 60 },
    plugins: [sessionEndpoints],
    user: { deleteUser: { enabled: true, beforeDelete: erase } },
    advanced: {
      database: { generateId: () => crypto.randomUUID() },
      // Said, since Better Auth leaves the check out wherever a variable TEST is set.
      disableOriginCheck: false,
    },
    rateLimit: {
      enabled: process.env.NODE_ENV === "production",
      storage: "database",
      window: 60,
      max: 300,
      customRules: {
        "/sign-in/email": { window: 60, max: 20 },
        "/sign-up/email": { window: 60, max: 20 },
        "/change-password": { window: 60, max: 20 },
        "/get-session": false,
      },
    },
    onAPIError: { throw: true },
    logger: { disabled: true },
    telemetry: { enabled: false },
  });
}

let made: ReturnType<typeof makeAuth> | undefined;

/** Better Auth, made at the first use. */
export function auth(): ReturnType<typeof makeAuth> {
  made ??= makeAuth();
  return made;
}

/** The session of this cookie, or null. Throws the database's own error where it cannot be reached. */
export async function readSession(caller: AskedHeaders) {
  const store: { error?: unknown } = {};
  try {
    // A page cannot set a cookie: renewing here would renew the row and not the cookie.
    const query = { disableRefresh: true };
    return await refused.run(store, async () =>
      (await auth()).api.getSession({ headers: new Headers([...caller]), query }),
    );
  } catch (error) {
    throw store.error ?? error;
  }
}

/**
 * Has Better Auth run one of its endpoints for a caller, by way of its own handler, so that its
 * rate limits, origin checks and cookies apply. Only rows of the table reach it: every other
 * endpoint that it knows (verify-email, for one, takes any HS256 token under the secret) is closed.
 *
 * @throws ProblemError for what Better Auth refuses.
 */
export async function runAuth<const O extends Operation>(
  operation: O,
  caller: AskedHeaders,
  body?: unknown,
): Promise<{ status: 200; body: Answer<O>; headers: { "Set-Cookie": string[] } }> {
  const headers = new Headers([...caller]);
  headers.delete("Content-Length");
  // Node's fetch sends the mode without the site, as no browser does; it is not to be taken for one.
  if (!headers.has("Sec-Fetch-Site")) headers.delete("Sec-Fetch-Mode");
  if (body !== undefined) headers.set("Content-Type", "application/json");
  const request = new Request(env().BETTER_AUTH_URL + operation.path, {
    method: operation.method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const store: { error?: unknown } = {};
  const response = await refused.run(store, async () => (await auth()).handler(request));
  if (!response.ok && isUnreachable(store.error)) throw store.error;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response, answer, store.error);
  // `route` parses it by the row's schema before it leaves.
  return {
    status: 200,
    body: answer as Answer<O>,
    headers: { "Set-Cookie": response.headers.getSetCookie() },
  };
}

function refusal(response: Response, answer: unknown, cause: unknown): Error {
  const { code = "", message = "" } = (answer ?? {}) as { code?: string; message?: string };
  if (response.status === 429) {
    const seconds = response.headers.get("X-Retry-After") ?? "60";
    return new ProblemError("too_many_requests", { headers: { "Retry-After": seconds } });
  }
  if (code === "INVALID_EMAIL_OR_PASSWORD") return new ProblemError("invalid_email_or_password");
  // Of whoever is signed in already; the second one has no password.
  if (code === "INVALID_PASSWORD" || code === "CREDENTIAL_ACCOUNT_NOT_FOUND") {
    const detail = "The password is wrong. Nothing was changed; check it and try again.";
    return new ProblemError("invalid_email_or_password", { detail });
  }
  // Of two sign-ups with one email at the same time, the database refuses one.
  if (code.startsWith("USER_ALREADY_EXISTS") || isUniqueViolation(cause))
    return new ProblemError("user_already_exists");
  if (response.status === 401) return new ProblemError("no_session");
  if (response.status === 403) return new ProblemError("foreign_origin");
  if (response.status < 500 && !code.startsWith("FAILED_TO")) {
    return new ProblemError("validation_failed", { errors: [{ path: ["body"], message }] });
  }
  return new Error(`Better Auth answered ${response.status} ${code}`, { cause });
}
