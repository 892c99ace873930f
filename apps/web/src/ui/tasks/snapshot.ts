import type { Task } from "@tend/contracts";

/** The tasks as the server last told them. */
export interface Snapshot {
  readonly tasks: readonly Task[];
  /** Whether these are all tasks of the user. */
  readonly complete: boolean;
}

/** What the server acknowledged of single tasks; null: it is deleted. */
export type Acknowledged = ReadonlyMap<string, Task | null>;

/** Keeps the newer of two states of a task, and the same object where neither is. */
const newer = (present: Task | undefined, told: Task): Task =>
  present && present.updated_at >= told.updated_at ? present : told;

export function acknowledge(snapshot: Snapshot, id: string, told: Task | null): Snapshot {
  const rest = snapshot.tasks.filter((task) => task.id !== id);
  if (told === null) return { ...snapshot, tasks: rest };
  const present = snapshot.tasks.find((task) => task.id === id);
  // An acknowledgement answers the latest change, so it wins over a state of the same instant.
  const task = present && present.updated_at > told.updated_at ? present : told;
  return { ...snapshot, tasks: [...rest, task] };
}

/**
 * A list read page by page is older than what was acknowledged while it was read. With `complete`
 * it replaces the snapshot; without, it is a beginning and adds to it.
 */
export function mergePages(
  snapshot: Snapshot,
  pages: readonly Task[],
  acknowledged: Acknowledged,
  complete: boolean,
): Snapshot {
  const present = new Map(snapshot.tasks.map((task) => [task.id, task]));
  const merged = complete ? new Map<string, Task>() : new Map(present);
  for (const task of pages) merged.set(task.id, newer(present.get(task.id), task));
  for (const [id, told] of acknowledged) {
    if (told === null) merged.delete(id);
    else merged.set(id, newer(merged.get(id), told));
  }
  return { tasks: [...merged.values()], complete: complete || snapshot.complete };
}
