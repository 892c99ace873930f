import { useCallback, useState } from "react";
import type { Dismissal, parseQuickAdd, QuickAdd } from "#ui/quick-add/parse.ts";
import { localClock } from "./due-date.ts";

type Parse = typeof parseQuickAdd;

/** What reads a line is fetched at the first letter. Undefined: there is no network. */
const fetchParser = (): Promise<Parse | undefined> =>
  import("#ui/quick-add/parse.ts").then(
    (fetched) => fetched.parseQuickAdd,
    () => undefined,
  );

/**
 * The line that is being typed, and what it says so far: by `now`, which may be some moments old.
 * What is handed in is read by the clock of that moment. Null until the page is alive.
 */
export function useQuickAdd(now: Date | null): {
  readonly line: string;
  readonly setLine: (line: string) => void;
  readonly parsed: QuickAdd | undefined;
  readonly dismiss: (token: Dismissal) => void;
  /** The line as a task. Where it cannot be read, all of it is the title. */
  readonly read: (line: string) => Promise<QuickAdd>;
} {
  const [line, setTyped] = useState("");
  const [dismissed, setDismissed] = useState<readonly Dismissal[]>([]);
  const [parse, setParse] = useState<Parse>();

  const setLine = useCallback((next: string) => {
    setTyped(next);
    if (next.trim() === "") setDismissed([]);
    else void fetchParser().then((found) => setParse(() => found));
  }, []);

  return {
    line,
    setLine,
    parsed: parse && now && line !== "" ? parse(line, localClock(now), dismissed) : undefined,
    dismiss: (token) => setDismissed([...dismissed, token]),
    async read(text) {
      // Before the parser is waited for: the day is that of Enter.
      const clock = localClock(new Date());
      const by = parse ?? (await fetchParser());
      return by ? by(text, clock, dismissed) : asTitle(text);
    },
  };
}

const asTitle = (line: string): QuickAdd => ({
  title: line.trim(),
  due_date: null,
  due_time: null,
  tags: [],
  priority: "none",
  tokens: [],
});
