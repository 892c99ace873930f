import { useMemo, useSyncExternalStore } from "react";
import { localDay } from "./due-date.ts";

function subscribe(onChange: () => void): () => void {
  const timer = setInterval(onChange, 10_000);
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", onChange);
  };
}

const minuteLong = 60_000;

/** The time, to the minute. Null on the server and until the page is alive. */
export function useNow(): Date | null {
  const minute = useSyncExternalStore<number | null>(
    subscribe,
    () => Math.floor(Date.now() / minuteLong),
    () => null,
  );
  return useMemo(() => (minute === null ? null : new Date(minute * minuteLong)), [minute]);
}

/** The reader's calendar day. Null on the server and until the page is alive. */
export function useToday(): string | null {
  const now = useNow();
  return now && localDay(now);
}
