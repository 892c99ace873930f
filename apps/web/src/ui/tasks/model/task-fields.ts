import type { Task } from "@tend/contracts";
import { dueLabel } from "#ui/time/day-label.ts";
import { priorities, priorityLabels } from "./priority.ts";
import { orNull, type ReadValue, readBoolean, readMatching, readText } from "./read-value.ts";
import { notesFault, tagsFault, tagsOf, titleFault, yearFault } from "./validation.ts";

/** The rules of one field of a task in the interface. */
export interface TaskField<Value> {
  /** The name of the field on the screen. */
  readonly label: string;
  /** The value of a new task, and of one that was stored before the field existed. */
  readonly blank?: Value;
  /** A stored value, as far as the screen relies on it: the server checks what is sent. */
  readonly read: ReadValue<Value>;
  /** The value in words, to choose between two versions. Without it, the last version wins. */
  readonly show?: (value: Value | undefined, today: string | null) => string;
  /** The field in the edit form; one without is set in other ways. */
  readonly input?: TaskInput<Value>;
}

interface TaskInput<Value> {
  readonly format: (value: Value) => string;
  /** Undefined: the text is no value, and the field stays as it was. */
  readonly parse: (text: string, edit: { readonly due_date: string }) => Value | undefined;
  /** The error of the text, in words. `before` is the text of the stored value. */
  readonly fault?: (text: string, before: string) => string | undefined;
  /** The error where the browser has no complete value of a date or time. */
  readonly unfinished?: string;
}

/** The fields of a task that the server alone sets. */
export type ServerField =
  | "id"
  | "owner_user_id"
  | "version"
  | "created_at"
  | "updated_at"
  | "deleted_at";

type TaskFieldTable = {
  readonly [Field in Exclude<keyof Task, ServerField>]: TaskField<Task[Field]>;
};

const readPriority = (value: unknown): Task["priority"] | undefined =>
  priorities.find((priority) => priority === value);

const emptyIsNull = (text: string): string | null => (text === "" ? null : text);

const formatTags = (tags: readonly string[]): string => tags.map((tag) => `#${tag}`).join(" ");

/** The fields that a person can change, in the order of the form; all, or it does not compile. */
const table = {
  title: {
    label: "Title",
    read: readText,
    show: (title = "") => title,
    input: { format: (title) => title, parse: (text) => text.trim(), fault: titleFault },
  },
  description: {
    label: "Notes",
    blank: null,
    read: orNull(readText),
    show: (notes) => notes || "No notes",
    input: { format: (notes) => notes ?? "", parse: emptyIsNull, fault: notesFault },
  },
  completed: {
    label: "State",
    blank: false,
    read: readBoolean,
    show: (completed) => (completed ? "Completed" : "Pending"),
  },
  due_date: {
    label: "Due date",
    blank: null,
    read: orNull(readMatching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)),
    show: (day, today) => (day ? dueLabel(day, today) : "No date"),
    input: {
      format: (day) => day ?? "",
      parse: emptyIsNull,
      fault: (text, before) => (text === before ? undefined : yearFault(text)),
      unfinished: "Finish the date, or clear it.",
    },
  },
  due_time: {
    label: "Time",
    blank: null,
    read: orNull(readMatching(/^([01]\d|2[0-3]):[0-5]\d$/)),
    show: (time) => time ?? "No time",
    input: {
      format: (time) => time ?? "",
      // T-16: the time goes with its day.
      parse: (text, { due_date }) => (due_date === "" ? null : emptyIsNull(text)),
      unfinished: "Finish the time, or clear it.",
    },
  },
  time_zone: {
    label: "Time zone",
    blank: null,
    read: orNull(readText),
    show: (zone) => zone ?? "Wherever you are",
  },
  priority: {
    label: "Priority",
    blank: "none",
    read: readPriority,
    show: (priority = "none") => priorityLabels[priority],
    input: {
      format: (priority) => priority,
      parse: readPriority,
    },
  },
  tags: {
    label: "Tags",
    blank: [],
    read: (stored) =>
      Array.isArray(stored)
        ? stored.filter((tag): tag is string => typeof tag === "string")
        : undefined,
    show: (tags = []) => formatTags(tags) || "No tags",
    input: { format: formatTags, parse: tagsOf, fault: tagsFault },
  },
  position: {
    label: "Place in the list",
    read: readMatching(/^[0-9a-z]+$/),
  },
} as const satisfies TaskFieldTable;

type With<Key> = {
  [Field in keyof typeof table]: Key extends keyof (typeof table)[Field] ? Field : never;
}[keyof typeof table];

/** Some or all of the fields that a person can change. */
export type TaskFields = Partial<Pick<Task, keyof typeof table>>;

/** A field of which a conflict shows both versions. */
export type ConflictField = With<"show">;

export type FormField = With<"input">;

export const taskFields: TaskFieldTable = table;

export const fieldNames = Object.keys(table) as readonly (keyof typeof table)[];

/** The values of a new task where none are given. */
export const blankFields = Object.fromEntries(
  fieldNames.flatMap((name) => ("blank" in table[name] ? [[name, table[name].blank]] : [])),
  // The cast holds: the entries are those of the rows with a blank.
) as Pick<Task, With<"blank">>;

export const isConflictField = (name: string): name is ConflictField =>
  name in table && "show" in table[name as keyof typeof table];

/** The value of a field as a person reads it. */
export function showField<Field extends ConflictField>(
  name: Field,
  fields: TaskFields,
  today: string | null,
): string {
  const { show }: TaskField<Task[Field]> = taskFields[name];
  return show?.(fields[name], today) ?? "";
}
