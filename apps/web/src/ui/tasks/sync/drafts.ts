import type { Task } from "@tend/contracts";
import { keyPrefix } from "#ui/device/storage.ts";
import { createTextDrafts, type TextDrafts, writeText } from "#ui/device/text-drafts.ts";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import { readEdit, type TaskEdit } from "#ui/tasks/model/task-edit.ts";
import { readTask } from "./stored-task.ts";

/** Stores text that is being typed and not yet saved, so that it outlives the page. */
export interface Drafts extends TextDrafts {
  readEdit(taskId: string): TaskEdit | undefined;
  /** The task whose edit was open when the page closed. */
  readOpenEdit(): Task | undefined;
  writeEdit(task: Task, edit: TaskEdit): void;
  removeEdit(taskId: string): void;
}

interface StoredEdit {
  readonly task: Task;
  readonly edit: TaskEdit;
}

export function createDrafts(storage: Storage | undefined, userId: string): Drafts {
  const texts = createTextDrafts(storage, userId);
  const editPrefix = `${keyPrefix("draft", userId)}edit:`;
  const read = (key: string): StoredEdit | undefined => {
    try {
      return parseEdit(JSON.parse(storage?.getItem(key) ?? "null"));
    } catch {
      return undefined;
    }
  };
  return {
    ...texts,
    readEdit: (taskId) => read(editPrefix + taskId)?.edit,
    readOpenEdit() {
      const keys = storage ? Object.keys(storage) : [];
      return keys
        .filter((key) => key.startsWith(editPrefix))
        .map((key) => read(key)?.task)
        .find((task) => task !== undefined);
    },
    writeEdit: (task, edit) =>
      writeText(storage, editPrefix + task.id, JSON.stringify({ task, edit })),
    removeEdit: (taskId) => storage?.removeItem(editPrefix + taskId),
  };
}

/** An edit as any version stored it. */
function parseEdit(value: unknown): StoredEdit | undefined {
  if (!isRecord(value) || !isRecord(value.edit)) return undefined;
  const task = readTask(value.task);
  return task && { task, edit: readEdit(value.edit, task) };
}
