import type { Task, TaskStatus } from "@tend/contracts";
import { type Client, nextCursor } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";

/** Reads all tasks of a status, page by page; shows the pages so far after each but the last. */
export async function loadTasks(
  api: Pick<Client, "listTasks">,
  status: TaskStatus,
  signal: AbortSignal,
  onPage?: (sofar: readonly Task[]) => void,
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  do {
    const { body, headers } = await api.listTasks(
      { query: { status, limit: String(limits.page), cursor } },
      { signal },
    );
    tasks.push(...body);
    cursor = nextCursor(headers);
    if (cursor !== undefined) onPage?.(tasks);
  } while (cursor !== undefined);
  return tasks;
}
