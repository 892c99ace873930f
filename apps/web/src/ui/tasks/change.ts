import type { NewTask, Task } from "@tend/contracts";

/** The fields of a task that a person can change. */
export type TaskFields = Partial<Pick<Task, "title" | "description" | "completed" | "due_date">>;

/** One thing that a person did and that the server has not acknowledged yet. */
export type Change = {
  /** A UUIDv7, so that ids sort in the order of the doing. */
  readonly id: string;
  /** The task as the person sees it with this change. */
  readonly task: Task;
} & (
  | { readonly kind: "create" }
  | { readonly kind: "set"; readonly fields: TaskFields }
  | { readonly kind: "delete"; readonly send_at: number }
  | { readonly kind: "restore" }
);

/** The next thing to say to the server about one task, and the changes that it covers. */
export type Step = { readonly covers: readonly Change[] } & (
  | { readonly do: "create"; readonly body: NewTask }
  | { readonly do: "update"; readonly fields: TaskFields }
  | { readonly do: "complete"; readonly completed: boolean }
  | { readonly do: "delete" }
  | { readonly do: "restore" }
);

/** The server dates a task when it arrives. Until then it is newer than all, in the order of ids. */
export const notYet = "9999-12-31T23:59:59.999Z";

/** What a person sees: the tasks of the server with the unsent changes on top. */
export function applyChanges(tasks: readonly Task[], changes: readonly Change[]): readonly Task[] {
  if (changes.length === 0) return tasks;
  const shown = new Map(tasks.map((task) => [task.id, task]));
  for (const change of changes) {
    const { task } = change;
    const present = shown.get(task.id) ?? task;
    if (change.kind === "delete") shown.delete(task.id);
    else shown.set(task.id, change.kind === "set" ? { ...present, ...change.fields } : present);
  }
  return [...shown.values()];
}

/**
 * What to send next of one task's changes, which stand in their order. A create goes alone and as
 * it was made, so that a repetition is recognised; so does a restore; sets go as one.
 */
export function nextStep(queue: readonly Change[], now: number): Step | undefined {
  const due = queue.findLastIndex((change) => change.kind === "delete" && change.send_at <= now);
  if (due >= 0) return { do: "delete", covers: queue.slice(0, due + 1) };
  const [first] = queue;
  if (!first || first.kind === "delete") return undefined;
  if (first.kind === "restore") return { do: "restore", covers: [first] };
  if (first.kind === "create") {
    const { id, title, description, completed, due_date } = first.task;
    return { do: "create", body: { id, title, description, completed, due_date }, covers: [first] };
  }
  const { fields, covers } = foldSets(queue);
  const { completed, ...rest } = fields;
  return completed !== undefined && Object.keys(rest).length === 0
    ? { do: "complete", completed, covers }
    : { do: "update", fields, covers };
}

function foldSets(queue: readonly Change[]): { fields: TaskFields; covers: readonly Change[] } {
  let fields: TaskFields = {};
  const covers: Change[] = [];
  for (const change of queue) {
    if (change.kind !== "set") break;
    fields = { ...fields, ...change.fields };
    covers.push(change);
  }
  return { fields, covers };
}

/** The fields in which a task after an edit differs from the task before it. */
export function changedFields(before: Task, after: TaskFields): TaskFields {
  return {
    ...(after.title !== undefined && after.title !== before.title && { title: after.title }),
    ...(after.description !== undefined &&
      after.description !== before.description && { description: after.description }),
    ...(after.due_date !== undefined &&
      after.due_date !== before.due_date && { due_date: after.due_date }),
    ...(after.completed !== undefined &&
      after.completed !== before.completed && { completed: after.completed }),
  };
}
