import { focusRowBeside, rowOf } from "#ui/tasks/list/task-focus.ts";
import type { Filters } from "#ui/tasks/model/filters.ts";
import type { Command, CommandContext } from "./command.ts";

/**
 * All that can be done with the list: keyboard, palette, menu of a row and help are made of this,
 * in the order of the help. What only the palette offers is in palette-commands.ts.
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
    // On a button, Enter is the button's.
    run: ({ subject, open }, press) =>
      press?.target instanceof HTMLButtonElement ? false : subject && open(subject),
  },
  deleteTask: {
    // Backspace too: it is what Apple's keyboards call delete, and a delete can be undone.
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

/** Those that stand in the menu of a row. */
export type MenuCommandName = {
  [Name in CommandName]: (typeof commands)[Name] extends { readonly menu: object } ? Name : never;
}[CommandName];

/** In the order of the table. The cast: Object.entries forgets the names, and there are no others. */
export const commandList = Object.entries(commands) as readonly (readonly [CommandName, Command])[];

/** Whether it can be asked for: a command, or its place in the menu. */
export const isOffered = ({ when }: Pick<Command, "when">, context: CommandContext): boolean =>
  when?.(context) ?? true;

function hasSubject({ subject }: CommandContext): boolean {
  return subject !== undefined;
}

/** In another order the menu is silent about it; the keys say what hinders. */
function isInOrderByHand({ byHand }: CommandContext): boolean {
  return byHand !== undefined;
}

function showTab(status: Filters["status"]): Command["run"] {
  return ({ filters, changeFilters }) => changeFilters({ ...filters, status });
}

function focusTaskBeside(direction: "down" | "up"): Command["run"] {
  return ({ beginToAdd }, press) => {
    // Outside the list, arrows scroll.
    const isArrow = press?.key.startsWith("Arrow");
    if (isArrow && !rowOf(document.activeElement)) return false;
    const isMoved = focusRowBeside(direction);
    // A held key stops at the top, and k does not write itself into the field.
    if (!isMoved && direction === "up" && isArrow && !press?.repeat) beginToAdd();
    return true;
  };
}
