import { isDeepStrictEqual } from "node:util";
import {
  type Completion,
  type IfMatch,
  type NewTask,
  type Task,
  type TaskPatch,
  withCleared,
} from "@tend/contracts";
import { Prisma } from "@tend/db";
import { v7 as uuidv7 } from "uuid";
import type { UserId } from "#server/auth/user-id.ts";
import { type Connection, database } from "#server/database.ts";
import { env } from "#server/env.ts";
import { ProblemError } from "#server/http/problem.ts";
import { assignments, type Content, contentColumns, contentOf, contentValues } from "./columns.ts";
import {
  asExistingUser,
  assertDueFields,
  foreignTaskError,
  quotaExceededError,
  throwPreconditionFailed,
  unknownUserError,
} from "./refusals.ts";
import { untilForgotten, untilPurged } from "./retention.ts";
import {
  insertTombstones,
  nextChange,
  nextCreations,
  parseTask,
  query,
  type StoredTask,
  state,
  taskJson,
} from "./sql.ts";
import { assertKnownZones } from "./time-zones.ts";

const { sql, join, empty } = Prisma;

/** How many tasks of a user stand in each tab of the list. */
export async function countTasks(
  userId: UserId,
): Promise<{ all: number; pending: number; completed: number }> {
  const [counts] = await database().$queryRaw<[{ pending: number; completed: number }]>(sql`
    SELECT count(*) FILTER (WHERE NOT completed)::int AS pending,
      count(*) FILTER (WHERE completed)::int AS completed
    FROM tasks WHERE owner_user_id = ${userId} AND ${state} IN (0, 1)`);
  return { all: counts.pending + counts.completed, ...counts };
}

/** Creates a task; or finds it, where this user made the same task with the same id before. */
export async function createTask(
  userId: UserId,
  task: NewTask,
  transaction?: Connection,
): Promise<{ task: StoredTask; created: boolean }> {
  const content = contentOf(task);
  await assertKnownZones([{ path: ["body", "time_zone"], zone: content.time_zone }], transaction);
  const id = task.id ?? uuidv7();
  const position = sql`coalesce(${task.position ?? null}, position_at(created_until))`;
  // An id that was deleted for good goes on from its last version, so that no ETag returns.
  const version =
    task.id === undefined ? sql`1` : sql`coalesce(unbury(${userId}, ${id}::uuid), 0) + 1`;
  const [created] = await asExistingUser(userId, () =>
    query(
      sql`
      WITH counter AS (${nextCreations(userId, 1, 1, sql`NULL::timestamptz`)})
      INSERT INTO tasks (owner_user_id, id, ${contentColumns}, position, version, change,
        created_at, updated_at)
      SELECT ${userId}, ${id}::uuid, ${contentValues(content)}, ${position}, ${version},
        last_change, created_until, created_until
      FROM counter WHERE task_count < ${env().TASKS_QUOTA}::int
      ON CONFLICT (owner_user_id, id) DO NOTHING
      RETURNING ${taskJson}`,
      transaction,
    ),
  );
  if (created) return { task: created, created: true };
  const [present] = await find(userId, id, transaction);
  if (!present) {
    await assertRoom(userId, transaction);
    // Deleted between the two statements: the id is free again, or there is room.
    return createTask(userId, task, transaction);
  }
  if (!hasContent(parseTask(present), content)) throw new ProblemError("id_already_used");
  return { task: present, created: false };
}

/** @throws ProblemError quota_exceeded, where this user has as many tasks as they may (T-19). */
async function assertRoom(userId: UserId, transaction?: Connection): Promise<void> {
  const full = await (transaction ?? database()).$queryRaw<unknown[]>(sql`
    SELECT FROM task_counters
    WHERE owner_user_id = ${userId} AND task_count >= ${env().TASKS_QUOTA}::int`);
  if (full.length > 0) throw quotaExceededError();
}

export const hasContent = (task: Task, content: Content): boolean =>
  isDeepStrictEqual(contentOf(task), content);

const find = (userId: UserId, id: string, transaction?: Connection) =>
  query(
    sql`SELECT ${taskJson} FROM tasks WHERE owner_user_id = ${userId} AND id = ${id}::uuid`,
    transaction,
  );

export async function getTask(userId: UserId, id: string): Promise<StoredTask> {
  const [task] = await query(sql`
    SELECT ${taskJson} FROM tasks
    WHERE owner_user_id = ${userId} AND id = ${id}::uuid AND deleted_at IS NULL`);
  return task ?? throwNotFound(userId, id);
}

const live = sql`deleted_at IS NULL`;
const trashed = sql`deleted_at IS NOT NULL`;

/** T-7: the condition stands in the statement that writes, so that of many writers one wins. */
const unchanged = (ifMatch: IfMatch | undefined) =>
  ifMatch === undefined || ifMatch === "*" ? empty : sql`AND version = ANY(${[...ifMatch]}::int[])`;

/** Writes one task of the owner in this state, in one statement; undefined: there is none. */
async function write(
  userId: UserId,
  id: string,
  ifMatch: IfMatch | undefined,
  condition: Prisma.Sql,
  changed: Prisma.Sql,
  sweepAt: Prisma.Sql = sql`NULL::timestamptz`,
): Promise<StoredTask | undefined> {
  const found = sql`owner_user_id = ${userId} AND id = ${id}::uuid AND ${condition} ${unchanged(ifMatch)}`;
  const [task] = await query(sql`
    WITH counter AS (
      ${nextChange(sql`SELECT owner_user_id, 1, ${sweepAt} FROM tasks WHERE ${found}`)})
    UPDATE tasks SET version = version + 1, updated_at = greatest(now(), created_at), change = last_change ${changed}
    FROM counter WHERE ${found}
    RETURNING ${taskJson}`);
  return task;
}

