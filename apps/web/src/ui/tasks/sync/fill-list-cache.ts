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

/** Milliseconds: what comes together is written together. */
const writeDelayMs = 250;

/** Keeps the list on the device, a moment after each change of it. Returns what ends that. */
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
    // The first page of a long list does not replace the whole of it.
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
    // The session is over: what it showed does not stay. Unsent changes wait for the next one.
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
