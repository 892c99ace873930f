import type { Task } from "@tend/contracts";
import { positionAt } from "@tend/contracts/position-at";
import { notYet } from "./mutation.ts";

/** What fields that came later are in a task that was stored before. */
const later = {
  version: 1,
  deleted_at: null,
  due_time: null,
  time_zone: null,
  priority: "none",
  tags: [],
} satisfies Partial<Task>;

/** What every version of this program stored of a task. */
type StoredTask = Omit<Task, keyof typeof later | "position"> & Partial<Task>;

/** A task of which only the oldest fields are known: where a version before this one stored it, or new. */
export const upgradeTask = (task: StoredTask): Task => ({
  ...later,
  // What is not sent yet has no date: it is of now.
  position: positionAt(Math.min(Date.now(), Date.parse(task.created_at))),
  ...task,
});

export const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const instant = (value: unknown) =>
  typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : undefined;
const orNull =
  <Value>(read: (value: unknown) => Value | undefined) =>
  (value: unknown) =>
    value === null ? null : read(value);
const matching = (pattern: RegExp) => (value: unknown) =>
  typeof value === "string" && pattern.test(value) ? value : undefined;

const priorities = ["none", "low", "medium", "high"] as const satisfies readonly Task["priority"][];

/** Each field as far as the screen relies on it; the server checks what is sent. Undefined: unreadable. */
const readers: { readonly [Field in keyof Task]: (value: unknown) => Task[Field] | undefined } = {
  id: text,
  owner_user_id: text,
  title: text,
  description: orNull(text),
  completed: (value) => (typeof value === "boolean" ? value : undefined),
  due_date: orNull(matching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)),
  due_time: orNull(matching(/^([01]\d|2[0-3]):[0-5]\d$/)),
  time_zone: orNull(text),
  priority: (value) => priorities.find((one) => one === value),
  tags: (value) =>
    Array.isArray(value)
      ? value.filter((tag): tag is string => typeof tag === "string")
      : undefined,
  position: matching(/^[0-9a-z]+$/),
  version: (value) => (Number.isSafeInteger(value) ? Number(value) : undefined),
  created_at: instant,
  updated_at: instant,
  deleted_at: orNull(instant),
};

export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of a task that can be read in what is stored, and those of other versions as they are. */
export function readFields(stored: JsonObject): Partial<Task> {
  const fields: Record<string, unknown> = { ...stored };
  for (const [name, read] of Object.entries(readers)) {
    if (!(name in fields)) continue;
    const value = read(fields[name]);
    if (value === undefined) delete fields[name];
    else fields[name] = value;
  }
  return fields;
}

/** A task as any version, or somebody by hand, stored it. Undefined: there is no task to be read. */
export function readTask(stored: unknown): Task | undefined {
  if (!isRecord(stored)) return undefined;
  const { id, title, created_at = notYet, ...fields } = readFields(stored);
  if (id === undefined || title === undefined) return undefined;
  return upgradeTask({
    owner_user_id: "",
    description: null,
    completed: false,
    due_date: null,
    updated_at: created_at,
    ...fields,
    id,
    title,
    created_at,
  });
}
