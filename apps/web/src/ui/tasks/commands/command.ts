import type { Task } from "@tend/contracts";
import type { RowActions } from "#ui/tasks/list/task-row.tsx";
import type { OrderByHand } from "#ui/tasks/list/use-order-by-hand.ts";
import type { Filters } from "#ui/tasks/model/filters.ts";
import type { TaskActions } from "#ui/tasks/sync/use-task-actions.ts";

/** What commands read of the board, and the functions of board/use-board.ts that they call. */
export interface CommandBoard {
  readonly tasks: readonly Task[];
  readonly filters: Filters;
  readonly actions: Pick<TaskActions, "undoLast">;
  readonly rowActions: Pick<RowActions, "tick">;
  readonly beginToAdd: () => void;
  readonly byHand: OrderByHand["byHand"];
  readonly open: (task: Task) => void;
  readonly remove: (task: Task) => void;
  readonly move: (task: Task, by: -1 | 1) => void;
  readonly changeFilters: (filters: Filters) => void;
  readonly toggleFilters: () => void;
  readonly search: (q: string) => void;
  readonly focusSearch: () => void;
}

/** What a command can act on. */
export interface CommandContext extends CommandBoard {
  /** The task that has the focus, or whose menu is open. The trash has none: it has other deeds. */
  readonly subject: Task | undefined;
  readonly show: (what: "palette" | "help") => void;
}

/** What a command may ask of the press that asked for it. */
type Press = Pick<KeyboardEvent, "key" | "repeat" | "target">;

type Condition = (context: CommandContext) => boolean;

/** What can be done on the page of tasks, however it is asked for. */
export interface Command {
  /** As KeyboardEvent.key says them; "mod+" is ⌘ on Apple's devices, elsewhere Ctrl; "alt+" is ⌥. */
  readonly keys: readonly string[];
  /** Keys that do it by the browser's own doing. */
  readonly native?: readonly string[];
  /** Its words in the help and in the palette. */
  readonly text: string;
  /** The last two are of what has no key: headings of the palette; the others are the help's. */
  readonly group: "Tasks" | "Move" | "Everywhere" | "Order" | "Filters";
  /** Its words in the menu of a row, and when they stand there. Without this they never do. */
  readonly menu?: { readonly text: string; readonly when?: Condition };
  /** Holding the key down does it again. Of all else that would be too much. */
  readonly repeats?: true;
  /** Its key is heard while somebody types: no text knows it. */
  readonly whileTyping?: true;
  /** A key and nothing to choose from a list. */
  readonly keyOnly?: true;
  /** Whether it can be asked for here and now; without this, always. */
  readonly when?: Condition;
  /** Without a press it was chosen from a list. False: it is nothing of ours, the browser acts. */
  readonly run: (context: CommandContext, press?: Press) => unknown;
}
