import {
  type BatchOperation,
  type BatchResult,
  type NewTask,
  positionAt,
  type Task,
  type TaskPatch,
  withCleared,
} from "@tend/contracts";
import { v7 as uuidv7 } from "uuid";
import type { UserId } from "#server/auth/user-id.ts";
import { ProblemError } from "#server/http/problem.ts";
import { contentOf } from "./columns.ts";
import {
  assertDueFields,
  foreignTaskError,
  quotaExceededError,
  throwPreconditionFailed,
} from "./refusals.ts";
import { hasContent } from "./tasks.ts";

/** What the operations of a batch find, and what they leave to be written. */
export interface BatchTasks {
  readonly owner: UserId;
  /** The time of the transaction, as answers show it. */
  readonly now: string;
  readonly byId: Map<string, Task>;
  /** The tasks that are in the table, as they were before. */
  readonly stored: ReadonlyMap<string, Task>;
  /** The versions of tasks that were deleted for good. */
  readonly tombstones: Map<string, number>;
  readonly foreign: ReadonlySet<string>;
  /** The ids that were written, in the order of their last change. */
  readonly touched: Set<string>;
  /** How many more this user may have. */
  room: number;
  /** The `created_at` of the next new task, in milliseconds; each task has one of its own. */
  nextCreation: number;
}

type Done = Omit<BatchResult, "problem">;

/** The rules of the operation as it is alone (T-2 to T-8). */
export function applyOperation(tasks: BatchTasks, operation: BatchOperation, index: number): Done {
  if (operation.operation === "create") return create(tasks, operation.task);
  const { id, version } = operation;
  const gone = operation.operation === "delete" && operation.permanent;
  const inTrash = gone || operation.operation === "restore";
  const task = present(tasks, id, inTrash);
  if (version !== undefined && version !== task.version) throwPreconditionFailed(task);
  switch (operation.operation) {
    case "update":
      assertDueFields(operation.change, task, ["body", "operations", index, "change"]);
      return { status: 200, task: save(tasks, task, withCleared(operation.change)) };
    case "complete": {
      const { completed = !task.completed } = operation;
      return { status: 200, task: save(tasks, task, { completed }) };
    }
    case "restore":
      if (task.deleted_at === null) return { status: 200, task };
      return { status: 200, task: save(tasks, { ...task, deleted_at: null }, {}) };
    case "delete":
      if (gone) {
        tasks.byId.delete(id);
        tasks.tombstones.set(id, task.version);
        tasks.room++;
        touch(tasks, id);
      } else {
        save(tasks, { ...task, deleted_at: tasks.now }, {});
      }
      return { status: 204 };
  }
}

function create(tasks: BatchTasks, given: NewTask): Done {
  const { id = uuidv7() } = given;
  const content = contentOf(given);
  const task = tasks.byId.get(id);
  if (task) {
    if (!hasContent(task, content)) throw new ProblemError("id_already_used");
    return { status: 200, task };
  }
  if (tasks.room <= 0) throw quotaExceededError();
  tasks.room--;
  const moment = tasks.nextCreation++;
  const created_at = new Date(moment).toISOString();
  const fresh = {
    id,
    owner_user_id: tasks.owner,
    ...content,
    position: given.position ?? positionAt(moment),
    created_at,
    updated_at: created_at,
    version: tasks.tombstones.get(id) ?? 0,
    deleted_at: null,
  };
  tasks.tombstones.delete(id);
  return { status: 201, task: save(tasks, fresh, {}) };
}

function present(tasks: BatchTasks, id: string, inTrash: boolean): Task {
  const task = tasks.byId.get(id);
  if (task && (inTrash || task.deleted_at === null)) return task;
  throw !task && tasks.foreign.has(id) ? foreignTaskError() : new ProblemError("task_not_found");
}

function save(tasks: BatchTasks, task: Task, change: TaskPatch): Task {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const saved: Task = {
    ...task,
    ...Object.fromEntries(named),
    version: task.version + 1,
    updated_at: later(tasks.now, task.created_at),
  };
  tasks.byId.set(task.id, saved);
  touch(tasks, task.id);
  return saved;
}

/** The later of two times as answers show them: texts of one form compare as the times do. */
function later(one: string, other: string): string {
  if (one < other) return other;
  return one;
}

function touch({ touched }: BatchTasks, id: string): void {
  touched.delete(id);
  touched.add(id);
}
