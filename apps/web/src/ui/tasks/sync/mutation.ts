import type { NewTask, Task } from "@tend/contracts";
import { withCleared } from "@tend/contracts/due";
import {
  type ConflictField,
  fieldNames,
  isConflictField,
  type TaskFields,
} from "#ui/tasks/model/task-fields.ts";

/** The values of the edited fields as the person saw them, and the version of the task. */
export type Before = TaskFields & Pick<Task, "version">;

/** One action of a person that the server has not acknowledged yet. */
export type Mutation = {
  /** A UUIDv7: ids sort in the order in which mutations were made. */
  readonly id: string;
  /** The task as the person sees it after this mutation. */
  readonly task: Task;
} & (
  | { readonly kind: "create" }
  | {
      readonly kind: "set";
      readonly fields: TaskFields;
      /** Missing in mutations of an older version, which overwrite what the server has. */
      readonly before?: Before;
    }
  | { readonly kind: "delete"; readonly send_at: number }
  | { readonly kind: "restore" }
);

/** A request about one task, and the mutations that it covers. */
export type SyncRequest = { readonly covers: readonly Mutation[] } & (
  | { readonly do: "create"; readonly body: NewTask }
  | { readonly do: "update"; readonly fields: TaskFields; readonly before: Before | undefined }
  | { readonly do: "complete"; readonly completed: boolean }
  | { readonly do: "delete" }
  | { readonly do: "restore" }
);

/** The date of a task that the server has not dated yet: later than any other. */
export const notYet = "9999-12-31T23:59:59.999Z";

/** The tasks as a person sees them: those of the server, with the mutations applied. */
export function applyMutations(
  tasks: readonly Task[],
  mutations: readonly Mutation[],
): readonly Task[] {
  if (mutations.length === 0) return tasks;
  const shown = new Map(tasks.map((task) => [task.id, task]));
  for (const mutation of mutations) {
    const { task } = mutation;
    const present = shown.get(task.id) ?? task;
    if (mutation.kind === "delete") shown.delete(task.id);
    else if (mutation.kind !== "set") shown.set(task.id, present);
    else shown.set(task.id, { ...present, ...withCleared<Partial<Task>>(mutation.fields) });
  }
  return [...shown.values()];
}

/**
 * The next request for the mutations of one task, in their order. A create is sent alone and as it
 * was made, so that the server recognises a repetition; a restore alone, too; sets as one.
 */
export function nextRequest(queue: readonly Mutation[], now: number): SyncRequest | undefined {
  const due = queue.findLastIndex(
    (mutation) => mutation.kind === "delete" && mutation.send_at <= now,
  );
  if (due >= 0) return { do: "delete", covers: queue.slice(0, due + 1) };
  const [first] = queue;
  if (!first || first.kind === "delete") return undefined;
  if (first.kind === "restore") return { do: "restore", covers: [first] };
  if (first.kind === "create") {
    const { id, title } = first.task;
    const body = { ...pick(first.task, fieldNames), id, title };
    return { do: "create", body, covers: [first] };
  }
  const { fields, before, covers } = coalesceEdits(queue);
  const { completed, ...rest } = fields;
  return completed !== undefined && Object.keys(rest).length === 0
    ? { do: "complete", completed, covers }
    : { do: "update", fields, before, covers };
}

interface CoalescedEdits {
  readonly fields: TaskFields;
  readonly before: Before | undefined;
  readonly covers: readonly Mutation[];
}

/** Merges the sets up to the first other mutation: the first values seen, the last values set. */
export function coalesceEdits(queue: readonly Mutation[]): CoalescedEdits {
  let fields: TaskFields = {};
  let before: Before | undefined;
  const covers: Mutation[] = [];
  for (const mutation of queue) {
    if (mutation.kind !== "set") break;
    fields = { ...fields, ...mutation.fields };
    if (mutation.before === undefined) before = undefined;
    else if (covers.length === 0) before = mutation.before;
    else if (before) before = { ...mutation.before, ...before };
    covers.push(mutation);
  }
  return { fields, before, covers };
}

/** The mutation that sets some fields of a task, with the values that the person saw. */
export function editOf(task: Task, fields: TaskFields): Omit<Mutation & { kind: "set" }, "id"> {
  const before: Before = { ...pick(task, namesOf(fields)), version: task.version };
  return { kind: "set", task: { ...task, ...fields }, fields, before };
}

const pick = (fields: TaskFields, names: readonly (keyof TaskFields)[]): TaskFields =>
  Object.fromEntries(names.map((name) => [name, fields[name]]));

const namesOf = (fields: TaskFields) => Object.keys(fields) as (keyof TaskFields)[];

/**
 * The fields that were set on this device, and to another value elsewhere. A field that nobody else
 * touched, or set alike, is no conflict.
 */
export function clashesOf(
  { fields, before }: Pick<CoalescedEdits, "fields" | "before">,
  theirs: Task,
): readonly ConflictField[] {
  if (!before) return [];
  return namesOf(fields).filter(
    (name): name is ConflictField =>
      isConflictField(name) &&
      !isSame(theirs[name], before[name]) &&
      !isSame(theirs[name], fields[name]),
  );
}

/** Whether two values of a field are equal; tags are compared one by one. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields in which a task after an edit differs from the task before it. */
export const changedFields = (before: Task, after: TaskFields): TaskFields =>
  pick(
    after,
    namesOf(after).filter(
      (name) => after[name] !== undefined && !isSame(after[name], before[name]),
    ),
  );
