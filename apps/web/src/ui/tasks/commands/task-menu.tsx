import type { Task } from "@tend/contracts";
import { ArrowDown, ArrowUp, type IconNode, Pencil, Trash2 } from "lucide";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Icon } from "#ui/kit/icon.tsx";
import type { Command, CommandContext } from "./command.ts";
import { commands, isOffered, type MenuCommandName } from "./commands.ts";

interface OpenMenu {
  readonly task: Task;
  readonly button: HTMLButtonElement;
}

export interface ReadyMenu extends OpenMenu {
  readonly Menu: typeof TaskMenu;
}

type MenuCommand = Command & Required<Pick<Command, "menu">>;

interface TaskMenuProps {
  readonly open: OpenMenu;
  readonly context: CommandContext;
  readonly onClose: () => void;
}

/** The icons of the menu's commands, in the order of the menu: the delete is the last. */
const icons = {
  editTask: Pencil,
  moveTaskUp: ArrowUp,
  moveTaskDown: ArrowDown,
  deleteTask: Trash2,
} as const satisfies Readonly<Record<MenuCommandName, IconNode>>;

/** The items of the menu. The cast: Object.keys forgets the names, and there are no others. */
const items = (Object.keys(icons) as MenuCommandName[]).map((name) => {
  const { menu, run }: MenuCommand = commands[name];
  return { ...menu, run, icon: icons[name] };
});

const gap = 4;

/** The menu to show; null where its script loaded so late that the focus has left the button. */
export function menuFor(task: Task, button: HTMLButtonElement): ReadyMenu | null {
  const { activeElement, body } = document;
  const isAwaited = button.isConnected && (activeElement === button || activeElement === body);
  return isAwaited ? { task, button, Menu: TaskMenu } : null;
}

/** One menu for all rows, in the browser's top layer, so that no row clips it. */
function TaskMenu({ open, context, onClose }: TaskMenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { button, task } = open;
  const shown = items.filter((item) => isOffered(item, context));

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

  return (
    <div
      ref={ref}
      popover="auto"
      role="menu"
      aria-label={`Actions for ${task.title}`}
      className="fixed inset-auto m-0 min-w-44 rounded-control border border-divider bg-surface p-1 text-text shadow-float"
      onKeyDown={moveFocus}
    >
      {shown.map(({ text, run, icon }) => (
        <button
          key={text}
          type="button"
          role="menuitem"
          className="-outline-offset-2 flex min-h-10 w-full items-center gap-2.5 rounded-control px-3 text-left hover:bg-hover pointer-coarse:min-h-11"
          onClick={() => {
            // The focus returns to the row first: the action may move it from there.
            ref.current?.hidePopover();
            button.focus();
            run(context);
          }}
        >
          <Icon of={icon} size={16} className="text-muted" />
          {text}
        </button>
      ))}
    </div>
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
