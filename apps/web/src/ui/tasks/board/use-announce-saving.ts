import { useEffect, useRef } from "react";
import type { OutboxState } from "#ui/tasks/sync/outbox-state.ts";

/** Says when saving begins to fail, and when all is saved again. */
export function useAnnounceSaving(
  { mutations, refused, conflicts, trouble }: OutboxState,
  announce: (words: string) => void,
): void {
  const failed = useRef(false);
  const conflict = conflicts.size > 0 ? "A task was changed elsewhere too." : undefined;
  const reason = trouble?.reason ?? [...refused.values()].at(-1) ?? conflict;
  const isEmpty = mutations.length === 0;
  useEffect(() => {
    if (reason !== undefined && !isEmpty) {
      failed.current = true;
      announce(`Not saved. ${reason}`);
    } else if (failed.current && isEmpty) {
      failed.current = false;
      announce("All changes are saved.");
    }
  }, [reason, isEmpty, announce]);
}
