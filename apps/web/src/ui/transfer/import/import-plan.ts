import type { BatchOperation, Task, TaskChange } from "@tend/contracts";
import { positionAt } from "@tend/contracts/fractional-index-at";
import type { Entry } from "./import-check.ts";
import { isSameText } from "./same-text.ts";

/** A task of the file that differs from the task with its id in the account. */
export interface Difference {
  readonly entry: Entry;
  readonly present: Task;
}

/** The effects of an import. */
export interface Plan {
  readonly fresh: readonly Entry[];
  /** The number of tasks that are in the account already, and equal. */
  readonly same: number;
  readonly different: readonly Difference[];
  /** The tasks that are in the trash of the account, and may differ otherwise. */
  readonly inTrash: readonly Difference[];
}

/** The operations for one task, which go in one batch. */
export interface Job {
  readonly place: string;
  readonly title: string;
  readonly operations: readonly BatchOperation[];
}

export function planImport(entries: readonly Entry[], tasks: Iterable<Task>): Plan {
  const present = new Map(Array.from(tasks, (task) => [task.id, task]));
  const plan = {
    fresh: [] as Entry[],
    same: 0,
    different: [] as Difference[],
    inTrash: [] as Difference[],
  };
  for (const entry of entries) {
    const task = present.get(entry.task.id);
    const isTrashed = typeof task?.deleted_at === "string";
    if (!task) plan.fresh.push(entry);
    else if (isTrashed === entry.trashed && isEqual(entry, task)) plan.same++;
    else if (isTrashed) plan.inTrash.push({ entry, present: task });
    else plan.different.push({ entry, present: task });
  }
  return plan;
}

/** Whether the fields that the file names are equal. */
const isEqual = ({ task }: Entry, present: Task): boolean => {
  const values = new Map<string, unknown>(Object.entries(present));
  return Object.entries(task).every(([name, value]) => isSameText(value, values.get(name)));
};

/**
 * The jobs of an import: the new tasks, and with `replace` the file's version of the others. They
 * go from the end of the file to its beginning: later tasks stand above earlier ones (T-6, T-18),
 * so that the order is that of the file, also where the rest is imported later.
 */
export const jobsOf = (
  { fresh, different, inTrash }: Plan,
  replace: boolean,
  now: number = Date.now(),
): readonly Job[] =>
  [
    ...fresh.map((entry, index) => createJob(entry, now + fresh.length - index)),
    ...(replace ? [...different, ...inTrash].map(replaceJob) : []),
  ].toReversed();

/** The job of a new task, with a position: those that the server gives to quick batches overlap. */
const createJob = ({ place, task, trashed }: Entry, madeAt: number): Job => ({
  place,
  title: task.title,
  operations: [
    { operation: "create", task: { ...task, position: task.position ?? positionAt(madeAt) } },
    ...(trashed ? [{ operation: "delete" as const, id: task.id }] : []),
  ],
});

/** The job that replaces a task. Operations name its version, so that no unseen one is lost. */
function replaceJob({ entry, present }: Difference): Job {
  const { id, ...change }: { id: string } & TaskChange = entry.task;
  const operations: BatchOperation[] = [];
  let { version } = present;
  if (present.deleted_at !== null) {
    operations.push({ operation: "restore", id, version: version++ });
  }
  if (!isEqual(entry, present)) {
    operations.push({ operation: "update", id, change, version: version++ });
  }
  if (entry.trashed) operations.push({ operation: "delete", id, version });
  return { place: entry.place, title: entry.task.title, operations };
}
