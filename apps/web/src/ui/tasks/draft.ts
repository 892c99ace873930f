import type { Task } from "@tend/contracts";
import { keyPrefix } from "./browser-storage.ts";
import { isRecord, readFields, readTask } from "./stored-task.ts";

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

/** Fields of one text: that which adds a task, that of the palette, the name on the account page. */
type Field = "new" | "command" | "name";

/** Text that is being typed and not yet handed in. It outlives the page. */
export interface Drafts {
  readText(field: Field): string;
  writeText(field: Field, text: string): void;
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
  const prefix = keyPrefix("draft", userId);
  const editPrefix = `${prefix}edit:`;
  const write = (key: string, text: string) => {
    try {
      storage?.setItem(key, text);
    } catch {
      // Full: the text still stands in its field.
    }
  };
  const read = (key: string): StoredEdit | undefined => {
    try {
      return parseEdit(JSON.parse(storage?.getItem(key) ?? "null"));
    } catch {
      return undefined;
    }
  };
  return {
    readText: (field) => storage?.getItem(prefix + field) ?? "",
    writeText: (field, text) =>
      text === "" ? storage?.removeItem(prefix + field) : write(prefix + field, text),
    readEdit: (taskId) => read(editPrefix + taskId)?.edit,
    readOpenEdit() {
      const keys = storage ? Object.keys(storage) : [];
      return keys
        .filter((key) => key.startsWith(editPrefix))
        .map((key) => read(key)?.task)
        .find((task) => task !== undefined);
    },
    writeEdit: (task, edit) => write(editPrefix + task.id, JSON.stringify({ task, edit })),
    removeEdit: (taskId) => storage?.removeItem(editPrefix + taskId),
  };
}

/** As any version stored it. What of it cannot be read is as it was in the task. */
function parseEdit(value: unknown): StoredEdit | undefined {
  if (!isRecord(value) || !isRecord(value.edit)) return undefined;
  const task = readTask(value.task);
  if (task === undefined) return undefined;
  const { edit } = value;
  const textOf = (field: Exclude<keyof Edit, "priority">, otherwise: string): string => {
    const text = edit[field];
    return typeof text === "string" ? text : otherwise;
  };
  return {
    task,
    edit: {
      title: textOf("title", task.title),
      description: textOf("description", task.description ?? ""),
      due_date: textOf("due_date", task.due_date ?? ""),
      due_time: textOf("due_time", ""),
      priority: readFields({ priority: edit.priority }).priority ?? "none",
      tags: textOf("tags", ""),
    },
  };
}
