"use client";

import { type ReactNode, useEffect, useRef } from "react";

interface ModalProps {
  readonly open: boolean;
  /** Called on Esc or a click beside. The owner sets `open` to false. */
  readonly onClose: () => void;
  /** The name of the dialog, or the id of the element that says it. */
  readonly label: { readonly text: string } | { readonly id: string };
  readonly className: string;
  readonly children: ReactNode;
}

/** The native <dialog>: the browser keeps the focus inside, and returns it on close. */
export function Modal({ open, onClose, label, className, children }: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const putCursorBack = useRef<() => void>(undefined);

  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog?.open) {
      putCursorBack.current = rememberCursor();
      dialog?.showModal();
    }
    if (open) return;
    if (dialog?.open) dialog.close();
    putCursorBack.current?.();
    putCursorBack.current = undefined;
  }, [open]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the keyboard's way, through onCancel.
    <dialog
      ref={ref}
      {...("id" in label ? { "aria-labelledby": label.id } : { "aria-label": label.text })}
      className={`w-[calc(100vw-32px)] rounded-dialog border border-divider bg-surface p-0 text-text shadow-float backdrop:bg-backdrop ${className}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={({ currentTarget }) => {
        // The event comes late: the dialog may have been opened again.
        if (open && !currentTarget.open) onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {open && children}
    </dialog>
  );
}

/** Gives what restores the cursor of a text field: Chrome returns the focus without it. */
function rememberCursor(): (() => void) | undefined {
  const field = document.activeElement;
  const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
  if (!isText || field.selectionStart === null) return undefined;
  const { selectionStart, selectionEnd } = field;
  return () => {
    if (document.activeElement === field) field.setSelectionRange(selectionStart, selectionEnd);
  };
}
