import type { Task } from "@tend/contracts";
import { type Client, nextCursor } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";

export type Lister = Pick<Client, "listTasks">;

/** All tasks that are not in the trash, then those that are, unless that is left out. */
export async function* taskPages(
  api: Lister,
  trash: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly Task[]> {
  // What is moved to the trash between the two readings comes in both.
  const seen = new Set<string>();
  for (const status of trash ? (["all", "trashed"] as const) : (["all"] as const)) {
    let cursor: string | undefined;
    do {
      const query = { status, limit: String(limits.page), cursor };
      const { body, headers } = await api.listTasks({ query }, { signal });
      yield body.filter(({ id }) => !seen.has(id));
      for (const { id } of body) seen.add(id);
      cursor = nextCursor(headers);
    } while (cursor !== undefined);
  }
}
