import type { Task } from "@tend/contracts";
import { ApiError } from "@tend/contracts/client";
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
    if (readFailure(error).is !== "missing") {
      refresh();
      return isChanged(error) ? "It was restored meanwhile." : reasonOf(error);
    }
  }
  refresh(id);
  return undefined;
}

const isChanged = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === "precondition_failed";
