import { isDeepStrictEqual } from "node:util";
import {
  type Batch,
  type BatchOperation,
  type BatchResult,
  limits,
  type NewTask,
  positionAt,
  type Task,
  type TaskPatch,
  withCleared,
} from "@tend/contracts";
import { Prisma } from "@tend/db";
import { v7 as uuidv7 } from "uuid";
import type { UserId } from "#server/auth/user-id.ts";
import { type Connection, database } from "#server/database.ts";
import { env } from "#server/env.ts";
import { ProblemError, problemOf } from "#server/http/problem.ts";
import {
  answerColumns,
  contentOf,
  rowColumns,
  rowTypes,
  savedRest,
  savedText,
  textOf,
  withoutText,
} from "./columns.ts";
import {
  asExistingUser,
  assertDueFields,
  foreignTaskError,
  quotaExceededError,
  throwPreconditionFailed,
} from "./refusals.ts";
import { insertTombstones, nextCreations, untilPurged } from "./sql.ts";
import { hasContent } from "./tasks.ts";
import { assertKnownZones, type NamedZone } from "./time-zones.ts";

const { sql, empty } = Prisma;

/** What the operations of a batch find, and what they leave to be written. */
interface Tasks {
  readonly owner: UserId;
  /** The time of the transaction, as answers show it. */
  readonly now: string;
  readonly byId: Map<string, Task>;
  /** Those that are in the table, as they were before. */
  readonly stored: ReadonlyMap<string, Task>;
  /** The versions of tasks that were deleted for good. */
  readonly buried: Map<string, number>;
  readonly foreign: ReadonlySet<string>;
  /** The ids that were written, in the order of their last change. */
  readonly touched: Set<string>;
  /** How many more this user may have. */
  room: number;
  /** The `created_at` of the next new task, in milliseconds; each task has one of its own. */
  nextCreation: number;
}

type Done = Omit<BatchResult, "problem">;

/**
 * T-10: carries out the operations in order, in one transaction: locks the owner's counter, reads
 * the tasks, applies the operations in memory, writes many tasks in each statement. All writers
 * begin with that lock, so nobody else writes tasks of this owner meanwhile.
 *
 * @throws ProblemError batch_failed, with the results, where it is atomic and one cannot be done;
 * answer_too_large.
 */
export async function batchTasks(
  userId: UserId,
  { operations, atomic }: Batch,
  connection?: Connection,
): Promise<BatchResult[]> {
  await assertKnownZones(operations.map(namedZone), connection);
  if (!connection) {
    return database().$transaction((own) => batchTasks(userId, { operations, atomic }, own));
  }
  const { lastChange, tasks } = await lockAndRead(connection, userId, operations);
  const results: BatchResult[] = [];
  let length = 0;
  for (const [index, operation] of operations.entries()) {
    const result = attempt(tasks, operation, index);
    results.push(result);
    length += Buffer.byteLength(JSON.stringify(result)) + 1;
    // The length is checked at once, so that a short batch that repeats a long task stays cheap.
    if (length > limits.answer) throw new ProblemError("answer_too_large");
  }
  if (atomic && results.some(({ problem }) => problem)) {
    const undone = { status: 424, problem: problemOf(new ProblemError("failed_dependency")) };
    throw new ProblemError("batch_failed", {
      results: results.map((result) => (result.problem ? result : undone)),
    });
  }
  await write(connection, tasks, lastChange - BigInt(limits.batch));
  return results;
}

interface Counter {
  readonly last_change: bigint;
  readonly task_count: number;
  readonly created_until: Date;
  readonly now: string;
}

