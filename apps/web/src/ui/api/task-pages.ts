import type { Task, TaskStatus } from "@tend/contracts";
import { type Client, nextCursor } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";

export type Lister = Pick<Client, "listTasks">;

interface TaskPage {
  readonly tasks: readonly Task[];
  readonly isLast: boolean;
}

/** The tasks of a status, page by page. */
async function* pagesOf(
  api: Lister,
  status: TaskStatus,
  signal: AbortSignal,
): AsyncGenerator<TaskPage> {
  let cursor: string | undefined;
  do {
    const query = { status, limit: String(limits.page), cursor };
    const { body, headers } = await api.listTasks({ query }, { signal });
    cursor = nextCursor(headers);
    yield { tasks: body, isLast: cursor === undefined };
  } while (cursor !== undefined);
}

/** Reads all tasks of a status; `onPage` gets those so far after each page but the last. */
export async function loadTasks(
  api: Lister,
  status: TaskStatus,
  signal: AbortSignal,
  onPage?: (sofar: readonly Task[]) => void,
): Promise<readonly Task[]> {
  const all: Task[] = [];
  for await (const { tasks, isLast } of pagesOf(api, status, signal)) {
    all.push(...tasks);
    if (!isLast) onPage?.(all);
  }
  return all;
}

/** The pages of all tasks outside the trash; then, where `trash` is wanted, of those in it. */
export async function* taskPages(
  api: Lister,
  trash: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly Task[]> {
  // A task that moves to the trash between the two reads comes in both.
  const seen = new Set<string>();
  for (const status of trash ? (["all", "trashed"] as const) : (["all"] as const)) {
    for await (const { tasks } of pagesOf(api, status, signal)) {
      yield tasks.filter(({ id }) => !seen.has(id));
      for (const { id } of tasks) seen.add(id);
    }
  }
}
