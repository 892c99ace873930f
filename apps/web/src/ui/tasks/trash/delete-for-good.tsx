import type { Task } from "@tend/contracts";
import { useState, useTransition } from "react";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { FieldError } from "#ui/kit/field.tsx";

interface DeleteForGoodProps {
  /** The task to delete. Null: the dialog is closed. */
  readonly task: Task | null;
  /** Deletes the task; resolves to the reason where that failed. */
  readonly onDelete: (task: Task) => Promise<string | undefined>;
  readonly onClose: () => void;
}

/** The dialog before a final delete, which cannot be undone; it stays open until that is done. */
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
