"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";

export interface DialogProps {
  open: boolean;
  /** Esc, the close button or a click beside it. The owner sets `open` to false. */
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons at the bottom, the main one last. */
  actions?: ReactNode;
  /** On a phone: the full height of the screen, instead of a card. */
  sheet?: boolean;
}

/** A modal over the native <dialog>: the browser keeps the focus inside and gives it back. */
export function Dialog({ open, onClose, title, children, actions, sheet = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog?.open) dialog?.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);

  const shape = sheet
    ? "max-sm:m-0 max-sm:h-dvh max-sm:max-h-dvh max-sm:w-screen max-sm:max-w-none max-sm:rounded-none max-sm:border-0 max-sm:pb-[env(safe-area-inset-bottom)]"
    : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the keyboard's way, through onCancel.
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className={`m-auto w-[calc(100vw-32px)] max-w-form rounded-dialog border border-divider bg-surface p-0 text-text shadow-float backdrop:bg-backdrop ${shape}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        if (open) onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {open && (
        <div className="flex h-full flex-col gap-4 p-4 sm:p-6">
          <div className="flex items-center justify-between gap-4">
            <h2 id={titleId} className="text-section">
              {title}
            </h2>
            <Button
              variant="quiet"
              size="icon"
              className="-mr-2"
              aria-label="Close"
              onClick={onClose}
            >
              <X aria-hidden size={18} />
            </Button>
          </div>
          <div className="min-h-0 grow overflow-y-auto">{children}</div>
          {actions && <div className="flex flex-wrap justify-end gap-2">{actions}</div>}
        </div>
      )}
    </dialog>
  );
}
