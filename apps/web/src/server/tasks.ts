import type { Completion, NewTask, Task, TaskChange, TaskQuery, TaskSort } from "@tend/contracts";
import { isForeignKeyViolation, Prisma } from "@tend/db";
import { v7 as uuidv7 } from "uuid";
import { openCursor, sealCursor } from "./cursor.ts";
import { database } from "./database.ts";
import { ProblemError } from "./problem.ts";
import { invalidToken } from "./token.ts";
import type { UserId } from "./user-id.ts";

/** A task with its version, of which the ETag is made. */
export type TaskRow = Task & { readonly version: number };

const { sql, join, empty } = Prisma;

/** Instants and days are written by PostgreSQL, so that no zone of any session can shift them. */
const columns = sql`id, owner_user_id, title, description, completed, version,
  to_char(due_date, 'YYYY-MM-DD') AS due_date,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
  to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at`;

const query = (statement: Prisma.Sql): Promise<TaskRow[]> =>
  database().$queryRaw<TaskRow[]>(statement);

/**
 * What each order compares: the expression of its index, its type, and its value in a task. The
 * table is named, since a bare `created_at` in ORDER BY would be the text in the list of columns.
 */
const orders = {
  created: {
    asc: sql`tasks.created_at`,
    desc: sql`tasks.created_at`,
    type: sql`timestamptz`,
    key: (task: Task) => task.created_at,
  },
  title: {
    asc: sql`tasks.title`,
    desc: sql`tasks.title`,
    type: sql`text`,
    key: (task: Task) => task.title,
  },
  due_date: {
    asc: sql`coalesce(tasks.due_date, 'infinity'::date)`,
    desc: sql`coalesce(tasks.due_date, '-infinity'::date)`,
    type: sql`date`,
    key: (task: Task, order: "asc" | "desc") =>
      task.due_date ?? (order === "asc" ? "infinity" : "-infinity"),
  },
};

const defaultOrder = (sort: TaskSort) => (sort === "created" ? "desc" : "asc");

/** T-6: one page, and the cursor of the next one where there is one. */
export async function listTasks(
  userId: UserId,
  { status, sort, order = defaultOrder(sort), limit, cursor }: TaskQuery,
): Promise<{ tasks: TaskRow[]; next: string | null }> {
  const scope = [userId, status, sort, order].join("\n");
  const after = cursor === undefined ? undefined : openCursor(scope, cursor);
  if (cursor !== undefined && !after) {
    const message = "Take the cursor from the Link header of this very list, or begin without one.";
    throw new ProblemError("validation_failed", {
      errors: [{ path: ["query", "cursor"], message }],
    });
  }
  const { type, key, ...expressions } = orders[sort];
  const expression = expressions[order];
  const [beyond, direction] = order === "asc" ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const found = await query(sql`
    SELECT ${columns} FROM tasks
    WHERE owner_user_id = ${userId}
      ${status === "all" ? empty : sql`AND completed = ${status === "completed"}`}
      ${after ? sql`AND (${expression}, id) ${beyond} (${after.key}::${type}, ${after.id}::uuid)` : empty}
    ORDER BY ${expression} ${direction}, id ${direction}
    LIMIT ${limit + 1}`);
  const tasks = found.slice(0, limit);
  const last = tasks.at(-1);
  const more = found.length > limit && last !== undefined;
  return {
    tasks,
    next: more ? sealCursor(scope, { key: key(last, order), id: last.id }) : null,
  };
}

/** No user of ours has a longer id, and no index could hold much more. */
const longestUserId = 255;

/** Creates it; or finds it, where this user made the same task with the same id before. */
export async function createTask(
  userId: UserId,
  task: NewTask,
): Promise<{ task: TaskRow; created: boolean }> {
  if (userId.length > longestUserId) throw unknownUser();
  const { id = uuidv7(), title, description = null, completed = false, due_date = null } = task;
  const [created] = await query(sql`
    INSERT INTO tasks (owner_user_id, id, title, description, completed, due_date)
    VALUES (${userId}, ${id}::uuid, ${title}, ${description}, ${completed}, ${due_date}::date)
    ON CONFLICT (owner_user_id, id) DO NOTHING
    RETURNING ${columns}`).catch((error: unknown) => {
    throw isForeignKeyViolation(error) ? unknownUser() : error;
  });
  if (created) return { task: created, created: true };
  const [present] = await find(userId, id);
  // Deleted between the two statements: the id is free again.
  if (!present) return createTask(userId, task);
  const same =
    present.title === title &&
    present.description === description &&
    present.completed === completed &&
    present.due_date === due_date;
  if (!same) throw new ProblemError("id_already_used");
  return { task: present, created: false };
}

const unknownUser = () =>
  new ProblemError("unknown_user", { headers: { "WWW-Authenticate": invalidToken } });

export async function getTask(userId: UserId, id: string): Promise<TaskRow> {
  const [task] = await find(userId, id);
  return task ?? missing(userId, id);
}

const find = (userId: UserId, id: string) =>
  query(sql`SELECT ${columns} FROM tasks WHERE owner_user_id = ${userId} AND id = ${id}::uuid`);

/** T-4: changes what `change` names and keeps the rest. */
export async function updateTask(userId: UserId, id: string, change: TaskChange): Promise<TaskRow> {
  const { title, description, completed, due_date } = change;
  const assignments = [
    title === undefined ? empty : sql`, title = ${title}`,
    description === undefined ? empty : sql`, description = ${description}`,
    completed === undefined ? empty : sql`, completed = ${completed}`,
    due_date === undefined ? empty : sql`, due_date = ${due_date}::date`,
  ];
  const [task] = await query(sql`
    UPDATE tasks SET version = version + 1, updated_at = now()${join(assignments, "")}
    WHERE owner_user_id = ${userId} AND id = ${id}::uuid
    RETURNING ${columns}`);
  return task ?? missing(userId, id);
}

export async function deleteTask(userId: UserId, id: string): Promise<void> {
  const deleted = await database().$executeRaw(sql`
    DELETE FROM tasks WHERE owner_user_id = ${userId} AND id = ${id}::uuid`);
  if (deleted === 0) await missing(userId, id);
}

/** T-5: sets the state, or flips it in the one statement, so that concurrent flips all count. */
export async function completeTask(
  userId: UserId,
  id: string,
  completion: Completion | undefined,
): Promise<TaskRow> {
  const completed = completion ? sql`${completion.completed}` : sql`NOT completed`;
  const [task] = await query(sql`
    UPDATE tasks SET completed = ${completed}, version = version + 1, updated_at = now()
    WHERE owner_user_id = ${userId} AND id = ${id}::uuid
    RETURNING ${columns}`);
  return task ?? missing(userId, id);
}

/** O-2: somebody else's is 403, nobody's is 404. Reads nothing of the task. */
async function missing(userId: UserId, id: string): Promise<never> {
  const foreign = await database().$queryRaw<unknown[]>(sql`
    SELECT 1 FROM tasks WHERE owner_user_id <> ${userId} AND id = ${id}::uuid LIMIT 1`);
  if (foreign.length === 0) throw new ProblemError("task_not_found");
  throw new ProblemError("forbidden", { detail: "This task belongs to another user." });
}
