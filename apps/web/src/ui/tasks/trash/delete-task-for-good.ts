import type { Task } from "@tend/contracts";
import { readFailure, reasonOf } from "#ui/api/failure.ts";
import type { Trash } from "#ui/tasks/sync/use-trash.ts";

/** T-8: deletes a task from the trash for good. Returns the reason where that failed. */
export async function deleteTaskForGood(
  { id, version }: Task,
  { api, refresh }: Trash,
): Promise<string | undefined> {
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
      refresh();
      return is === "changed" ? "It was restored meanwhile." : reasonOf(error);
    }
  }
  refresh(id);
  return undefined;
}