async function lockAndRead(
  connection: Connection,
  userId: UserId,
  operations: readonly BatchOperation[],
) {
  // As many numbers as a batch can need; gaps do no harm.
  const creations = operations.filter(({ operation }) => operation === "create").length;
  const [counter] = await asExistingUser(userId, () =>
    connection.$queryRaw<Counter[]>(sql`
      WITH counter AS (${nextCreations(userId, limits.batch, creations, untilPurged)})
      SELECT last_change, task_count, created_until,
        to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS now FROM counter`),
  );
  if (!counter) throw new Error("The owner's counter gave no number.");
  const named = operations.flatMap((operation) =>
    operation.operation === "create" ? (operation.task.id ?? []) : operation.id,
  );
  const [own, others] = [
    await connection.$queryRaw<Task[]>(sql`
      SELECT ${answerColumns} FROM tasks WHERE owner_user_id = ${userId} AND id = ANY(${named}::uuid[])`),
    await connection.$queryRaw<{ id: string; version: number | null }[]>(sql`
      SELECT id, version FROM task_tombstones
      WHERE owner_user_id = ${userId} AND id = ANY(${named}::uuid[])
      UNION ALL
      SELECT DISTINCT id, NULL::int FROM tasks
      WHERE owner_user_id <> ${userId} AND id = ANY(${named}::uuid[])`),
  ];
  const stored = new Map(own.map((task) => [task.id, task]));
  const tasks: Tasks = {
    owner: userId,
    now: counter.now,
    byId: new Map(stored),
    stored,
    buried: new Map(others.flatMap(({ id, version }) => (version === null ? [] : [[id, version]]))),
    foreign: new Set(others.flatMap(({ id, version }) => (version === null ? [id] : []))),
    touched: new Set(),
    room: env().TASKS_QUOTA - counter.task_count,
    nextCreation: counter.created_until.getTime() - (creations - 1),
  };
  return { lastChange: counter.last_change, tasks };
}

/** The time zone that an operation names. */
function namedZone(operation: BatchOperation, index: number): NamedZone {
  const at = ["body", "operations", index];
  if (operation.operation === "create") {
    return { path: [...at, "task", "time_zone"], zone: operation.task.time_zone };
  }
  const zone = operation.operation === "update" ? operation.change.time_zone : null;
  return { path: [...at, "change", "time_zone"], zone };
}

function attempt(tasks: Tasks, operation: BatchOperation, index: number): BatchResult {
  try {
    return apply(tasks, operation, index);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const problem = problemOf(error);
    return { status: problem.status, problem };
  }
}

/** The rules of the operation as it is alone (T-2 to T-8). */
function apply(tasks: Tasks, operation: BatchOperation, index: number): Done {
  if (operation.operation === "create") return create(tasks, operation.task);
  const { id, version } = operation;
  const gone = operation.operation === "delete" && operation.permanent;
  const inTrash = gone || operation.operation === "restore";
  const task = present(tasks, id, inTrash);
  if (version !== undefined && version !== task.version) throwPreconditionFailed(task);
  switch (operation.operation) {
    case "update":
      assertDueFields(operation.change, task, ["body", "operations", index, "change"]);
      return { status: 200, task: save(tasks, task, withCleared(operation.change)) };
    case "complete": {
      const { completed = !task.completed } = operation;
      return { status: 200, task: save(tasks, task, { completed }) };
    }
    case "restore":
      if (task.deleted_at === null) return { status: 200, task };
      return { status: 200, task: save(tasks, { ...task, deleted_at: null }, {}) };
    case "delete":
      if (gone) {
        tasks.byId.delete(id);
        tasks.buried.set(id, task.version);
        tasks.room++;
        touch(tasks, id);
      } else {
        save(tasks, { ...task, deleted_at: tasks.now }, {});
      }
      return { status: 204 };
  }
}

function create(tasks: Tasks, given: NewTask): Done {
  const { id = uuidv7() } = given;
  const content = contentOf(given);
  const task = tasks.byId.get(id);
  if (task) {
    if (!hasContent(task, content)) throw new ProblemError("id_already_used");
    return { status: 200, task };
  }
  if (tasks.room <= 0) throw quotaExceededError();
  tasks.room--;
  const moment = tasks.nextCreation++;
  const created_at = new Date(moment).toISOString();
  const fresh = {
    id,
    owner_user_id: tasks.owner,
    ...content,
    position: given.position ?? positionAt(moment),
    created_at,
    updated_at: created_at,
    version: tasks.buried.get(id) ?? 0,
    deleted_at: null,
  };
  tasks.buried.delete(id);
  return { status: 201, task: save(tasks, fresh, {}) };
}

function present(tasks: Tasks, id: string, inTrash: boolean): Task {
  const task = tasks.byId.get(id);
  if (task && (inTrash || task.deleted_at === null)) return task;
  throw !task && tasks.foreign.has(id) ? foreignTaskError() : new ProblemError("task_not_found");
}

