import type { Task } from "@tend/contracts";
import { readFailure, reasonOf } from "#ui/api/failure.ts";
import type { Trash } from "#ui/tasks/sync/use-trash.ts";

/** T-8: out of the trash, for ever. Gives why it could not be done; undefined: it is done. */
export async function deleteTaskForGood(
  { id, version }: Task,
  { api, refresh }: Trash,
): Promise<string | undefined> {
  try {
    await api.deleteTask({
      params: { id },
      query: { permanent: "true" },
      // Whoever restored it meanwhile keeps it.
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
