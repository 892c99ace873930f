import { limits } from "@tend/contracts/limits";
import { type MouseEvent, useState } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";

interface ClearCompletedProps {
  readonly count: number;
  /** Whether all completed tasks are read. The button is shown before, so that nothing moves. */
  readonly ready: boolean;
  readonly onClear: () => void;
}

/** Deletes all completed tasks, once that is confirmed. */
export function ClearCompleted({ count, ready, onClear }: ClearCompletedProps) {
  const [isConfirming, setConfirming] = useState(false);
  const clear = (event: MouseEvent<HTMLButtonElement>) => {
    // The dialog gives the focus back first: clearing moves it from there.
    event.currentTarget.closest("dialog")?.close();
    onClear();
  };
  return (
    <div className="flex justify-end print:hidden noscript:hidden">
      <Button variant="quiet" size="small" disabled={!ready} onClick={() => setConfirming(true)}>
        Clear completed
      </Button>
      <Dialog
        open={isConfirming}
        title={`Delete ${countOfTasks(count)}?`}
        onClose={() => setConfirming(false)}
        actions={
          <>
            <Button onClick={() => setConfirming(false)}>Cancel</Button>
            <Button variant="primary" onClick={clear}>
              {`Delete ${countOfTasks(count)}`}
            </Button>
          </>
        }
      >
        <p>
          All completed tasks move to the trash. You can restore them there for {limits.trashDays}{" "}
          days.
        </p>
      </Dialog>
    </div>
  );
}
