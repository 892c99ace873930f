import type { Task } from "@tend/contracts";

/** What every version of this program stored of a task. */
type StoredTask = Omit<Task, "version" | "deleted_at"> & Partial<Task>;

/** A task out of the browser's storage, where a version before this one may have put it. */
export const upgradeTask = (task: StoredTask): Task => ({ version: 1, deleted_at: null, ...task });
