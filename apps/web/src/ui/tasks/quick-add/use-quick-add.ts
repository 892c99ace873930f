import { useCallback, useState } from "react";
import { part } from "#ui/kit/part.ts";
import type { Dismissal, QuickAdd } from "#ui/quick-add/parse.ts";
import { localClock } from "#ui/time/day-label.ts";

type Reader = typeof import("./quick-add-reader.ts");

/** Loads the parser, at the first letter. */
const loadReader = part((): Promise<Reader> => import("./quick-add-reader.ts"));

/**
 * The typed line and its tokens so far, by `now`, which may be a little old and is null until the
 * page is hydrated. A submitted line is parsed by the clock at that time.
 */
export function useQuickAdd(now: Date | null): {
  readonly line: string;
  readonly setLine: (line: string) => void;
  readonly parsed: QuickAdd | undefined;
  /** The parser; undefined until it is loaded. */
  readonly reader: Reader | undefined;
  /** Whether the parser could not be loaded. Each letter tries again. */
  readonly isUnreadable: boolean;
  readonly dismiss: (token: Dismissal) => void;
  /** Parses a line as a task. Undefined: it cannot be parsed, so it must not be saved. */
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
      // The clock is read before the parser is awaited: the day is that of Enter.
      const clock = localClock(new Date());
      const by = reader ?? (await fetchReader());
      return by?.parseQuickAdd(text, clock, dismissed);
    },
  };
}
