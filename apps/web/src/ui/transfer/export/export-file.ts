import type { Task } from "@tend/contracts";

/** A task without its owner, as files have it. */
export type ExportedTask = Omit<Task, "owner_user_id">;

export function exported({ owner_user_id: _, ...task }: Task): ExportedTask {
  return task;
}

/**
 * A format of exports. Its file is written page by page while the tasks are read, so that a long
 * list does not block the screen.
 */
export interface ExportFile {
  readonly ending: string;
  readonly type: string;
  /** Whether the file has the tasks in the trash. */
  readonly trash: boolean;
  readonly write: (
    pages: AsyncIterable<readonly Task[]>,
    exportedAt: string,
  ) => AsyncIterable<string>;
}
