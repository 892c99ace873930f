import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { updateListCache } from "./fill-list-cache.ts";
import type { CachedList } from "./list-cache.ts";

/**
 * Prepares the app to open without a network, once the page is idle: caches the list, and registers
 * the service worker, which caches the page.
 */
export function useOffline(
  client: QueryClient,
  { id, name }: CachedList["user"],
  counts: CachedList["counts"],
): void {
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    whenIdle(() => {
      if (gone) return;
      stop = updateListCache(client, { id, name }, counts);
      if (process.env.NODE_ENV !== "production") return;
      // Without a service worker, the app needs the network to open.
      navigator.serviceWorker?.register("/sw.js").catch(() => {});
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [client, id, name, counts]);
}

function whenIdle(run: () => void): void {
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in window) requestIdleCallback(run);
  else setTimeout(run, 1000);
}
