import { type SyntheticEvent, useCallback, useEffect, useMemo, useState } from "react";
import { flushSync } from "react-dom";
import { drawRowsBy, rowOf } from "./task-focus.ts";

/** The row that has the focus, and one that is dragged or was asked for. */
const most = 2;

interface HeldRows {
  /** The ids of rows that stay drawn wherever one scrolls. */
  readonly held: readonly string[];
  /** Holds the row in which an event has happened. */
  readonly holdTarget: (event: SyntheticEvent) => void;
}

/**
 * The rows of a long list that stay drawn although they are out of sight: the last ones used, and
 * the one that is `kept`.
 */
export function useHeldRows(kept: string | undefined): HeldRows {
  const [used, setUsed] = useState<readonly string[]>([]);
  const hold = useCallback(
    (id: string) =>
      setUsed((ids) =>
        ids.at(-1) === id ? ids : [...ids.filter((other) => other !== id), id].slice(-most),
      ),
    [],
  );
  useEffect(() => drawRowsBy((id) => flushSync(() => hold(id))), [hold]);
  const holdTarget = ({ target }: SyntheticEvent) => {
    const id = target instanceof Element ? rowOf(target)?.dataset.task : undefined;
    if (id !== undefined) hold(id);
  };
  const held = useMemo(() => (kept === undefined ? used : [...used, kept]), [used, kept]);
  return { held, holdTarget };
}
