import type { Task } from "@tend/contracts";
import { positionAt } from "@tend/contracts/fractional-index-at";
import {
  isRecord,
  type JsonObject,
  orNull,
  type ReadValue,
  readInstant,
  readText,
} from "#ui/tasks/model/read-value.ts";
import {
  blankFields,
  fieldNames,
  type ServerField,
  taskFields,
} from "#ui/tasks/model/task-fields.ts";
import { notYet } from "./mutation.ts";

/** A stored task: the fields that the oldest version of this program stored, and maybe more. */
type StoredTask = Pick<Task, "id" | "owner_user_id" | "title" | "created_at" | "updated_at"> &
  Partial<Task>;

/** Completes a task that is new, or that a version with fewer fields stored. */
export const upgradeTask = (task: StoredTask): Task => ({
  ...blankFields,
  version: 1,
  deleted_at: null,
  // A task that is not sent yet has no date: its position is that of now.
  position: positionAt(Math.min(Date.now(), Date.parse(task.created_at))),
  ...task,
});

const serverFields: { readonly [Field in ServerField]: ReadValue<Task[Field]> } = {
  id: readText,
  owner_user_id: readText,
  version: (value) => (Number.isSafeInteger(value) ? Number(value) : undefined),
  created_at: readInstant,
  updated_at: readInstant,
  deleted_at: orNull(readInstant),
};

const readers = new Map<string, ReadValue<unknown>>([
  ...Object.entries(serverFields),
  ...fieldNames.map((name) => [name, taskFields[name].read] as const),
]);

/** The readable fields of a stored task; fields that only other versions know stay as they are. */
export function readFields(stored: JsonObject): Partial<Task> {
  const fields: Record<string, unknown> = { ...stored };
  for (const [name, read] of readers) {
    if (!(name in fields)) continue;
    const value = read(fields[name]);
    if (value === undefined) delete fields[name];
    else fields[name] = value;
  }
  return fields;
}

/** A task that any version, or a person, stored; undefined where none can be read. */
export function readTask(stored: unknown): Task | undefined {
  if (!isRecord(stored)) return undefined;
  const { id, title, created_at = notYet, ...fields } = readFields(stored);
  if (id === undefined || title === undefined) return undefined;
  return upgradeTask({
    owner_user_id: "",
    updated_at: created_at,
    ...fields,
    id,
    title,
    created_at,
  });
}
