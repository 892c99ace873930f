import type { Task } from "@tend/contracts";
import { type RefObject, useEffect, useState } from "react";
import { focusRowBeside, rowOf } from "#ui/tasks/list/task-focus.ts";
import type { RowActions } from "#ui/tasks/list/task-row.tsx";
import type { Filters } from "#ui/tasks/model/filters.ts";
import type { Drafts } from "#ui/tasks/sync/drafts.ts";
import { Palette } from "./palette.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { type ShortcutAction, type ShortcutActions, useKeyboard } from "./use-keyboard.ts";

interface BoardKeysProps {
  readonly tasks: readonly Task[];
  readonly filters: Filters;
  readonly drafts: Drafts;
  readonly searchInput: RefObject<HTMLInputElement | null>;
  readonly rowActions: RowActions;
  readonly onAdd: () => void;
  readonly onDelete: (task: Task) => void;
  readonly onMove: (task: Task, by: -1 | 1) => void;
  readonly onUndo: () => void;
  readonly onOpen: (task: Task) => void;
  readonly onFilters: (filters: Filters) => void;
  readonly onSearch: (q: string) => void;
  readonly onFilter: () => void;
}

/** What the keyboard can do to the list: by a key, from the palette, and as the help says it. */
export function BoardKeys(props: BoardKeysProps) {
  const { tasks, filters, drafts, searchInput, rowActions } = props;
  const [shown, setShown] = useState<"palette" | "help" | null>(null);
  const [subject, setSubject] = useState<Task>();
  const [begin, setBegin] = useState("");
  const close = () => {
    setShown(null);
    setBegin("");
  };
  useEffect(() => {
    const query = drafts.readText("command");
    if (query === "") return;
    drafts.writeText("command", "");
    setBegin(query);
    setShown("palette");
  }, [drafts]);

  const focusedTask = () => {
    const { activeElement } = document;
    // A form stands in place of its row; the trash has other deeds.
    if (filters.status === "trashed" || activeElement?.closest("form")) return undefined;
    const id = rowOf(activeElement)?.dataset.task;
    return tasks.find((task) => task.id === id);
  };
  const toTask = (act: (task: Task) => void) => () => {
    const task = focusedTask();
    return task !== undefined && act(task);
  };
  const step =
    (direction: "down" | "up"): ShortcutAction =>
    (event) => {
      // Outside the list, arrows scroll.
      const isArrow = event?.key.startsWith("Arrow");
      if (isArrow && !rowOf(document.activeElement)) return false;
      const isMoved = focusRowBeside(direction);
      // A held key stops at the top, and k does not write itself into the field.
      if (!isMoved && direction === "up" && isArrow && !event?.repeat) props.onAdd();
      return true;
    };
  const show = (status: Filters["status"]) => () => props.onFilters({ ...filters, status });
  const edit = toTask(rowActions.edit);

  const actions: ShortcutActions = {
    add: props.onAdd,
    toggle: toTask((task) => rowActions.tick(task, !task.completed)),
    // On a button, Enter is the button's.
    edit: (event) => (event?.target instanceof HTMLButtonElement ? false : edit()),
    remove: toTask(props.onDelete),
    moveUp: toTask((task) => props.onMove(task, -1)),
    moveDown: toTask((task) => props.onMove(task, 1)),
    undo: props.onUndo,
    down: step("down"),
    up: step("up"),
    all: show("all"),
    pending: show("pending"),
    completed: show("completed"),
    trashed: show("trashed"),
    search() {
      searchInput.current?.focus();
      searchInput.current?.select();
    },
    filter: props.onFilter,
    palette() {
      setSubject(focusedTask());
      setShown("palette");
    },
    help: () => setShown("help"),
  };
  useKeyboard(actions);

  return (
    <>
      <Palette
        open={shown === "palette"}
        begin={begin}
        onClose={close}
        onReload={(query) => drafts.writeText("command", query)}
        source={{ ...props, actions, subject }}
      />
      <ShortcutHelp open={shown === "help"} onClose={close} />
    </>
  );
}
