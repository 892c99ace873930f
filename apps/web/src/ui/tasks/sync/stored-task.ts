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

/** What the oldest version of this program stored of a task, and what a newer one may have. */
type StoredTask = Pick<Task, "id" | "owner_user_id" | "title" | "created_at" | "updated_at"> &
  Partial<Task>;

/** A whole task, of one that is new or that a version with fewer fields stored. */
export const upgradeTask = (task: StoredTask): Task => ({
  ...blankFields,
  version: 1,
  deleted_at: null,
  // What is not sent yet has no date: it is of now.
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

/** The fields of a task that can be read in what is stored, and those of other versions as they are. */
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

/** A task as any version, or somebody by hand, stored it. Undefined: there is no task to be read. */
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
