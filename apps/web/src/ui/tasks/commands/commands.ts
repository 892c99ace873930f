import { focusRowAt, focusRowBeside, rowOf } from "#ui/tasks/list/task-focus.ts";
import type { Filters } from "#ui/tasks/model/filters.ts";
import type { Command, CommandContext } from "./command.ts";

/**
 * The commands, in the order of the help. Keyboard, palette, menu of a row and help are made of
 * this table. Commands of the palette alone are in palette-commands.ts.
 */
export const commands = {
  addTask: {
    keys: ["n"],
    text: "Add a task",
    group: "Tasks",
    run: (board) => board.beginToAdd(),
  },
  completeTask: {
    keys: ["x"],
    native: [" "],
    text: "Complete or reopen",
    group: "Tasks",
    when: hasSubject,
    run: ({ subject, rowActions }) => subject && rowActions.tick(subject, !subject.completed),
  },
  editTask: {
    keys: ["Enter"],
    text: "Edit",
    group: "Tasks",
    menu: { text: "Edit task" },
    when: hasSubject,
    // Enter on a button presses the button.
    run: ({ subject, open }, press) =>
      press?.target instanceof HTMLButtonElement ? false : subject && open(subject),
  },
  deleteTask: {
    // Backspace is the key that Apple's keyboards call delete, and a delete can be undone.
    keys: ["Delete", "Backspace"],
    text: "Delete",
    group: "Tasks",
    menu: { text: "Delete task" },
    when: hasSubject,
    run: ({ subject, remove }) => subject && remove(subject),
  },
  moveTaskUp: {
    keys: ["alt+ArrowUp"],
    text: "Move up",
    group: "Tasks",
    menu: { text: "Move up", when: isInOrderByHand },
    when: hasSubject,
    run: ({ subject, move }) => subject && move(subject, -1),
  },
  moveTaskDown: {
    keys: ["alt+ArrowDown"],
    text: "Move down",
    group: "Tasks",
    menu: { text: "Move down", when: isInOrderByHand },
    when: hasSubject,
    run: ({ subject, move }) => subject && move(subject, 1),
  },
  undo: {
    keys: ["z", "mod+z"],
    text: "Undo",
    group: "Tasks",
    run: (board) => board.actions.undoLast(),
  },
  nextTask: {
    keys: ["j", "ArrowDown"],
    text: "Next task",
    group: "Move",
    repeats: true,
    keyOnly: true,
    run: focusTaskBeside("down"),
  },
  previousTask: {
    keys: ["k", "ArrowUp"],
    text: "Previous task",
    group: "Move",
    repeats: true,
    keyOnly: true,
    run: focusTaskBeside("up"),
  },
  firstTask: {
    keys: ["Home"],
    text: "First task",
    group: "Move",
    keyOnly: true,
    run: focusTaskAt("first"),
  },
  lastTask: {
    keys: ["End"],
    text: "Last task",
    group: "Move",
    keyOnly: true,
    run: focusTaskAt("last"),
  },
  showAll: { keys: ["1"], text: "Show all tasks", group: "Move", run: showTab("all") },
  showPending: { keys: ["2"], text: "Show pending tasks", group: "Move", run: showTab("pending") },
  showCompleted: {
    keys: ["3"],
    text: "Show completed tasks",
    group: "Move",
    run: showTab("completed"),
  },
  showTrash: { keys: ["4"], text: "Show the trash", group: "Move", run: showTab("trashed") },
  search: {
    keys: ["/"],
    text: "Search",
    group: "Everywhere",
    run: (board) => board.focusSearch(),
  },
  // The browser's search sees only the rows that are drawn; pressed again, the key is the browser's.
  searchLongList: {
    keys: ["mod+f"],
    text: "Search, in a long list",
    group: "Everywhere",
    whileTyping: true,
    keyOnly: true,
    when: ({ isLong }) => isLong,
    run: ({ searchLongList }) => searchLongList(),
  },
  filter: {
    keys: ["f"],
    text: "Filter",
    group: "Everywhere",
    run: (board) => board.toggleFilters(),
  },
  openPalette: {
    keys: ["mod+k"],
    text: "Command palette",
    group: "Everywhere",
    whileTyping: true,
    keyOnly: true,
    run: ({ show }) => show("palette"),
  },
  openHelp: {
    keys: ["?"],
    text: "Keyboard shortcuts",
    group: "Everywhere",
    run: ({ show }) => show("help"),
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

/** The names of the commands in the menu of a row. */
export type MenuCommandName = {
  [Name in CommandName]: (typeof commands)[Name] extends { readonly menu: object } ? Name : never;
}[CommandName];

/** The rows of the table. The cast: Object.entries forgets the names, and there are no others. */
export const commandList = Object.entries(commands) as readonly (readonly [CommandName, Command])[];

/** Whether a command, or its item in the menu, is available. */
export const isOffered = ({ when }: Pick<Command, "when">, context: CommandContext): boolean =>
  when?.(context) ?? true;

function hasSubject({ subject }: CommandContext): boolean {
  return subject !== undefined;
}

/** Whether the order is by hand: else the menu has no item to move, and the keys say why not. */
function isInOrderByHand({ byHand }: CommandContext): boolean {
  return byHand !== undefined && byHand.is !== "failed";
}

function showTab(status: Filters["status"]): Command["run"] {
  return ({ filters, changeFilters }) => changeFilters({ ...filters, status });
}

function focusTaskAt(end: "first" | "last"): Command["run"] {
  return (_, press) => {
    // Outside the list, the keys scroll.
    if (press && !rowOf(document.activeElement)) return false;
    focusRowAt(end);
    return true;
  };
}

function focusTaskBeside(direction: "down" | "up"): Command["run"] {
  return ({ beginToAdd }, press) => {
    // Arrows scroll outside the list.
    const isArrow = press?.key.startsWith("Arrow");
    if (isArrow && !rowOf(document.activeElement)) return false;
    const isMoved = focusRowBeside(direction);
    // A held arrow stops at the top, and k does not go to the field, where it would be typed.
    if (!isMoved && direction === "up" && isArrow && !press?.repeat) beginToAdd();
    return true;
  };
}
