import type { Task } from "@tend/contracts";
import { type Client, nextCursor } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";

/** Reads all tasks of the user, page by page, and shows the pages so far after each but the last. */
export async function loadTasks(
  api: Pick<Client, "listTasks">,
  signal: AbortSignal,
  onPage: (sofar: readonly Task[]) => void,
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  do {
    const { body, headers } = await api.listTasks(
      { query: { limit: String(limits.page), cursor } },
      { signal },
    );
    tasks.push(...body);
    cursor = nextCursor(headers);
    if (cursor !== undefined) onPage(tasks);
  } while (cursor !== undefined);
  return tasks;
}
