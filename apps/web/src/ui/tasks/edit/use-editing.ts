import type { Task } from "@tend/contracts";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";

export interface Editing {
  /** The task as the form opened it: the difference from it is saved. */
  readonly task: Task;
  /** Whether the form takes the whole screen, as on a phone. */
  readonly sheet: boolean;
}

/** The task that is being edited: one at a time. An edit that was open at a reload opens again. */
export function useEditing(drafts: Drafts): {
  readonly editing: Editing | null;
  readonly open: (task: Task) => void;
  readonly close: () => void;
} {
  const [editing, setEditing] = useState<Editing | null>(null);
  const current = useRef<Editing | null>(null);

  const show = useCallback((next: Editing | null) => {
    current.current = next;
    setEditing(next);
  }, []);
  const open = useCallback(
    (task: Task) => {
      // A form that could not be saved says why, and stays open until it is corrected.
      if (!current.current) show({ task, sheet: matchMedia("(width < 40rem)").matches });
    },
    [show],
  );
  const close = useCallback(() => show(null), [show]);

  useEffect(() => {
    const task = drafts.readOpenEdit();
    if (task) open(task);
  }, [drafts, open]);

  return { editing, open, close };
}
