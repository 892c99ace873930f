import { type NewTask, Task, type TaskPatch } from "@tend/contracts";
import { Prisma } from "@tend/db";

const { sql, join, raw, empty } = Prisma;

/** A field of a task as the table has it. */
interface Column {
  /** The type as PostgreSQL names it. */
  readonly type: string;
  /** What answers show of it, where that is not the column itself. */
  readonly read?: Prisma.Sql;
  /** Whether a search finds the task by it; such a text may also be long. */
  readonly isSearched?: true;
}

const instant = (column: string) =>
  sql`to_char(${raw(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Every column that is written, in the order of the statements: keys, what people give, what the
 * server keeps. PostgreSQL formats instants and days itself, so that no time zone of a session can
 * shift them.
 */
const columns = {
  owner_user_id: { type: "text" },
  id: { type: "uuid" },
  title: { type: "text", isSearched: true },
  description: { type: "text", isSearched: true },
  completed: { type: "boolean" },
  due_date: { type: "date", read: sql`to_char(due_date, 'YYYY-MM-DD')` },
  due_time: { type: "time", read: sql`to_char(due_time, 'HH24:MI')` },
  time_zone: { type: "text" },
  priority: { type: "text" },
  tags: { type: "text[]", isSearched: true },
  position: { type: "text" },
  version: { type: "int" },
  change: { type: "bigint" },
  created_at: { type: "timestamptz", read: instant("created_at") },
  updated_at: { type: "timestamptz", read: instant("updated_at") },
  deleted_at: { type: "timestamptz", read: instant("deleted_at") },
} as const satisfies Record<keyof Task | "change", Column>;

type ColumnName = keyof typeof columns;

const table: Readonly<Record<ColumnName, Column>> = columns;

const namesOf = <T extends object>(fields: T) => Object.keys(fields) as (keyof T & string)[];

const listOf = (parts: readonly (string | Prisma.Sql)[]): Prisma.Sql =>
  join(
    parts.map((part) => (typeof part === "string" ? raw(part) : part)),
    ", ",
  );

/** T-1: the fields of a task in the order in which answers have them. */
const answerNames = namesOf(Task.shape);

/** The select list of an answer. */
export const answerColumns = listOf(
  answerNames.map((name) => {
    const { read } = table[name];
    return read ? sql`${read} AS ${raw(name)}` : name;
  }),
);

/** The columns that answers are made of: all that is stored of a task but its search words. */
export const storedColumns = listOf(answerNames);

/** The select list of a tombstone, beside that of a task: an id, an owner and a version. */
export const tombstoneColumns = listOf(
  answerNames.map((name) => (["id", "owner_user_id", "version"].includes(name) ? name : "NULL")),
);

/** T-2: the defaults of a create. `position` is not among them: its default depends on the time. */
const blank = {
  description: null,
  completed: false,
  due_date: null,
  due_time: null,
  time_zone: null,
  priority: "none",
  tags: [],
} as const satisfies Omit<Required<NewTask>, "id" | "title" | "position">;

export type Content = Pick<Task, Exclude<keyof NewTask, "id" | "position">>;

/** T-2: the fields by which two creates are the same; not `position`: the task may have moved. */
export function contentOf(given: NewTask | Task): Content {
  const { title } = given;
  const named = namesOf(blank).map((name) => [name, given[name] ?? blank[name]]);
  // Each field is named by `blank`, which is checked against the schema.
  return { title, ...Object.fromEntries(named) } as Content;
}

const contentNames = ["title", ...namesOf(blank)] as const satisfies readonly (keyof Content)[];

/** The columns that a create fills from what it was given. */
export const contentColumns = listOf(contentNames);

/** Texts and booleans need no cast: PostgreSQL takes a parameter as its column has it. */
const cast = (name: ColumnName): Prisma.Sql =>
  ["text", "boolean"].includes(table[name].type) ? empty : sql`::${raw(table[name].type)}`;

/** The values of `contentColumns`. */
export const contentValues = (content: Content): Prisma.Sql =>
  join(
    contentNames.map((name) => sql`${content[name]}${cast(name)}`),
    ", ",
  );

/** `, name = value` for each field that is to be changed; empty where there is none. */
export function assignments(change: TaskPatch): Prisma.Sql {
  const changed = ([...contentNames, "position"] as const).filter(
    (name) => change[name] !== undefined,
  );
  return changed.length === 0
    ? empty
    : join(
        changed.map((name) => sql`, ${raw(name)} = ${change[name]}${cast(name)}`),
        "",
      );
}

const rowNames = namesOf(columns).filter((name) => name !== "owner_user_id");
const changeableNames = rowNames.filter((name) => name !== "id");

/** All columns of a row that a batch inserts, behind its owner. */
export const rowColumns = listOf(rowNames);

/** The same with their types, for `jsonb_to_recordset`. */
export const rowTypes = listOf(rowNames.map((name) => `${name} ${table[name].type}`));

const fromSaved = (names: readonly ColumnName[]) =>
  listOf(names.map((name) => `${name} = saved.${name}`));

/** Assignments from a row named `saved`: of the columns that are searched, and of all others. */
export const savedText = fromSaved(changeableNames.filter((name) => table[name].isSearched));
export const savedRest = fromSaved(changeableNames.filter((name) => !table[name].isSearched));

const searchedNames = answerNames.filter((name) => table[name].isSearched);

/** The fields that a search finds a task by, and that make it long. */
export const textOf = (task: Task): readonly unknown[] => searchedNames.map((name) => task[name]);

/** The same task without them. */
export function withoutText(task: Task): Partial<Task> {
  const rest: Partial<Task> = { ...task };
  for (const name of searchedNames) delete rest[name];
  return rest;
}
