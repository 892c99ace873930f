import type { Task } from "@tend/contracts";
import { keyPrefix } from "#ui/device/storage.ts";
import { createTextDrafts, type TextDrafts, writeText } from "#ui/device/text-drafts.ts";
import { isRecord, readFields, readTask, text } from "./stored-task.ts";

/** What stands in the edit form, as typed. */
export interface Edit {
  readonly title: string;
  readonly description: string;
  /** Empty: no date. */
  readonly due_date: string;
  /** Empty: no time. */
  readonly due_time: string;
  readonly priority: Task["priority"];
  /** Between spaces or commas, with or without #. */
  readonly tags: string;
}

/** Text that is being typed and not yet handed in. It outlives the page. */
export interface Drafts extends TextDrafts {
  readEdit(taskId: string): Edit | undefined;
  /** An edit that was open when the page went away, with the task it is of. */
  readOpenEdit(): Task | undefined;
  writeEdit(task: Task, edit: Edit): void;
  removeEdit(taskId: string): void;
}

interface StoredEdit {
  readonly task: Task;
  readonly edit: Edit;
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

/** As any version stored it. What of it cannot be read is as it was in the task. */
function parseEdit(value: unknown): StoredEdit | undefined {
  if (!isRecord(value) || !isRecord(value.edit)) return undefined;
  const task = readTask(value.task);
  if (task === undefined) return undefined;
  const { edit } = value;
  return {
    task,
    edit: {
      title: text(edit.title) ?? task.title,
      description: text(edit.description) ?? task.description ?? "",
      due_date: text(edit.due_date) ?? task.due_date ?? "",
      due_time: text(edit.due_time) ?? "",
      priority: readFields({ priority: edit.priority }).priority ?? "none",
      tags: text(edit.tags) ?? "",
    },
  };
}
