import { useCallback, useEffect, useRef, useState } from "react";

/** How long a ticked task stays in a tab that it is filtered from, and how long it fades. */
const exitDelayMs = 600;
const fadeMs = 200;

export interface Leaving {
  /** Tasks that are still shown, and whether each is on its way out. */
  readonly delayed: ReadonlyMap<string, boolean>;
  readonly delayExit: (taskId: string) => void;
}

export function useExitDelay(onLeave: (taskId: string) => void): Leaving {
  const [delayed, setDelayed] = useState<ReadonlyMap<string, boolean>>(new Map());
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  const leave = useRef(onLeave);
  useEffect(() => {
    leave.current = onLeave;
  });

  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  const delayExit = useCallback((taskId: string) => {
    clearTimeout(timers.current.get(taskId));
    const mark = (going: boolean) => setDelayed((now) => new Map(now).set(taskId, going));
    const end = () => {
      leave.current(taskId);
      setDelayed((now) => new Map([...now].filter(([id]) => id !== taskId)));
    };
    mark(false);
    const begin = () => {
      mark(true);
      timers.current.set(taskId, setTimeout(end, fadeMs));
    };
    timers.current.set(taskId, setTimeout(begin, exitDelayMs));
  }, []);

  return { delayed, delayExit };
}
