import type { Task } from "@tend/contracts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useExitDelay } from "#ui/kit/use-exit-delay.ts";
import type { Filters } from "#ui/tasks/model/filters.ts";
import { readWhenIdle } from "#ui/tasks/model/search.ts";
import { listShown } from "#ui/tasks/model/task-list.ts";
import { TaskOrders } from "#ui/tasks/model/task-orders.ts";
import { focusContent, focusTask, neighbourOf } from "./task-focus.ts";

export interface ShownTasks {
  /** The tasks found in the tab, in its order, with those that are just leaving it. */
  readonly shown: readonly Task[];
  /** Tasks that stay for a short time, and whether each is fading. */
  readonly delayed: ReadonlyMap<string, boolean>;
  /** Keeps a ticked task in its tab for a short time. */
  readonly keep: (id: string) => void;
  /** Whether the tasks are known: a due filter needs the device's time. */
  readonly isKnown: boolean;
  /** Moves the focus from a task that goes to the one beside it. */
  readonly moveFocusFrom: (id: string) => void;
}

export function useShownTasks(
  tasks: readonly Task[],
  filters: Filters,
  now: Date | null,
): ShownTasks {
  const latest = useRef<{ shown: readonly Task[]; filters: Filters }>({ shown: [], filters });
  const moveFocusFrom = useCallback(
    (id: string) => void (focusTask(neighbourOf(latest.current.shown, id)) || focusContent()),
    [],
  );
  const { delayed, delayExit } = useExitDelay((id) => {
    const row = document.activeElement?.closest<HTMLElement>("[data-task]");
    if (row?.dataset.task === id) moveFocusFrom(id);
  });
  const keepTicked = useCallback(
    (id: string) => {
      if (latest.current.filters.status !== "all") delayExit(id);
    },
    [delayExit],
  );
  const [orders] = useState(() => new TaskOrders());
  useEffect(() => readWhenIdle(tasks), [tasks]);
  // A due filter depends on the device's time, which the server does not know.
  const dueNow = filters.due === null ? "whenever" : now;
  const shown = useMemo(() => {
    if (dueNow === null) return [];
    const moment = dueNow === "whenever" ? undefined : dueNow;
    return listShown(tasks, filters, new Set(delayed.keys()), moment, orders);
  }, [tasks, filters, delayed, dueNow, orders]);
  useEffect(() => {
    latest.current = { shown, filters };
  });
  return { shown, delayed, keep: keepTicked, isKnown: dueNow !== null, moveFocusFrom };
}
