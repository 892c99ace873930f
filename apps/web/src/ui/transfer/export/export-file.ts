import type { Task } from "@tend/contracts";

/** A task as it leaves the account: all but whose it is. */
export type ExportedTask = Omit<Task, "owner_user_id">;

export function exported({ owner_user_id: _, ...task }: Task): ExportedTask {
  return task;
}

/**
 * How tasks become a file. Written page by page while they are read, so that no list is too long for
 * the screen to stay alive meanwhile.
 */
export interface ExportFile {
  readonly ending: string;
  readonly type: string;
  /** Whether what lies in the trash belongs into it. */
  readonly trash: boolean;
  readonly write: (
    pages: AsyncIterable<readonly Task[]>,
    exportedAt: string,
  ) => AsyncIterable<string>;
}
