import { limits } from "@tend/contracts";
import { Prisma } from "@tend/db";
import { eraseNext, isClosed } from "#server/auth/delete-account.ts";
import { deleteEndedSessions } from "#server/auth/sessions.ts";
import { type Connection, database } from "#server/database.ts";
import { insertTombstones } from "./sql.ts";

const { sql } = Prisma;

/** How long the trash keeps a task (T-8), a tombstone a deletion (T-9), a key an answer (T-12). */
export const trashPeriod = sql`make_interval(days => ${limits.trashDays}::int)`;
export const tombstonePeriod = sql`make_interval(days => ${limits.cursorDays}::int)`;
export const keyPeriod = sql`make_interval(hours => ${limits.idempotencyHours}::int)`;

export const untilPurged = sql`now() + ${trashPeriod}`;
export const untilForgotten = sql`now() + ${tombstonePeriod}`;

/** Milliseconds between two looks, where the last one found nothing. */
const purgeCheckIntervalMs = 60_000;

/** Tasks that are purged at a time, so that no request carries a whole trash. */
const portion = 500;

let nextCheck = 0;

/**
 * T-8, T-9, T-12: sweeps one owner, where one is due, and ended sessions. Requests that create or
 * delete call it first, so that the service needs no scheduler, and a user at the quota gains room;
 * a failure is left to the next call.
 */
export async function purgeExpired(): Promise<void> {
  if (Date.now() < nextCheck) return;
  nextCheck = Date.now() + purgeCheckIntervalMs;
  try {
    const found = await Promise.all([purgeOneOwner(), deleteEndedSessions()]);
    if (found.includes(true)) nextCheck = 0;
  } catch {
    // Nothing is lost: the owner stays due.
  }
}

/**
 * Purges what is due of one owner, or of a closed account.
 *
 * @returns whether there was one.
 */
export async function purgeOneOwner(): Promise<boolean> {
  // `sweep_at` is moved first: other instances leave this owner alone, and a failed sweep waits.
  const [due] = await database().$queryRaw<{ owner_user_id: string }[]>(sql`
    UPDATE task_counters SET sweep_at = now() + interval '1 hour' WHERE owner_user_id = (
      SELECT owner_user_id FROM task_counters WHERE sweep_at <= now()
      ORDER BY sweep_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING owner_user_id`);
  if (!due) return false;
  const owner = due.owner_user_id;
  if (!(await isClosed(owner))) {
    await database().$transaction((connection) => purge(connection, owner));
  } else if (!(await eraseNext(owner))) {
    await database().$executeRaw`
      UPDATE task_counters SET sweep_at = now() WHERE owner_user_id = ${owner}`;
  }
  return true;
}

/** Checks the age of a task twice: it may have been restored during the wait for the counter. */
async function purge(connection: Connection, owner: string): Promise<void> {
  await connection.$executeRaw(sql`
    WITH counter AS (
      UPDATE task_counters SET last_change = last_change + 1,
        forgotten_change = greatest(forgotten_change, (
          SELECT max(change) FROM task_tombstones
          WHERE owner_user_id = ${owner} AND deleted_at <= now() - ${tombstonePeriod}))
      WHERE owner_user_id = ${owner} RETURNING last_change),
    forgotten AS (
      DELETE FROM task_tombstones
      WHERE owner_user_id = ${owner} AND deleted_at <= now() - ${tombstonePeriod}),
    keys AS (
      DELETE FROM idempotency_keys
      WHERE owner_user_id = ${owner} AND key = ANY(ARRAY(
        SELECT key FROM idempotency_keys
        WHERE owner_user_id = ${owner} AND created_at <= now() - ${keyPeriod}
        FOR UPDATE SKIP LOCKED))),
    gone AS (
      DELETE FROM tasks USING counter
      WHERE owner_user_id = ${owner} AND id = ANY(ARRAY(
        SELECT id FROM tasks
        WHERE owner_user_id = ${owner} AND deleted_at <= now() - ${trashPeriod} LIMIT ${portion}))
        AND deleted_at <= now() - ${trashPeriod}
      RETURNING id, version, last_change)
    ${insertTombstones(owner, sql`SELECT id, version, last_change FROM gone`)}`);
  await connection.$executeRaw(sql`
    UPDATE task_counters SET
      answer_bytes = (SELECT coalesce(sum(answer_bytes), 0) FROM idempotency_keys
        WHERE owner_user_id = ${owner}),
      sweep_at = least(
      (SELECT min(deleted_at) + ${trashPeriod} FROM tasks
        WHERE owner_user_id = ${owner} AND deleted_at IS NOT NULL),
      (SELECT min(deleted_at) + ${tombstonePeriod} FROM task_tombstones WHERE owner_user_id = ${owner}),
      (SELECT min(created_at) + ${keyPeriod} FROM idempotency_keys
        WHERE owner_user_id = ${owner}))
    WHERE owner_user_id = ${owner}`);
}
