import type { Task } from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { type Connection, database } from "#server/database.ts";
import { type JsonText, parseJson } from "#server/http/api-request.ts";
import { answerColumns } from "./columns.ts";

const { sql } = Prisma;

/** A task as answers carry it, with the version for its ETag. */
export interface StoredTask {
  readonly id: string;
  readonly version: number;
  readonly json: JsonText<Task>;
}

export const taskJson = sql`id, version,
  (SELECT row_to_json(fields) FROM (SELECT ${answerColumns}) AS fields)::text AS json`;

export const parseTask = ({ json }: StoredTask): Task => parseJson(json);

/** Runs a statement by a plan that is kept; or by a new plan, on a connection of Prisma's. */
export const query = (statement: Prisma.Sql, connection?: Connection): Promise<StoredTask[]> =>
  connection
    ? connection.$queryRaw<StoredTask[]>(statement)
    : database().query<StoredTask>(statement);

/** The state of a task, as the indexes of the list have it: 0 pending, 1 completed, 2 trashed. */
export const state = sql`(CASE WHEN deleted_at IS NOT NULL THEN 2 WHEN completed THEN 1 ELSE 0 END)`;

/**
 * T-9: takes the owner's next change numbers for the row `(owner, how many, when to sweep)`, and
 * locks the owner's counter until the commit. Every writer of tasks does this first: numbers become
 * visible in their order, and no two writers deadlock.
 */
export const nextChange = (row: Prisma.Sql) => sql`
  INSERT INTO task_counters (owner_user_id, last_change, sweep_at) ${row}
  ON CONFLICT (owner_user_id) DO UPDATE SET last_change = task_counters.last_change + excluded.last_change,
    sweep_at = least(task_counters.sweep_at, excluded.sweep_at)
  RETURNING last_change`;

/** How far `created_until` may be ahead of the clock for new tasks to continue from it. */
const longestLead = sql`interval '1 hour'`;

/**
 * T-1: as `nextChange`, for up to `creations` new tasks. The last one is created at
 * `created_until`, the others in the milliseconds before: no two tasks of an owner have the same
 * time, so that lists keep their order. `task_count`: the tasks there already.
 */
export function nextCreations(
  userId: UserId,
  changes: number,
  creations: number,
  sweepAt: Prisma.Sql,
): Prisma.Sql {
  const now = sql`date_trunc('milliseconds', now())`;
  const before = sql`task_counters.created_until`;
  const lead = sql`CASE WHEN ${before} >= ${now} AND ${before} < ${now} + ${longestLead}
    THEN ${before} - ${now} + interval '1 millisecond' ELSE interval '0' END`;
  return sql`
    INSERT INTO task_counters (owner_user_id, last_change, sweep_at, created_until)
    SELECT ${userId}::text, ${changes}::int, ${sweepAt},
      ${now} + (${creations}::int - 1) * interval '1 millisecond'
    ON CONFLICT (owner_user_id) DO UPDATE SET
      last_change = task_counters.last_change + excluded.last_change,
      sweep_at = least(task_counters.sweep_at, excluded.sweep_at),
      created_until = excluded.created_until + ${lead}
    RETURNING last_change, created_until, task_count`;
}

/** Leaves a tombstone for each `(id, version, change)` of the rows. */
export const insertTombstones = (owner: string, rows: Prisma.Sql) => sql`
  INSERT INTO task_tombstones (owner_user_id, id, version, change)
  SELECT ${owner}::text, gone.* FROM (${rows}) AS gone
  ON CONFLICT (owner_user_id, id) DO UPDATE
    SET version = excluded.version, change = excluded.change, deleted_at = now()`;
