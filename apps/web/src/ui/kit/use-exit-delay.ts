import { useCallback, useEffect, useRef, useState } from "react";

/** How long a ticked task stays in a tab that it is filtered from, and how long it fades. */
const exitDelayMs = 600;
const goes = 200;

export interface Leaving {
  /** Tasks that are still shown, and whether each is on its way out. */
  readonly kept: ReadonlyMap<string, boolean>;
  readonly keep: (taskId: string) => void;
}

export function useExitDelay(onLeave: (taskId: string) => void): Leaving {
  const [kept, setKept] = useState<ReadonlyMap<string, boolean>>(new Map());
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const leave = useRef(onLeave);
  useEffect(() => {
    leave.current = onLeave;
  });

  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  const keep = useCallback((taskId: string) => {
    clearTimeout(timers.current.get(taskId));
    const mark = (going: boolean) => setKept((now) => new Map(now).set(taskId, going));
    const end = () => {
      leave.current(taskId);
      setKept((now) => new Map([...now].filter(([id]) => id !== taskId)));
    };
    mark(false);
    const begin = () => {
      mark(true);
      timers.current.set(taskId, setTimeout(end, goes));
    };
    timers.current.set(taskId, setTimeout(begin, exitDelayMs));
  }, []);

  return { kept, keep };
}
