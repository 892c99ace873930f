import type { Task, TaskQuery, TaskSort } from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { Json } from "./answer.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { database } from "./database.ts";
import { ProblemError } from "./problem.ts";
import { parsed, query, refuseErased, state, written } from "./tasks.ts";
import type { UserId } from "./user-id.ts";

const { sql, join } = Prisma;

const states = { all: [0, 1], pending: [0], completed: [1], trashed: [2] } as const;

/** What answers are made of: all that is stored of a task but the words that it is found by. */
const stored = sql`id, owner_user_id, title, description, completed, due_date, created_at, updated_at,
  version, deleted_at, due_time, time_zone, priority, tags`;

/** What an order compares. */
interface Order {
  /** As the order's index has it. */
  readonly expression: Prisma.Sql;
  readonly type: Prisma.Sql;
  /** Whether tasks can be without it: they come last, whichever the direction. */
  readonly nullable: boolean;
  /** Its value in a task, as a text; empty where it has none. */
  readonly key: (task: Task) => string;
}

const orders: Record<TaskSort, Order> = {
  created: {
    expression: sql`created_at`,
    type: sql`timestamptz`,
    nullable: false,
    key: ({ created_at }) => created_at,
  },
  title: {
    expression: sql`title`,
    type: sql`text`,
    nullable: false,
    key: ({ title }) => title,
  },
  due_date: {
    expression: sql`(due_date + coalesce(due_time, '23:59:59'::time))`,
    type: sql`timestamp`,
    nullable: true,
    key: ({ due_date, due_time }) =>
      due_date === null ? "" : `${due_date} ${due_time ?? "23:59:59"}`,
  },
};

const defaultOrder = (sort: TaskSort) => (sort === "created" ? "desc" : "asc");

/** T-6, T-11: one page, and the cursor of the next one where there is one. */
export async function listTasks(
  userId: UserId,
  { status, q, sort, order = defaultOrder(sort), limit, cursor }: TaskQuery,
): Promise<{ body: Json<Task[]>; next: string | null }> {
  const scope = [userId, status, sort, order, ...(q === undefined ? [] : [q])].join("\n");
  const after = cursor === undefined ? undefined : openCursor(scope, cursor);
  if (cursor !== undefined && !after) {
    const message = "Take the cursor from the Link header of this very list, or begin without one.";
    throw new ProblemError("validation_failed", {
      errors: [{ path: ["query", "cursor"], message }],
    });
  }
  const { expression, type, nullable, key } = orders[sort];
  const [beyond, direction] = order === "asc" ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const most = sql`${limit + 1}::int`;
  const hasValue = sql`${expression} IS NOT NULL`;
  const hasNone = sql`${expression} IS NULL`;
  const isPastValues = nullable && after?.key === "";
  const place = !after
    ? sql`true`
    : isPastValues
      ? sql`id ${beyond} ${after.id}::uuid`
      : sql`(${expression}, id) ${beyond} (${after.key}::${type}, ${after.id}::uuid)`;
  const inOrder = sql`ORDER BY sort_key ${direction}, id ${direction}`;

  /** Of each state the range of the order's index that this condition says, up to so many. */
  const ranges = (condition: Prisma.Sql, count: Prisma.Sql) => {
    const range = (number: number) => sql`(
      SELECT ${stored}, ${expression} AS sort_key FROM tasks
      WHERE owner_user_id = ${userId} AND ${state} = ${number}::int AND ${condition}
      ${inOrder} LIMIT ${count})`;
    return join(states[status].map(range), " UNION ALL ");
  };

  const fromIndex = () => {
    if (!nullable || isPastValues) {
      const condition = nullable ? sql`${hasNone} AND ${place}` : place;
      return sql`SELECT ${written} FROM (${ranges(condition, most)}) AS tasks ${inOrder} LIMIT ${most}`;
    }
    // Those without the value are read only as far as those with it leave room on the page.
    const room = sql`${most} - (SELECT count(*) FROM valued)`;
    return sql`
      WITH valued AS MATERIALIZED (
        SELECT * FROM (${ranges(sql`${hasValue} AND ${place}`, most)}) AS tasks ${inOrder} LIMIT ${most})
      SELECT ${written} FROM (SELECT * FROM valued UNION ALL ${ranges(hasNone, room)}) AS tasks
      ORDER BY sort_key ${direction} NULLS LAST, id ${direction} LIMIT ${most}`;
  };
  // Set apart, since the planner cannot know how few tasks a search finds.
  const fromFound = (filter: Prisma.Sql) => sql`
    WITH found AS MATERIALIZED (
      SELECT ${stored} FROM tasks WHERE owner_user_id = ${userId} AND ${filter})
    SELECT ${written} FROM (
      SELECT *, ${expression} AS sort_key FROM found
      WHERE owner_user_id = ${userId} AND ${state} = ANY(${[...states[status]]}::int[])
        AND (${isPastValues ? sql`${hasNone} AND ${place}` : nullable && after ? sql`${hasNone} OR ${place}` : place})
    ) AS tasks
    ORDER BY sort_key ${direction} NULLS LAST, id ${direction} LIMIT ${most}`;

  // The best plan of a search depends on its words: it is planned anew.
  const page =
    q === undefined
      ? await query(fromIndex())
      : await query(fromFound(sql`search @@ search_query(${userId}, ${q})`), database());
  if (page.length === 0) await refuseErased(userId);
  const tasks = page.slice(0, limit);
  const last = tasks.at(-1);
  const more = page.length > limit && last !== undefined;
  return {
    // Each is the JSON of a task: together they are that of the list.
    body: `[${tasks.map(({ json }) => json).join(",")}]` as Json<Task[]>,
    next: more ? sealCursor(scope, { key: key(parsed(last)), id: last.id }) : null,
  };
}
