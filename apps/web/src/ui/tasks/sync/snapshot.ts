import type { Task } from "@tend/contracts";
import type { Acknowledged } from "./outcome.ts";

/** The tasks as the server last sent them. */
export interface Snapshot {
  readonly tasks: readonly Task[];
  /** Whether these are all tasks of the user. */
  readonly complete: boolean;
}

/** Keeps the newer of two states of a task, and the same object where neither is. */
const newer = (present: Task | undefined, latest: Task): Task =>
  present && present.version >= latest.version ? present : latest;

export function acknowledge(snapshot: Snapshot, acknowledged: Acknowledged): Snapshot {
  return { ...snapshot, tasks: withAcknowledged(byId(snapshot.tasks), acknowledged) };
}

/**
 * Merges a list that was read page by page, and the newer tasks that were acknowledged meanwhile.
 * With `complete` the list replaces the snapshot; without, it is a beginning and adds to it.
 */
export function mergePages(
  snapshot: Snapshot,
  pages: readonly Task[],
  acknowledged: Acknowledged,
  complete: boolean,
): Snapshot {
  const present = byId(snapshot.tasks);
  const merged = complete ? new Map<string, Task>() : new Map(present);
  for (const task of pages) merged.set(task.id, newer(present.get(task.id), task));
  return {
    tasks: withAcknowledged(merged, acknowledged),
    complete: complete || snapshot.complete,
  };
}

const byId = (tasks: readonly Task[]) => new Map(tasks.map((task) => [task.id, task]));

function withAcknowledged(tasks: Map<string, Task>, acknowledged: Acknowledged): readonly Task[] {
  for (const [id, latest] of acknowledged) {
    // The list leaves the trash out.
    if (latest.is !== "saved" || latest.task.deleted_at !== null) tasks.delete(id);
    else tasks.set(id, newer(tasks.get(id), latest.task));
  }
  return [...tasks.values()];
}
