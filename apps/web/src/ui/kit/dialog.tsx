"use client";

import { X } from "lucide";
import { type ReactNode, useId } from "react";
import { Icon } from "#ui/kit/icon.tsx";
import { Button } from "./button.tsx";
import { Modal } from "./modal.tsx";

export interface DialogProps {
  open: boolean;
  /** Called on Esc, the close button or a click beside. The owner sets `open` to false. */
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons at the bottom, the main one last. */
  actions?: ReactNode;
  /** Whether a phone shows it at the full height of the screen, instead of as a card. */
  sheet?: boolean;
}

/** A modal with its title, a close button, and buttons to act. */
export function Dialog({ open, onClose, title, children, actions, sheet = false }: DialogProps) {
  const titleId = useId();
  const shape = sheet
    ? "max-sm:m-0 max-sm:h-dvh max-sm:max-h-dvh max-sm:w-screen max-sm:max-w-none max-sm:rounded-none max-sm:border-0 max-sm:pb-[env(safe-area-inset-bottom)]"
    : "";
  return (
    <Modal
      open={open}
      onClose={onClose}
      label={{ id: titleId }}
      className={`m-auto max-w-form ${shape}`}
    >
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
            <Icon of={X} size={18} />
          </Button>
        </div>
        <div className="min-h-0 grow overflow-y-auto">{children}</div>
        {actions && <div className="flex flex-wrap justify-end gap-2">{actions}</div>}
      </div>
    </Modal>
  );
}
