import type { Problem, Task } from "@tend/contracts";
import { ApiError } from "@tend/contracts/client";
import { v7 as uuidv7 } from "uuid";
import { editFromTask, type TaskEdit } from "./model/task-edit.ts";
import { blankFields } from "./model/task-fields.ts";
import type { Mutation } from "./sync/mutation.ts";
import type { MutationStorage } from "./sync/mutation-storage.ts";

/** A task for tests, with a name for an id where the test says one. */
export const makeTask = (fields: Partial<Task> = {}): Task => ({
  id: uuidv7(),
  owner_user_id: "user",
  title: "Pay rent",
  ...blankFields,
  created_at: "2026-11-24T09:30:00.000Z",
  updated_at: "2026-11-24T09:30:00.000Z",
  version: 1,
  deleted_at: null,
  position: "i",
  ...fields,
});

/** What stands in the edit form while a title is being typed. */
export const unfinishedEdit: TaskEdit = { ...editFromTask(makeTask()), title: "Pay the re" };

/** What the client throws for a problem with this status and code. */
export const makeApiError = (
  status: number,
  code: string,
  { retryAfter, ...more }: { retryAfter?: number } & Pick<Problem, "errors" | "task"> = {},
): ApiError =>
  new ApiError(
    {
      type: `/docs#${code}`,
      title: `Title of ${code}`,
      status,
      code,
      detail: `Detail of ${code}.`,
      request_id: "request",
      ...more,
    },
    retryAfter,
  );

/** Stores one mutation. */
export const writeMutation = (storage: MutationStorage, mutation: Mutation): void =>
  storage.settle({ known: [], forgotten: [], written: [mutation] });

/** Removes the mutation with this id. */
export const removeMutation = (storage: MutationStorage, id: string): void =>
  storage.settle({ known: [], forgotten: [{ id }], written: [] });

/** As localStorage: its keys are its own enumerable properties. */
export function makeStorage(quota = Number.POSITIVE_INFINITY): Storage {
  const methods = {
    getItem(this: Record<string, string>, key: string) {
      return this[key] ?? null;
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      if (value.length > quota) throw new DOMException("Full", "QuotaExceededError");
      this[key] = value;
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key];
    },
  };
  return Object.create(methods);
}
