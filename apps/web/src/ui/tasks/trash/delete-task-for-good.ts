import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { readFailure, reasonOf } from "#ui/api/failure.ts";

interface TrashOfServer {
  readonly api: Client;
  /** Asks the server what the trash holds. */
  readonly onRead: () => void;
  readonly onGone: (task: Task) => void;
}

/** T-8: deletes a task from the trash for good. Returns the reason where that failed. */
export async function deleteTaskForGood(
  task: Task,
  { api, onRead, onGone }: TrashOfServer,
): Promise<string | undefined> {
  const { id, version } = task;
  try {
    await api.deleteTask({
      params: { id },
      query: { permanent: "true" },
      // A task that was restored meanwhile is not deleted.
      headers: { if_match: `"${version}"` },
    });
  } catch (error) {
    const { is } = readFailure(error);
    if (is !== "missing") {
      onRead();
      return is === "changed" ? "It was restored meanwhile." : reasonOf(error);
    }
  }
  onGone(task);
  return undefined;
}
