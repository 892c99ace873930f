import type { Task } from "@tend/contracts";
import { positionAt } from "@tend/contracts/position-at";

/** What fields that came later are in a task that was stored before. */
const later = {
  version: 1,
  deleted_at: null,
  due_time: null,
  time_zone: null,
  priority: "none",
  tags: [],
} satisfies Partial<Task>;

/** What every version of this program stored of a task. */
type StoredTask = Omit<Task, keyof typeof later | "position"> & Partial<Task>;

/** A task of which only the oldest fields are known: where a version before this one stored it, or new. */
export const upgradeTask = (task: StoredTask): Task => ({
  ...later,
  // What is not sent yet has no date: it is of now.
  position: positionAt(Math.min(Date.now(), Date.parse(task.created_at))),
  ...task,
});
