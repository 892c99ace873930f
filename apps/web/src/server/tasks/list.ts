import type { DueFilter, Task, TaskQuery, TaskSort } from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { database } from "#server/database.ts";
import type { JsonText } from "#server/http/api-request.ts";
import { ProblemError } from "#server/http/problem.ts";
import { storedColumns } from "./columns.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { assertNotErased } from "./refusals.ts";
import { parseTask, query, state, taskJson } from "./sql.ts";
import { assertKnownZones } from "./time-zones.ts";

const { sql, join } = Prisma;

const states = { all: [0, 1], pending: [0], completed: [1], trashed: [2] } as const;

/** What an order compares. */
interface Order {
  /** The key, written exactly as in the order's index. */
  readonly expression: Prisma.Sql;
  readonly type: Prisma.Sql;
  /** Whether the key can be null: such tasks come last in both directions. */
  readonly nullable: boolean;
  /** The key of a task, as a text; empty where it is null. */
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
  priority: {
    expression: sql`(CASE priority WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 END)`,
    type: sql`int`,
    nullable: true,
    key: ({ priority }) => ({ none: "", low: "1", medium: "2", high: "3" })[priority],
  },
  position: {
    expression: sql`position`,
    type: sql`text`,
    nullable: false,
    key: ({ position }) => position,
  },
};

const defaultOrder = (sort: TaskSort) =>
  sort === "created" || sort === "priority" ? "desc" : "asc";

type Filter = Pick<TaskQuery, "q" | "tag" | "priority" | "due" | "time_zone">;

/** The condition on the index of words, tags and priorities: a single one for any mixture. */
function searchOf(userId: UserId, { q, tag, priority }: Filter): Prisma.Sql | undefined {
  const conditions = [
    ...(q === undefined ? [] : [sql`search_query(${userId}, ${q})`]),
    ...(tag === undefined ? [] : [sql`search_sign(${userId}, '#', tag_key(${tag}))`]),
    ...(priority === undefined || priority === "none"
      ? []
      : [sql`search_sign(${userId}, '!', ${priority})`]),
  ];
  return conditions.length === 0 ? undefined : sql`search @@ (${join(conditions, " && ")})`;
}

/**
 * T-17: whether a task is due then, by the calendar and the clock of the zone `here`. A zone of its
 * own moves a task by two days at most, so the range of the index is that much wider.
 */
function dueIn(here: Prisma.Sql, due: Exclude<DueFilter, "none">): Prisma.Sql {
  const { expression: key } = orders.due_date;
  const today = sql`(now() AT TIME ZONE ${here})::date`;
  const clock = sql`(due_date + due_time)`;
  const moment = sql`(CASE WHEN time_zone IS NULL THEN ${clock} AT TIME ZONE ${here}
    ELSE moment_in(${clock}, time_zone, ${here}) END)`;
  const day = sql`(CASE WHEN time_zone IS NULL THEN due_date
    ELSE (${moment} AT TIME ZONE ${here})::date END)`;
  switch (due) {
    case "overdue":
      return sql`${key} < ${today} + 3
        AND (CASE WHEN due_time IS NULL THEN due_date < ${today} ELSE ${moment} < now() END)`;
    case "today":
      return sql`${key} >= ${today} - 2 AND ${key} < ${today} + 3 AND ${day} = ${today}`;
    case "upcoming":
      return sql`${key} >= ${today} - 1 AND ${day} > ${today}`;
  }
}

/** T-6, T-11: one page, and the cursor of the next one where there is one. */
export async function listTasks(
  userId: UserId,
  { status, sort, order = defaultOrder(sort), limit, cursor, ...filter }: TaskQuery,
): Promise<{ body: JsonText<Task[]>; next: string | null }> {
  const scope = JSON.stringify([userId, status, sort, order, filter]);
  await assertKnownZones([{ path: ["query", "time_zone"], zone: filter.time_zone }]);
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

  /** The first `count` tasks of each state in the index range that `condition` gives. */
  const ranges = (condition: Prisma.Sql, count: Prisma.Sql) => {
    const range = (number: number) => sql`(
      SELECT ${storedColumns}, ${expression} AS sort_key FROM tasks
      WHERE owner_user_id = ${userId} AND ${state} = ${number}::int AND ${condition}
      ${inOrder} LIMIT ${count})`;
    return join(states[status].map(range), " UNION ALL ");
  };

  /** Tasks without a key are read only as far as those with one leave room on the page. */
  const valuesFirst = () => {
    const room = sql`${most} - (SELECT count(*) FROM valued)`;
    return sql`
      WITH valued AS MATERIALIZED (
        SELECT * FROM (${ranges(sql`${hasValue} AND ${place}`, most)}) AS tasks ${inOrder} LIMIT ${most})
      SELECT ${taskJson} FROM (SELECT * FROM valued UNION ALL ${ranges(hasNone, room)}) AS tasks
      ORDER BY sort_key ${direction} NULLS LAST, id ${direction} LIMIT ${most}`;
  };
  const only = (condition: Prisma.Sql) => sql`
    SELECT ${taskJson} FROM (${ranges(condition, most)}) AS tasks ${inOrder} LIMIT ${most}`;
  // MATERIALIZED, since the planner cannot know how few tasks a filter finds.
  const amongFound = (condition: Prisma.Sql) => sql`
    WITH found AS MATERIALIZED (
      SELECT ${storedColumns}, ${expression} AS sort_key FROM tasks
      WHERE owner_user_id = ${userId} AND ${state} = ANY(${[...states[status]]}::int[]) AND ${condition})
    SELECT ${taskJson} FROM found AS tasks
    WHERE ${isPastValues ? hasNone : sql`true`} AND (${nullable && after && !isPastValues ? hasNone : sql`false`} OR ${place})
    ORDER BY sort_key ${direction} NULLS LAST, id ${direction} LIMIT ${most}`;

  const { priority, due, time_zone } = filter;
  const isDue =
    due === undefined || due === "none" ? undefined : dueIn(sql`${time_zone}::text`, due);
  const conditions = [
    searchOf(userId, filter),
    priority === "none" ? sql`${orders.priority.expression} IS NULL` : undefined,
    due === "none" ? sql`${orders.due_date.expression} IS NULL` : isDue,
  ].filter((condition) => condition !== undefined);

  const read = () => {
    const inIndex = isPastValues ? sql`${hasNone} AND ${place}` : place;
    if (conditions.length === 0) {
      return query(nullable && !isPastValues ? valuesFirst() : only(inIndex));
    }
    // Tasks filtered by their day and sorted by it are one range of that order's index.
    const [first, ...more] = conditions;
    if (sort === "due_date" && due !== undefined && first && more.length === 0) {
      return query(only(sql`${first} AND ${inIndex}`));
    }
    // The best plan depends on what is asked for: it is planned anew.
    return query(amongFound(join(conditions, " AND ")), database());
  };
  const page = await read();
  if (page.length === 0) await assertNotErased(userId);
  const tasks = page.slice(0, limit);
  const last = tasks.at(-1);
  const more = page.length > limit && last !== undefined;
  return {
    // Each is the JSON of a task: together they are that of the list.
    body: `[${tasks.map(({ json }) => json).join(",")}]` as JsonText<Task[]>,
    next: more ? sealCursor(scope, { key: key(parseTask(last)), id: last.id }) : null,
  };
}
