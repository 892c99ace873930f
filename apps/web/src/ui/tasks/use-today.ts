import { useSyncExternalStore } from "react";
import { localDay } from "./due-date.ts";

function subscribe(onChange: () => void): () => void {
  const timer = setInterval(onChange, 60_000);
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", onChange);
  };
}

/** The reader's calendar day. Null on the server and until the page is alive. */
export const useToday = (): string | null =>
  useSyncExternalStore<string | null>(
    subscribe,
    () => localDay(new Date()),
    () => null,
  );
