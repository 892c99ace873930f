import type { NewTask, Task } from "@tend/contracts";
import { withCleared } from "@tend/contracts/due";
import {
  type ConflictField,
  fieldNames,
  isConflictField,
  type TaskFields,
} from "#ui/tasks/model/task-fields.ts";

/** What the person saw of the fields that they changed, and in which version of the task. */
export type Before = TaskFields & Pick<Task, "version">;

/** One thing that a person did and that the server has not acknowledged yet. */
export type Mutation = {
  /** A UUIDv7, so that ids sort in the order of the doing. */
  readonly id: string;
  /** The task as the person sees it with this change. */
  readonly task: Task;
} & (
  | { readonly kind: "create" }
  | {
      readonly kind: "set";
      readonly fields: TaskFields;
      /** Missing in what an earlier version of this program stored: it wins over whatever is there. */
      readonly before?: Before;
    }
  | { readonly kind: "delete"; readonly send_at: number }
  | { readonly kind: "restore" }
);

/** The next thing to say to the server about one task, and the changes that it covers. */
export type SyncRequest = { readonly covers: readonly Mutation[] } & (
  | { readonly do: "create"; readonly body: NewTask }
  | { readonly do: "update"; readonly fields: TaskFields; readonly before: Before | undefined }
  | { readonly do: "complete"; readonly completed: boolean }
  | { readonly do: "delete" }
  | { readonly do: "restore" }
);

/** The server dates a task when it arrives. Until then it is newer than all, in the order of ids. */
export const notYet = "9999-12-31T23:59:59.999Z";

/** What a person sees: the tasks of the server with the unsent changes on top. */
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
 * What to send next of one task's changes, which stand in their order. A create goes alone and as
 * it was made, so that a repetition is recognised; so does a restore; sets go as one.
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

/** All sets up to the first change of another kind, as one: from what was seen first to what was set last. */
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

/** The change of some fields of a task, with what the person saw of them. */
export function editOf(task: Task, fields: TaskFields): Omit<Mutation & { kind: "set" }, "id"> {
  const before: Before = { ...pick(task, namesOf(fields)), version: task.version };
  return { kind: "set", task: { ...task, ...fields }, fields, before };
}

const pick = (fields: TaskFields, names: readonly (keyof TaskFields)[]): TaskFields =>
  Object.fromEntries(names.map((name) => [name, fields[name]]));

const namesOf = (fields: TaskFields) => Object.keys(fields) as (keyof TaskFields)[];

/**
 * The fields that were set here and have become something else elsewhere. Where nobody else touched
 * a field, or set it alike, nothing is to be decided.
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

/** Tags are the same where they are so one by one. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields in which a task after an edit differs from the task before it. */
export const changedFields = (before: Task, after: TaskFields): TaskFields =>
  pick(
    after,
    namesOf(after).filter(
      (name) => after[name] !== undefined && !isSame(after[name], before[name]),
    ),
  );
