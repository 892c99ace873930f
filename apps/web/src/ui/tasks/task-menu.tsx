import type { Task } from "@tend/contracts";
import { Pencil, Trash2 } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";

export interface OpenMenu {
  readonly task: Task;
  readonly button: HTMLButtonElement;
}

interface TaskMenuProps {
  readonly open: OpenMenu;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

const gap = 4;

/** One menu for all rows, in the browser's top layer, so that no row clips it. */
export function TaskMenu({ open, onEdit, onDelete, onClose }: TaskMenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { button, task } = open;

  useEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    menu.showPopover();
    const at = button.getBoundingClientRect();
    const below = at.bottom + gap + menu.offsetHeight < innerHeight;
    menu.style.top = `${below ? at.bottom + gap : at.top - gap - menu.offsetHeight}px`;
    menu.style.left = `${Math.max(8, at.right - menu.offsetWidth)}px`;
    menu.querySelector("button")?.focus();
    const close = () => menu.hidePopover();
    const onToggle = (event: ToggleEvent) => event.newState === "closed" && onClose();
    addEventListener("scroll", close, { passive: true });
    addEventListener("resize", close);
    menu.addEventListener("toggle", onToggle);
    return () => {
      removeEventListener("scroll", close);
      removeEventListener("resize", close);
      menu.removeEventListener("toggle", onToggle);
    };
  }, [button, onClose]);

  const choose = (action: () => void) => () => {
    // Gives the focus back to the row first: the action may move it on from there.
    ref.current?.hidePopover();
    button.focus();
    action();
  };

  return (
    <div
      ref={ref}
      popover="auto"
      role="menu"
      aria-label={`Actions for ${task.title}`}
      className="fixed inset-auto m-0 min-w-44 rounded-control border border-divider bg-surface p-1 text-text shadow-float"
      onKeyDown={moveFocus}
    >
      <Item onChoose={choose(onEdit)}>
        <Pencil aria-hidden size={16} className="text-muted" />
        Edit task
      </Item>
      <Item onChoose={choose(onDelete)}>
        <Trash2 aria-hidden size={16} className="text-muted" />
        Delete task
      </Item>
    </div>
  );
}

function Item({ onChoose, children }: { onChoose: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      role="menuitem"
      className="-outline-offset-2 flex min-h-10 w-full items-center gap-2.5 rounded-control px-3 text-left hover:bg-hover pointer-coarse:min-h-11"
      onClick={onChoose}
    >
      {children}
    </button>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const at = items.findIndex((item) => item.matches(":focus"));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}
