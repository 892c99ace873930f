import { useMemo, useSyncExternalStore } from "react";
import { localDay } from "./day-label.ts";

/** The longest time for which a clock that jumps, as after a sleep, goes unnoticed. */
const checkIntervalMs = 1_000;

function subscribe(onChange: () => void): () => void {
  // A page that is shown again may have slept, which no timer counts.
  const shownAgain = new AbortController();
  const { signal } = shownAgain;
  window.addEventListener("pageshow", onChange, { signal });
  window.addEventListener("focus", onChange, { signal });
  document.addEventListener("visibilitychange", onChange, { signal });
  const timer = setInterval(onChange, checkIntervalMs);
  return () => {
    clearInterval(timer);
    shownAgain.abort();
  };
}

const minuteLong = 60_000;

/** The time, to the minute. Null on the server and until the page is hydrated. */
export function useNow(): Date | null {
  const minute = useSyncExternalStore<number | null>(
    subscribe,
    () => Math.floor(Date.now() / minuteLong),
    () => null,
  );
  return useMemo(() => (minute === null ? null : new Date(minute * minuteLong)), [minute]);
}

/** The reader's calendar day. Null on the server and until the page is hydrated. */
export function useToday(): string | null {
  const now = useNow();
  return now && localDay(now);
}
