import {
  type Batch,
  type BatchOperation,
  type BatchResult,
  limits,
  type Task,
} from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { type Connection, database } from "#server/database.ts";
import { env } from "#server/env.ts";
import { ProblemError, problemOf } from "#server/http/problem.ts";
import { applyOperation, type BatchTasks } from "./batch-operations.ts";
import { writeBatch } from "./batch-write.ts";
import { answerColumns } from "./columns.ts";
import { asExistingUser } from "./refusals.ts";
import { untilPurged } from "./retention.ts";
import { nextCreations } from "./sql.ts";
import { assertKnownZones, type NamedZone } from "./time-zones.ts";

const { sql } = Prisma;

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
  await writeBatch(connection, tasks, lastChange - BigInt(limits.batch));
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
  const tasks: BatchTasks = {
    owner: userId,
    now: counter.now,
    byId: new Map(stored),
    stored,
    tombstones: new Map(
      others.flatMap(({ id, version }) => (version === null ? [] : [[id, version]])),
    ),
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

function attempt(tasks: BatchTasks, operation: BatchOperation, index: number): BatchResult {
  try {
    return applyOperation(tasks, operation, index);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const problem = problemOf(error);
    return { status: problem.status, problem };
  }
}
