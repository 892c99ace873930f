import type { Task } from "@tend/contracts";
import type { RowActions } from "#ui/tasks/list/task-row.tsx";
import type { Reorder } from "#ui/tasks/list/use-reorder.ts";
import type { Filters } from "#ui/tasks/model/filters.ts";
import type { TaskActions } from "#ui/tasks/sync/use-task-actions.ts";

/** The part of the board that commands read and call; it is made by board/use-board.ts. */
export interface CommandBoard {
  readonly tasks: readonly Task[];
  readonly filters: Filters;
  readonly actions: Pick<TaskActions, "undoLast">;
  readonly rowActions: Pick<RowActions, "tick">;
  readonly beginToAdd: () => void;
  readonly byHand: Reorder["byHand"];
  readonly open: (task: Task) => void;
  readonly remove: (task: Task) => void;
  readonly move: (task: Task, by: -1 | 1) => void;
  readonly changeFilters: (filters: Filters) => void;
  readonly toggleFilters: () => void;
  readonly search: (q: string) => void;
  readonly focusSearch: () => void;
  /** Whether the list is so long that only the rows in sight are drawn. */
  readonly isLong: boolean;
  /** Goes to the search, with a word why. False: the search has the focus already. */
  readonly searchLongList: () => boolean;
}

/** The board and the task that a command acts on. */
export interface CommandContext extends CommandBoard {
  /** The task that has the focus, or whose menu is open. The trash has none: its actions differ. */
  readonly subject: Task | undefined;
  readonly show: (what: "palette" | "help") => void;
}

/** The part of a key event that a command may read. */
type Press = Pick<KeyboardEvent, "key" | "repeat" | "target">;

type Condition = (context: CommandContext) => boolean;

/** An action on the page of tasks, for keyboard, palette, menu of a row and help. */
export interface Command {
  /** Values of KeyboardEvent.key; "mod+" is ⌘ on Apple's devices, elsewhere Ctrl; "alt+" is ⌥. */
  readonly keys: readonly string[];
  /** Keys by which the browser itself does the same. */
  readonly native?: readonly string[];
  /** The text in the help and in the palette. */
  readonly text: string;
  /** The heading in the help; of commands without a key (the last two), in the palette. */
  readonly group: "Tasks" | "Move" | "Everywhere" | "Order" | "Filters";
  /** The text in the menu of a row, and when it is shown. Without `menu` it never is. */
  readonly menu?: { readonly text: string; readonly when?: Condition };
  /** Whether a key that is held down repeats the command. */
  readonly repeats?: true;
  /** Whether the key works while a person types: it is part of no text. */
  readonly whileTyping?: true;
  /** Whether the command has a key only, and is not offered by the palette. */
  readonly keyOnly?: true;
  /** Whether the command is available; without `when`, always. */
  readonly when?: Condition;
  /** Runs the command, without a press where it was chosen from a list. False: the browser acts. */
  readonly run: (context: CommandContext, press?: Press) => unknown;
}
