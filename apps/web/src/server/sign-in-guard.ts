import { createHmac, hkdfSync } from "node:crypto";
import { Prisma } from "@tend/db";
import { database } from "./database.ts";
import { env } from "./env.ts";
import { ProblemError } from "./problem.ts";

/** Consecutive attempts without a wait after them. */
const quota = 20;

let cached: Buffer | undefined;

function key(): Buffer {
  cached ??= Buffer.from(hkdfSync("sha256", env().BETTER_AUTH_SECRET, "", "tend sign-in", 32));
  return cached;
}

/** What stands for an email in `sign_in_failures`: the table holds no address, of a user or not. */
export const accountOf = (email: string): string =>
  createHmac("sha256", key()).update(email.toLowerCase()).digest("hex");

/**
 * lets an attempt at the password of this email through, or refuses it while the account
 * waits. Nothing here asks whether there is such a user, so nothing can tell it.
 *
 * @throws ProblemError too_many_requests
 */
export async function guardSignIn<T>(email: string, attempt: () => Promise<T>): Promise<T> {
  const account = accountOf(email);
  await countInTurn(account);
  const result = await attempt();
  await forget(account);
  return result;
}

/** Of each account, the last guess that this process is counting. */
const counting = new Map<string, Promise<void>>();

/**
 * One after another: guesses of one account would else wait for one row in PostgreSQL, each with a
 * connection, some for longer than a lock may take. Behind one that is refused all are, unasked.
 */
async function countInTurn(account: string): Promise<void> {
  const before = counting.get(account) ?? Promise.resolve();
  const counted = before.then(() => count(account));
  counting.set(account, counted);
  try {
    await counted;
  } finally {
    if (counting.get(account) === counted) counting.delete(account);
  }
}

const { sql } = Prisma;

/** Failures older than this count no more. */
const memory = sql`interval '30 days'`;

/** Counted as a failure before it is tried: of guesses at the same time none slips through. */
async function count(account: string): Promise<void> {
  const before = sql`(CASE WHEN f.last_failure_at < now() - ${memory} THEN 0 ELSE f.failures END)`;
  const counted = await database().$executeRaw`
    INSERT INTO sign_in_failures AS f (account, failures) VALUES (${account}, 1)
    ON CONFLICT (account) DO UPDATE SET
      failures = ${before} + 1,
      last_failure_at = now(),
      locked_until = CASE WHEN ${before} + 1 >= ${quota} THEN now() + least(
        interval '30 seconds' * power(2, least(${before} + 1 - ${quota}, 12)),
        interval '24 hours') END
    WHERE f.locked_until IS NULL OR f.locked_until <= now()`;
  if (counted === 1) return;
  const [wait] = await database().$queryRaw<{ seconds: number }[]>`
    SELECT greatest(1, ceil(extract(epoch FROM locked_until - now())))::int AS seconds
    FROM sign_in_failures WHERE account = ${account}`;
  const seconds = wait?.seconds ?? 1;
  throw new ProblemError("too_many_requests", {
    detail:
      "Too many attempts with this email. Wait for the seconds in the Retry-After header, then try again.",
    headers: {
      "Retry-After": String(seconds),
      "RateLimit-Policy": `"sign-in";q=${quota}`,
      RateLimit: `"sign-in";r=0;t=${seconds}`,
    },
  });
}

/** Ends the count of this account, and sweeps up to 1,000 others that count no more. */
const forget = (account: string) => database().$executeRaw`
  DELETE FROM sign_in_failures WHERE account = ANY(${account}::text || ARRAY(
    SELECT account FROM sign_in_failures WHERE last_failure_at < now() - ${memory}
    LIMIT 1000 FOR UPDATE SKIP LOCKED))`;
