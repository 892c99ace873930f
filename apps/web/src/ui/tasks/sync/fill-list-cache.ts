import type { QueryClient } from "@tanstack/react-query";
import { readFailure } from "#ui/api/failure.ts";
import { countTasks } from "#ui/tasks/model/counts.ts";
import {
  type CachedList,
  deleteCachedList,
  readCachedList,
  writeCachedList,
} from "./list-cache.ts";
import type { Snapshot } from "./snapshot.ts";

/** The delay of a write, in milliseconds: changes that come together are written once. */
const writeDelayMs = 250;

/** Writes the list to the device a moment after each change. Returns a function that stops it. */
export function updateListCache(
  client: QueryClient,
  user: CachedList["user"],
  counts: CachedList["counts"],
): () => void {
  const key = ["tasks", user.id];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const write = async (): Promise<void> => {
    const list = client.getQueryData<Snapshot>(key);
    if (!list) return;
    // The first page of a long list does not replace a stored list.
    if (!list.complete && (await readCachedList(user.id))) return;
    await writeCachedList({
      ...list,
      user,
      counts: list.complete ? countTasks(list.tasks) : counts,
    });
  };
  // Without a database, as in some private windows, the app needs the network to open.
  const writeNow = () => {
    clearTimeout(timer);
    timer = undefined;
    write().catch(() => {});
  };
  const finish = () => {
    if (timer !== undefined) writeNow();
  };

  const unsubscribe = client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.query.queryKey[0] !== key[0]) return;
    const { action } = event;
    if (action.type === "success") timer ??= setTimeout(writeNow, writeDelayMs);
    // The list goes when the session is over. Mutations stay for the next session.
    if (action.type === "error" && readFailure(action.error).is === "signed out") {
      deleteCachedList(user.id).catch(() => {});
    }
  });
  document.addEventListener("visibilitychange", finish);
  addEventListener("pagehide", finish);
  writeNow();
  return () => {
    finish();
    unsubscribe();
    document.removeEventListener("visibilitychange", finish);
    removeEventListener("pagehide", finish);
  };
}
