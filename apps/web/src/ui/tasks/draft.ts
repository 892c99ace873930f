import type { Task } from "@tend/contracts";
import { keyPrefix } from "./browser-storage.ts";
import { upgradeTask } from "./stored-task.ts";

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
  /** A version before this one may have stored it without the newer fields. */
  readonly edit: Pick<Edit, "title" | "description" | "due_date"> & Partial<Edit>;
}

const blankEdit = { due_time: "", priority: "none", tags: "" } as const;

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
      const value: unknown = JSON.parse(storage?.getItem(key) ?? "null");
      return isStoredEdit(value) ? { ...value, task: upgradeTask(value.task) } : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    readText: (field) => storage?.getItem(prefix + field) ?? "",
    writeText: (field, text) =>
      text === "" ? storage?.removeItem(prefix + field) : write(prefix + field, text),
    readEdit(taskId) {
      const stored = read(editPrefix + taskId);
      return stored && { ...blankEdit, ...stored.edit };
    },
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

const isStoredEdit = (value: unknown): value is StoredEdit =>
  typeof value === "object" &&
  value !== null &&
  "task" in value &&
  typeof value.task === "object" &&
  value.task !== null &&
  "id" in value.task &&
  "edit" in value &&
  typeof value.edit === "object" &&
  value.edit !== null &&
  "title" in value.edit &&
  "description" in value.edit &&
  "due_date" in value.edit;
