import type { Task } from "@tend/contracts";
import type { Acknowledgement } from "./outcome.ts";
import { readTask } from "./stored-task.ts";

/** A task as the server last had it; one that is gone for good has no `task`. */
export interface KnownTask {
  readonly id: string;
  readonly version: number;
  readonly task: Task | null;
}

export const knownTask = (task: Task): KnownTask => ({
  id: task.id,
  version: task.version,
  task,
});

/** What is known of a task after an answer, given what was known of it before. */
export function acknowledgedTask(before: Task, acknowledgement: Acknowledgement): KnownTask {
  switch (acknowledgement.is) {
    case "saved":
      return knownTask(acknowledgement.task);
    case "trashed":
      // The feed tells the version and the moment.
      return knownTask({ ...before, deleted_at: new Date().toISOString() });
    case "gone":
      return { ...knownTask(before), task: null };
  }
}

/**
 * Whether what has come is newer than what is known. An answer that a task was deleted names no
 * version: of two with the same one, that which is deleted further is the newer.
 */
export const isNewer = (present: KnownTask | undefined, next: KnownTask): boolean =>
  present === undefined ||
  next.version > present.version ||
  (next.version === present.version && deletedness(next) > deletedness(present));

const deletedness = ({ task }: KnownTask): number => (task === null ? 2 : task.deleted_at ? 1 : 0);

/** What any version of this program stored of a task; undefined where it cannot be read. */
export function readKnownTask(stored: {
  readonly id: unknown;
  readonly version: unknown;
  readonly task: unknown;
}): KnownTask | undefined {
  if (stored.task !== null) {
    const task = readTask(stored.task);
    return task && knownTask(task);
  }
  const { id, version } = stored;
  return typeof id === "string" && Number.isSafeInteger(version)
    ? { id, version: Number(version), task: null }
    : undefined;
}