/** T-4: changes what `change` names and keeps the rest; where it names nothing, nothing changes. */
export async function updateTask(
  userId: UserId,
  id: string,
  given: TaskPatch,
  ifMatch: IfMatch | undefined,
): Promise<StoredTask> {
  const change = withCleared(given);
  const { due_date, due_time, time_zone } = change;
  const changed = assignments(change);
  if (changed === empty) {
    const task = await getTask(userId, id);
    return matches(task, ifMatch) ? task : throwPreconditionFailed(parseTask(task));
  }
  await assertKnownZones([{ path: ["body", "time_zone"], zone: time_zone }]);
  const needed = [
    due_time && due_date === undefined ? sql`AND due_date IS NOT NULL` : empty,
    time_zone && due_time === undefined ? sql`AND due_time IS NOT NULL` : empty,
  ];
  const task = await write(userId, id, ifMatch, sql`${live} ${join(needed, " ")}`, changed);
  if (task) return task;
  if (needed.every((condition) => condition === empty)) return throwNotFound(userId, id, ifMatch);
  const [present] = await find(userId, id);
  if (!present || parseTask(present).deleted_at !== null || !matches(present, ifMatch)) {
    return throwNotFound(userId, id, ifMatch);
  }
  assertDueFields(given, parseTask(present), ["body"]);
  // Changed between the two statements: it has what the change needs after all.
  return updateTask(userId, id, given, ifMatch);
}

/** T-5: sets the state, or flips it in the one statement, so that concurrent flips all count. */
export async function completeTask(
  userId: UserId,
  id: string,
  completion: Completion | undefined,
  ifMatch: IfMatch | undefined,
): Promise<StoredTask> {
  const completed = completion ? sql`${completion.completed}` : sql`NOT completed`;
  const task = await write(userId, id, ifMatch, live, sql`, completed = ${completed}`);
  return task ?? throwNotFound(userId, id, ifMatch);
}

/** T-8: moves it to the trash. */
export async function deleteTask(
  userId: UserId,
  id: string,
  ifMatch: IfMatch | undefined,
): Promise<void> {
  const task = await write(userId, id, ifMatch, live, sql`, deleted_at = now()`, untilPurged);
  if (!task) await throwNotFound(userId, id, ifMatch);
}

/** T-8: deletes it for good, from the list or from the trash; what stays is a tombstone. */
export async function deleteTaskForGood(
  userId: UserId,
  id: string,
  ifMatch: IfMatch | undefined,
): Promise<void> {
  const found = sql`owner_user_id = ${userId} AND id = ${id}::uuid ${unchanged(ifMatch)}`;
  const gone = await query(sql`
    WITH counter AS (
      ${nextChange(sql`SELECT owner_user_id, 1, ${untilForgotten} FROM tasks WHERE ${found}`)}),
    gone AS (DELETE FROM tasks USING counter WHERE ${found} RETURNING id, version, last_change)
    ${insertTombstones(userId, sql`SELECT id, version, last_change FROM gone`)}
    RETURNING id`);
  if (gone.length > 0) return;
  const [task] = await find(userId, id);
  if (task && !matches(task, ifMatch)) throwPreconditionFailed(parseTask(task));
  await throwNotFound(userId, id);
}

/** T-8: takes it out of the trash; one that is not in it stays as it is. */
export async function restoreTask(
  userId: UserId,
  id: string,
  ifMatch: IfMatch | undefined,
): Promise<StoredTask> {
  const restored = await write(userId, id, ifMatch, trashed, sql`, deleted_at = NULL`);
  if (restored) return restored;
  const [task] = await find(userId, id);
  if (!task) return throwNotFound(userId, id);
  if (!matches(task, ifMatch)) return throwPreconditionFailed(parseTask(task));
  // Deleted between the two statements: it is to be restored after all.
  return parseTask(task).deleted_at === null ? task : restoreTask(userId, id, ifMatch);
}

const matches = ({ version }: StoredTask, ifMatch: IfMatch | undefined): boolean =>
  ifMatch === undefined || ifMatch === "*" || ifMatch.includes(version);

/** Tells why no task was found: changed meanwhile, erased, somebody else's or nobody's (O-2). */
async function throwNotFound(userId: UserId, id: string, ifMatch?: IfMatch): Promise<never> {
  // Without a version to compare, a task made since the write did not exist for it: 404.
  if (Array.isArray(ifMatch)) {
    const [found] = await find(userId, id);
    const task = found && parseTask(found);
    if (task?.deleted_at === null) throwPreconditionFailed(task);
  }
  // One's own in the trash is 404, whoever else may hold that id.
  const [why] = await database().$queryRaw<{ foreign: boolean; erased: boolean }[]>(sql`
    SELECT NOT EXISTS (SELECT FROM tasks WHERE owner_user_id = ${userId} AND id = ${id}::uuid)
        AND EXISTS (SELECT FROM tasks WHERE owner_user_id <> ${userId} AND id = ${id}::uuid)
        AS foreign,
      EXISTS (SELECT FROM erased_users WHERE id = ${userId}) AS erased`);
  if (why?.erased) throw unknownUserError();
  throw why?.foreign ? foreignTaskError() : new ProblemError("task_not_found");
}
