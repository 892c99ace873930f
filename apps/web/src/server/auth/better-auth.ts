import { randomUUID } from "node:crypto";
import { type Answer, api, limits, type Operation } from "@tend/contracts";
import { cookiePrefix, isHttps } from "@tend/contracts/cookie";
import { isNotFound, isUniqueViolation, isUnreachable, type Prisma } from "@tend/db";
import type { BetterAuthOptions } from "better-auth";
import type { prismaAdapter } from "better-auth/adapters/prisma";
import { isUnavailable } from "#server/database.ts";
import { env } from "#server/env.ts";
import type { RequestHeaders } from "#server/http/api-request.ts";
import { addressHeader } from "#server/http/client-address.ts";
import { ProblemError } from "#server/http/problem.ts";
import { shortUserAgent } from "#server/http/user-agent.ts";
import { accountDatabase, connectInTurn } from "./account-database.ts";
import { type AuthCall, currentCall, duringCall, remembered } from "./auth-call.ts";
import { closeAccount, eraseNext } from "./delete-account.ts";
import { withoutDevice } from "./device-cookie.ts";
import { makePasswords, wrongPassword } from "./passwords.ts";
import { insertSession } from "./session-row.ts";
import type { Guard } from "./sign-in-guard.ts";

/** The client that Better Auth writes with; it refuses what an old password began. */
const authDatabase = () =>
  accountDatabase().$extends({
    query: {
      session: {
        async create({ args, query }) {
          const { operation, verified } = currentCall() ?? {};
          if (operation !== api.signIn || verified === undefined) return query(args);
          // Better Auth gives a row by its columns, never through a relation.
          const row = args.data as Prisma.sessionUncheckedCreateInput;
          return remembered(insertSession(row, verified));
        },
      },
      account: {
        async update({ args, query }) {
          const { verified } = currentCall() ?? {};
          if (verified === undefined) return query(args);
          try {
            args.where.password = verified;
            return await query(args);
          } catch (error) {
            return remembered(Promise.reject(isNotFound(error) ? wrongPassword() : error));
          }
        },
      },
      user: {
        // The sweep deletes the user: cascading to the rest takes longer than a statement may.
        delete: ({ args, query }) =>
          currentCall()?.leftToSweep ? accountDatabase().user.findUniqueOrThrow(args) : query(args),
      },
    },
  });

/**
 * closes the account under its lock, and then erases its rows, which may take long. A closed
 * account counts as deleted, also where the erasing breaks off.
 */
async function erase(user: { id: string; email: string }): Promise<void> {
  const call = currentCall();
  await remembered(closeAccount(user, call?.verified ?? ""));
  try {
    let erased = false;
    while (!erased) erased = await eraseNext(user.id);
  } catch (error) {
    if (!call || !isUnavailable(error)) throw error;
    call.leftToSweep = true;
  }
}

/** The adapter, with the password of a transaction hashed before the transaction is opened. */
const withoutHashing =
  (make: ReturnType<typeof prismaAdapter>, hashAhead: () => Promise<void>) =>
  (options: BetterAuthOptions) => {
    const adapter = make(options);
    const transaction: typeof adapter.transaction = async (run) => {
      await hashAhead();
      return connectInTurn(() => adapter.transaction(run));
    };
    return { ...adapter, transaction };
  };

