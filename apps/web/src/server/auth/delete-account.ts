import { Prisma } from "@tend/db";
import { database } from "../database.ts";
import { connectInTurn } from "./account-database.ts";
import { wrongPassword } from "./passwords.ts";
import { accountOf } from "./sign-in-guard.ts";

const { sql } = Prisma;

/** When the sweep takes over an erasure that the request has not finished. */
const later = sql`now() + interval '10 minutes'`;

/** Rows at a time: to cascade to a million takes longer than a statement may. */
const chunk = 5_000;

const tables = [sql`tasks`, sql`task_tombstones`, sql`idempotency_keys`];

/**
 * closes the account for good, unless its password was changed since it was verified. A
 * closed account cannot be opened, nor its password changed; its rows are erased later. Sessions
 * are locked before the account, as a change of the password does.
 *
 * @throws ProblemError invalid_email_or_password
 */
export const closeAccount = (
  { id, email }: { id: string; email: string },
  verified: string,
): Promise<void> =>
  connectInTurn(() =>
    database().$transaction(async (connection) => {
      await connection.$executeRaw`DELETE FROM sessions WHERE user_id = ${id}`;
      const closed = await connection.$executeRaw`
        DELETE FROM accounts
        WHERE user_id = ${id} AND provider_id = 'credential' AND password = ${verified}`;
      if (closed === 0) throw wrongPassword();
      await connection.$executeRaw`
        WITH forgotten AS (
            DELETE FROM sign_in_failures WHERE starts_with(account, ${accountOf(email)})),
          erased AS (INSERT INTO erased_users (id) VALUES (${id}) ON CONFLICT DO NOTHING)
        INSERT INTO task_counters (owner_user_id, sweep_at) VALUES (${id}, ${later})
        ON CONFLICT (owner_user_id) DO UPDATE SET sweep_at = excluded.sweep_at`;
    }),
  );

/** Whether this user's account was closed. */
export async function isClosed(id: string): Promise<boolean> {
  const erased = await database().$queryRaw<unknown[]>`SELECT FROM erased_users WHERE id = ${id}`;
  return erased.length > 0;
}

/**
 * Erases a part of what a closed account has left, the user last.
 *
 * @returns whether nothing is left.
 */
export async function eraseNext(id: string): Promise<boolean> {
  // A sign-in under way when the account was closed may have made a session; no later one can.
  await connectInTurn(() => database().$executeRaw`DELETE FROM sessions WHERE user_id = ${id}`);
  for (const table of tables) {
    // The counter is locked first, as in every write of tasks.
    const erased = await connectInTurn(() =>
      database().$executeRaw(sql`
        WITH counter AS (
          UPDATE task_counters SET sweep_at = ${later} WHERE owner_user_id = ${id}
          RETURNING owner_user_id)
        DELETE FROM ${table} AS rows USING counter
        WHERE rows.owner_user_id = ${id} AND rows.ctid = ANY(ARRAY(
          SELECT ctid FROM ${table} WHERE owner_user_id = ${id} LIMIT ${chunk}::int))`),
    );
    if (erased === chunk) return false;
  }
  await connectInTurn(() => database().$executeRaw`DELETE FROM users WHERE id = ${id}`);
  return true;
}
