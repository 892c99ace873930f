import { useCallback, useState } from "react";
import { part } from "#ui/kit/part.ts";
import type { Dismissal, QuickAdd } from "#ui/quick-add/parse.ts";
import { localClock } from "#ui/time/day-label.ts";

type Reader = typeof import("./quick-add-reader.ts");

/** Fetched at the first letter. */
const loadReader = part((): Promise<Reader> => import("./quick-add-reader.ts"));

/**
 * The line that is being typed, and what it says so far: by `now`, which may be some moments old.
 * What is handed in is read by the clock of that moment. Null until the page is alive.
 */
export function useQuickAdd(now: Date | null): {
  readonly line: string;
  readonly setLine: (line: string) => void;
  readonly parsed: QuickAdd | undefined;
  /** Undefined until it has come. */
  readonly reader: Reader | undefined;
  /** It could not be had. It is asked for again with each letter. */
  readonly isUnreadable: boolean;
  readonly dismiss: (token: Dismissal) => void;
  /** The line as a task. Undefined: it cannot be read, so it must not be saved. */
  readonly read: (line: string) => Promise<QuickAdd | undefined>;
} {
  const [line, setTyped] = useState("");
  const [dismissed, setDismissed] = useState<readonly Dismissal[]>([]);
  const [reader, setReader] = useState<Reader>();
  const [isUnreadable, setUnreadable] = useState(false);

  const fetchReader = useCallback(async (): Promise<Reader | undefined> => {
    const found = await loadReader().catch(() => undefined);
    setUnreadable(found === undefined);
    if (found) setReader(found);
    return found;
  }, []);
  const setLine = useCallback(
    (next: string) => {
      setTyped(next);
      if (next.trim() === "") setDismissed([]);
      else void fetchReader();
    },
    [fetchReader],
  );

  return {
    line,
    setLine,
    parsed:
      reader && now && line !== ""
        ? reader.parseQuickAdd(line, localClock(now), dismissed)
        : undefined,
    reader,
    isUnreadable,
    dismiss: (token) => setDismissed([...dismissed, token]),
    async read(text) {
      // Before the reader is waited for: the day is that of Enter.
      const clock = localClock(new Date());
      const by = reader ?? (await fetchReader());
      return by?.parseQuickAdd(text, clock, dismissed);
    },
  };
}
