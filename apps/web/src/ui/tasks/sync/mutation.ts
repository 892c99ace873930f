import type { NewTask, Task } from "@tend/contracts";
import { fieldNames, type TaskFields } from "#ui/tasks/model/task-fields.ts";
import { type Before, type Edit, isSame, namesOf } from "./conflicts.ts";

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
  | ({ readonly do: "update" } & Edit)
  | { readonly do: "complete"; readonly completed: boolean }
  | { readonly do: "delete" }
  | { readonly do: "restore" }
);

/** Requests by task id: any one alone, or the deletes of several tasks, which are sent as one. */
export type Requests = ReadonlyMap<string, SyncRequest>;

/** The date of a task that the server has not dated yet: later than any other. */
export const notYet = "9999-12-31T23:59:59.999Z";

/** Tells whether a mutation is a delete that can no longer be undone unsent. */
export type IsDue = (mutation: Mutation) => boolean;

/** What the next request of a task is: its create, a change of it, or its delete. */
export type Lane = "creates" | "changes" | "deletes";

/** The lane of the next request for the mutations of one task; undefined: none is due yet. */
export function laneOf(queue: readonly Mutation[], isDue: IsDue): Lane | undefined {
  if (queue.some(isDue)) return "deletes";
  const kind = queue[0]?.kind;
  if (kind === "create") return "creates";
  return kind === "set" || kind === "restore" ? "changes" : undefined;
}

/**
 * The next request for the mutations of one task, in their order. A create is sent alone and as it
 * was made, so that the server recognises a repetition; a restore alone, too; sets as one.
 */
export function nextRequest(queue: readonly Mutation[], isDue: IsDue): SyncRequest | undefined {
  const due = queue.findLastIndex(isDue);
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

/** What a step takes out of the outbox, and what it puts in. */
export interface QueueChange {
  readonly forgotten: readonly Mutation[];
  readonly written: readonly Mutation[];
}

export const mergeChanges = (changes: readonly QueueChange[]): QueueChange => ({
  forgotten: changes.flatMap(({ forgotten }) => forgotten),
  written: changes.flatMap(({ written }) => written),
});

/** What a new mutation of a task changes in its queue. */
export function enqueue(
  queue: readonly Mutation[],
  mutation: Mutation,
  isRefused: boolean,
  isDue: IsDue,
): QueueChange {
  if (mutation.kind !== "set") return { forgotten: [], written: [mutation] };
  if (isRefused && queue.some(({ kind }) => kind === "create")) {
    // A refused create never arrived, so it is made anew with the corrected fields.
    const { id, task } = mutation;
    return { forgotten: queue, written: [{ kind: "create", id, task }] };
  }
  // An edit wins over a delete by another tab, while that can still be stopped.
  const forgotten = queue.filter((one) => one.kind === "delete" && !isDue(one));
  return { forgotten, written: [mutation] };
}

interface CoalescedEdits extends Edit {
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

/** The fields in which a task after an edit differs from the task before it. */
export const changedFields = (before: Task, after: TaskFields): TaskFields =>
  pick(
    after,
    namesOf(after).filter(
      (name) => after[name] !== undefined && !isSame(after[name], before[name]),
    ),
  );
