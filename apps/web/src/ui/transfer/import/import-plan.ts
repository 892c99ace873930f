import type { BatchOperation, Task, TaskChange } from "@tend/contracts";
import { positionAt } from "@tend/contracts/fractional-index-at";
import type { Entry } from "./import-check.ts";
import { isSameText } from "./same-text.ts";

/** A task of the file whose id is there already, otherwise. */
export interface Difference {
  readonly entry: Entry;
  readonly present: Task;
}

/** What an import would do. */
export interface Plan {
  readonly fresh: readonly Entry[];
  /** How many are there just so. */
  readonly same: number;
  readonly different: readonly Difference[];
  /** Different in that they lie in the trash here, perhaps in more. */
  readonly inTrash: readonly Difference[];
}

/** All that is to be sent for one task. It goes in one batch. */
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

/** In what the file says. A field that it does not name is no difference. */
const isEqual = ({ task }: Entry, present: Task): boolean => {
  const values = new Map<string, unknown>(Object.entries(present));
  return Object.entries(task).every(([name, value]) => isSameText(value, values.get(name)));
};

/**
 * What is to be sent: the new tasks, and where that is wanted the file's version of the others. From
 * the end of the file to its beginning: what is made later stands above what was made before (T-6,
 * T-18), so that the tasks lie as in the file, also where the rest of it is imported later.
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

/** A place of its own for each: those that the server gives to batches in a quick row overlap. */
const createJob = ({ place, task, trashed }: Entry, madeAt: number): Job => ({
  place,
  title: task.title,
  operations: [
    { operation: "create", task: { ...task, position: task.position ?? positionAt(madeAt) } },
    ...(trashed ? [{ operation: "delete" as const, id: task.id }] : []),
  ],
});

/** Each operation names the version that it finds, so that nothing is replaced that nobody has seen. */
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
