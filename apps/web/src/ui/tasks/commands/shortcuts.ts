/** What a key can be asked for; the order is that of the help. */
export interface Shortcut {
  /** As KeyboardEvent.key says them; "mod+" is ⌘ on Apple's devices, elsewhere Ctrl; "alt+" is ⌥. */
  readonly keys: readonly string[];
  /** Keys that do it by the browser's own doing. */
  readonly native?: readonly string[];
  readonly text: string;
  readonly group: "Tasks" | "Move" | "Everywhere";
  /** It acts on the task that has the focus. */
  readonly onTask?: true;
  /** Holding the key down does it again. Of all else that would be too much. */
  readonly repeats?: true;
  /** A key and nothing to choose from a list. */
  readonly keyOnly?: true;
}

/** Every key of the task list: what listens, the help and the palette are made of this. */
export const shortcuts = {
  add: { keys: ["n"], text: "Add a task", group: "Tasks" },
  toggle: {
    keys: ["x"],
    native: [" "],
    text: "Complete or reopen",
    group: "Tasks",
    onTask: true,
  },
  edit: { keys: ["Enter"], text: "Edit", group: "Tasks", onTask: true },
  // Backspace too: it is what Apple's keyboards call delete, and a delete can be undone.
  remove: { keys: ["Delete", "Backspace"], text: "Delete", group: "Tasks", onTask: true },
  moveUp: { keys: ["alt+ArrowUp"], text: "Move up", group: "Tasks", onTask: true },
  moveDown: { keys: ["alt+ArrowDown"], text: "Move down", group: "Tasks", onTask: true },
  undo: { keys: ["z", "mod+z"], text: "Undo", group: "Tasks" },
  down: {
    keys: ["j", "ArrowDown"],
    text: "Next task",
    group: "Move",
    repeats: true,
    keyOnly: true,
  },
  up: {
    keys: ["k", "ArrowUp"],
    text: "Previous task",
    group: "Move",
    repeats: true,
    keyOnly: true,
  },
  all: { keys: ["1"], text: "Show all tasks", group: "Move" },
  pending: { keys: ["2"], text: "Show pending tasks", group: "Move" },
  completed: { keys: ["3"], text: "Show completed tasks", group: "Move" },
  trashed: { keys: ["4"], text: "Show the trash", group: "Move" },
  search: { keys: ["/"], text: "Search", group: "Everywhere" },
  filter: { keys: ["f"], text: "Filter", group: "Everywhere" },
  palette: { keys: ["mod+k"], text: "Command palette", group: "Everywhere", keyOnly: true },
  help: { keys: ["?"], text: "Keyboard shortcuts", group: "Everywhere" },
} as const satisfies Readonly<Record<string, Shortcut>>;

export type ShortcutName = keyof typeof shortcuts;

/** In the order of the table. */
export const shortcutList = Object.entries(shortcuts) as readonly (readonly [
  ShortcutName,
  Shortcut,
])[];
