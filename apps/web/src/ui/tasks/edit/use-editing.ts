import type { Task } from "@tend/contracts";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";

export interface Editing {
  /** As it was when the form opened: what is saved is the difference from this. */
  readonly task: Task;
  /** On a phone the form takes the whole screen. */
  readonly sheet: boolean;
}

/** Which task is being edited: one at a time. An edit that was open at a reload opens again. */
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
      // A form that could not be saved says why, and keeps its place until it is mended.
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
