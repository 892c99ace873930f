import type { Task } from "@tend/contracts";
import { useState, useTransition } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { FieldError } from "#ui/kit/field.tsx";

interface DeleteForGoodProps {
  /** Null: nothing is asked. */
  readonly task: Task | null;
  /** Answers why it could not be done. */
  readonly onDelete: (task: Task) => Promise<string | undefined>;
  readonly onClose: () => void;
}

/** Asks first, since this cannot be undone, and stays open until it is done. */
export function DeleteForGood({ task, onDelete, onClose }: DeleteForGoodProps) {
  const [reason, setReason] = useState<string>();
  const [pending, startPending] = useTransition();

  const close = () => {
    if (pending) return;
    setReason(undefined);
    onClose();
  };
  const confirm = () => {
    if (!task || pending) return;
    setReason(undefined);
    startPending(async () => {
      const why = await onDelete(task);
      if (why === undefined) onClose();
      else setReason(why);
    });
  };

  return (
    <Dialog
      open={task !== null}
      title="Delete for good?"
      onClose={close}
      actions={
        <>
          <Button aria-disabled={pending} onClick={close}>
            Cancel
          </Button>
          <Button variant="danger" aria-disabled={pending} onClick={confirm}>
            {pending ? "Deleting" : "Delete for good"}
          </Button>
        </>
      }
    >
      <p dir="auto" translate="no" className="break-words font-medium">
        {task?.title}
      </p>
      <p className="mt-1">This cannot be undone.</p>
      <div role="alert" className="*:mt-3">
        {reason && <FieldError>{`Not deleted. ${reason}`}</FieldError>}
      </div>
    </Dialog>
  );
}