function save(tasks: Tasks, task: Task, change: TaskPatch): Task {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const saved: Task = {
    ...task,
    ...Object.fromEntries(named),
    version: task.version + 1,
    updated_at: later(tasks.now, task.created_at),
  };
  tasks.byId.set(task.id, saved);
  touch(tasks, task.id);
  return saved;
}

/** The later of two times as answers show them: texts of one form compare as the times do. */
function later(one: string, other: string): string {
  if (one < other) return other;
  return one;
}

function touch({ touched }: Tasks, id: string): void {
  touched.delete(id);
  touched.add(id);
}

/** A task as it is to be stored, with the number of its change. */
type Saved = Task & { readonly change: number };

async function write(
  connection: Connection,
  { owner, byId, stored, buried, touched }: Tasks,
  before: bigint,
): Promise<void> {
  const numbered = [...touched].map((id, index) => ({ id, change: Number(before) + index + 1 }));
  const saved = numbered.flatMap(({ id, change }): Saved[] => {
    const task = byId.get(id);
    return task ? [{ ...task, change }] : [];
  });
  const gone = numbered.flatMap(({ id, change }) => {
    const version = buried.get(id);
    return version === undefined ? [] : [{ id, version, change }];
  });
  for (const some of portions(saved.filter(({ id }) => !stored.has(id)))) {
    await insert(connection, owner, some);
  }
  const present = saved.flatMap((task) => {
    const known = stored.get(task.id);
    return known ? [{ task, hasText: !isDeepStrictEqual(textOf(task), textOf(known)) }] : [];
  });
  for (const withText of [true, false]) {
    const those = present.filter(({ hasText }) => hasText === withText).map(({ task }) => task);
    for (const some of portions(those)) await update(connection, owner, some, withText);
  }
  if (gone.length > 0) {
    await connection.$executeRaw(sql`
      WITH gone AS (
        DELETE FROM tasks
        WHERE owner_user_id = ${owner} AND id = ANY(${gone.map(({ id }) => id)}::uuid[]))
      ${insertTombstones(
        owner,
        sql`SELECT id, version, change
          FROM jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) AS rows (id uuid, version int, change bigint)`,
      )}`);
  }
}

/** Letters of text whose words one statement can enter into the index well within its time. */
const lettersAtOnce = 100_000;

/** Splits the tasks, in order, into portions that one statement can index in time. */
function* portions(tasks: readonly Saved[]): Generator<readonly Saved[]> {
  let portion: Saved[] = [];
  let letters = 0;
  for (const task of tasks) {
    portion.push(task);
    letters += task.title.length + (task.description?.length ?? 0);
    if (letters < lettersAtOnce) continue;
    yield portion;
    portion = [];
    letters = 0;
  }
  if (portion.length > 0) yield portion;
}

/** These tasks as rows of SQL named `saved`; a column that they leave out is NULL. */
const asSaved = (tasks: readonly Partial<Saved>[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb) AS saved (${rowTypes})`;

async function insert(connection: Connection, owner: UserId, tasks: readonly Saved[]) {
  await connection.$executeRaw(sql`
    WITH unburied AS (
      DELETE FROM task_tombstones
      WHERE owner_user_id = ${owner} AND id = ANY(${tasks.map(({ id }) => id)}::uuid[]))
    INSERT INTO tasks (owner_user_id, ${rowColumns})
    SELECT ${owner}, ${rowColumns}
    FROM ${asSaved(tasks)}`);
}

/** Long texts travel and are stored again only where they changed. */
async function update(
  connection: Connection,
  owner: UserId,
  tasks: readonly Saved[],
  withText: boolean,
) {
  const rows = withText ? tasks : tasks.map(withoutText);
  await connection.$executeRaw(sql`
    UPDATE tasks SET ${withText ? sql`${savedText},` : empty} ${savedRest}
    FROM ${asSaved(rows)}
    WHERE tasks.owner_user_id = ${owner} AND tasks.id = saved.id
      AND tasks.id = ANY(${tasks.map(({ id }) => id)}::uuid[])`);
}
