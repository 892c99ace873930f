import { useCallback, useState } from "react";
import { part } from "#ui/kit/part.ts";
import { type Loaded, useLoaded } from "#ui/kit/use-loaded.ts";
import { focusTask } from "#ui/tasks/list/task-focus.ts";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import type { Conflict } from "#ui/tasks/sync/conflicts.ts";
import type { Outbox } from "#ui/tasks/sync/outbox.ts";
import type { OutboxState } from "#ui/tasks/sync/outbox-state.ts";

type Part = typeof import("./conflict-dialog.tsx");

/** Loads the dialog at the first conflict: few people ever meet one. */
const load = part((): Promise<Part> => import("./conflict-dialog.tsx"));

interface ConflictReview {
  /** The conflict of the task under review, while it has two versions. */
  readonly conflict: Conflict | undefined;
  readonly dialog: Loaded<Part>;
  readonly review: (taskId: string) => void;
  readonly choose: (chosen: TaskFields) => void;
  readonly close: () => void;
}

/** The review of a conflict: the task with two versions, and the choice between them. */
export function useConflict(unsent: OutboxState, outbox: Outbox): ConflictReview {
  // A new object at each review, so that a dialog that failed to load is loaded again.
  const [reviewed, setReviewed] = useState({ id: "" });
  const review = useCallback((id: string) => setReviewed({ id }), []);
  return {
    review,
    conflict: unsent.conflicts.get(reviewed.id),
    dialog: useLoaded(unsent.conflicts.size && reviewed, load),
    choose(chosen) {
      outbox.resolve(reviewed.id, chosen);
      focusTask(reviewed.id);
    },
    close: () => review(""),
  };
}
