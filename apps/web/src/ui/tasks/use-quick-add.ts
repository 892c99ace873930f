import { useCallback, useState } from "react";
import { part } from "#ui/kit/part.ts";
import type { Dismissal, parseQuickAdd, QuickAdd } from "#ui/quick-add/parse.ts";
import { localClock } from "./due-date.ts";

type Parse = typeof parseQuickAdd;

/** What reads a line is fetched at the first letter. */
const loadParser = part(() => import("#ui/quick-add/parse.ts"));

/**
 * The line that is being typed, and what it says so far: by `now`, which may be some moments old.
 * What is handed in is read by the clock of that moment. Null until the page is alive.
 */
export function useQuickAdd(now: Date | null): {
  readonly line: string;
  readonly setLine: (line: string) => void;
  readonly parsed: QuickAdd | undefined;
  /** What reads lines could not be had. It is asked for again with each letter. */
  readonly isUnreadable: boolean;
  readonly dismiss: (token: Dismissal) => void;
  /** The line as a task. Undefined: it cannot be read, so it must not be saved. */
  readonly read: (line: string) => Promise<QuickAdd | undefined>;
} {
  const [line, setTyped] = useState("");
  const [dismissed, setDismissed] = useState<readonly Dismissal[]>([]);
  const [parse, setParse] = useState<Parse>();
  const [isUnreadable, setUnreadable] = useState(false);

  const fetchParser = useCallback(async (): Promise<Parse | undefined> => {
    const found = await loadParser().catch(() => undefined);
    setUnreadable(found === undefined);
    if (found) setParse(() => found.parseQuickAdd);
    return found?.parseQuickAdd;
  }, []);
  const setLine = useCallback(
    (next: string) => {
      setTyped(next);
      if (next.trim() === "") setDismissed([]);
      else void fetchParser();
    },
    [fetchParser],
  );

  return {
    line,
    setLine,
    parsed: parse && now && line !== "" ? parse(line, localClock(now), dismissed) : undefined,
    isUnreadable,
    dismiss: (token) => setDismissed([...dismissed, token]),
    async read(text) {
      // Before the parser is waited for: the day is that of Enter.
      const clock = localClock(new Date());
      const by = parse ?? (await fetchParser());
      return by?.(text, clock, dismissed);
    },
  };
}