async function makeAuth() {
  // Better Auth is loaded here, since a function that serves tasks starts sooner without it.
  const [{ prismaAdapter }, { betterAuth }, crypto, { sessionEndpoints }] = await Promise.all([
    import("better-auth/adapters/prisma"),
    import("better-auth/minimal"),
    import("better-auth/crypto"),
    import("./session-endpoints.ts"),
  ]);
  const { BETTER_AUTH_SECRET, BETTER_AUTH_URL, CORS_ORIGINS } = env();
  const makeAdapter = prismaAdapter(authDatabase(), { provider: "postgresql", transaction: true });
  const { hashAhead, ...password } = makePasswords(crypto);
  return betterAuth({
    appName: "Tend",
    baseURL: BETTER_AUTH_URL,
    secret: BETTER_AUTH_SECRET,
    trustedOrigins: CORS_ORIGINS,
    database: withoutHashing(makeAdapter, hashAhead),
    emailAndPassword: {
      enabled: true,
      // The contract's schema has counted code points already; these count UTF-16 units.
      minPasswordLength: limits.passwordMin,
      maxPasswordLength: limits.passwordMax * 2,
      password,
    },
    databaseHooks: {
      session: {
        create: {
          // Better Auth ends the other sessions before it locks the account. A sign-in that held
          // the lock until then has made one more; a later sign-in is refused.
          async before({ userId }, ctx) {
            if (ctx?.path === "/change-password")
              await ctx.context.internalAdapter.deleteUserSessions(userId);
          },
        },
      },
    },
    // Use renews a session once an hour, so that the list of sessions shows which are in use.
    session: { updateAge: 60 * 60 },
    plugins: [sessionEndpoints],
    user: { deleteUser: { enabled: true, beforeDelete: erase } },
    advanced: {
      ipAddress: { ipAddressHeaders: [addressHeader()] },
      // Better Auth knows one prefix for https, __Secure-, which any host beside this one may set.
      useSecureCookies: false,
      cookiePrefix: cookiePrefix(BETTER_AUTH_URL),
      defaultCookieAttributes: { secure: isHttps(BETTER_AUTH_URL) },
      database: { generateId: () => randomUUID() },
      // Set explicitly, since Better Auth leaves the check out wherever a variable TEST is set.
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

/** The session of this cookie, or null. Throws the database's error where it is unreachable. */
export async function readSession(caller: RequestHeaders) {
  const call: AuthCall = { operation: api.getSession, network: await networkOf(caller) };
  try {
    // A page cannot set a cookie: renewing here would renew the row and not the cookie.
    const query = { disableRefresh: true };
    return await duringCall(call, async () =>
      (await auth()).api.getSession({ headers: new Headers([...caller]), query }),
    );
  } catch (error) {
    throw call.error ?? error;
  }
}

/** The parts of a call besides its body. */
interface Around {
  /** Makes the guard of its password, for the network that the call comes from. */
  readonly guard?: (network: string) => Guard;
  /** The password that is to be stored. */
  readonly newPassword?: string;
}

/** The network of a request, as Better Auth counts by it; empty where it is not known. */
async function networkOf(caller: RequestHeaders): Promise<string> {
  const [{ getIP }, { options }] = await Promise.all([import("better-auth/api"), auth()]);
  return getIP(new Headers([...caller]), options) ?? "";
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
  caller: RequestHeaders,
  body?: unknown,
  { guard, newPassword }: Around = {},
): Promise<{ status: 200; body: Answer<O>; headers: { "Set-Cookie": string[] } }> {
  const headers = withoutDevice(caller);
  headers.delete("Content-Length");
  // The header is kept with the session: unbounded, a list of a hundred would exceed a megabyte.
  const agent = headers.get("User-Agent");
  if (agent !== null) headers.set("User-Agent", shortUserAgent(agent));
  // Node's fetch sends the mode without the site, as no browser does: it must not be taken for one.
  if (!headers.has("Sec-Fetch-Site")) headers.delete("Sec-Fetch-Mode");
  if (body !== undefined) headers.set("Content-Type", "application/json");
  const request = new Request(env().BETTER_AUTH_URL + operation.path, {
    method: operation.method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const network = await networkOf(caller);
  const call: AuthCall = {
    operation,
    network,
    ...(guard && { guard: guard(network) }),
    ...(newPassword !== undefined && { newPassword }),
  };
  const response = await duringCall(call, async () => (await auth()).handler(request));
  const { error } = call;
  if (!response.ok && (isUnreachable(error) || error instanceof ProblemError)) throw error;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response, answer, error);
  // `endpoint` parses the answer by the row's schema before it leaves.
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
  // Both codes concern a user with a session; an account of the second kind has no password.
  if (code === "INVALID_PASSWORD" || code === "CREDENTIAL_ACCOUNT_NOT_FOUND")
    return wrongPassword();
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
