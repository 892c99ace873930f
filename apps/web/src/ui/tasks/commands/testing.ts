import { anyFields } from "#ui/tasks/model/filters.ts";
import type { CommandContext } from "./command.ts";

/** A context for tests that records what a command calls: names of functions and arguments. */
export function makeCommandContext(part: Partial<CommandContext> = {}) {
  const done: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: readonly unknown[]): void =>
      void done.push([name, ...args]);
  const context: CommandContext = {
    tasks: [],
    subject: undefined,
    filters: { status: "all", sort: "created", order: "desc", q: "", ...anyFields },
    actions: { undoLast: note("undoLast") },
    rowActions: { tick: note("tick") },
    beginToAdd: note("beginToAdd"),
    byHand: undefined,
    open: note("open"),
    remove: note("remove"),
    move: note("move"),
    changeFilters: note("changeFilters"),
    toggleFilters: note("toggleFilters"),
    search: note("search"),
    focusSearch: note("focusSearch"),
    isLong: true,
    searchLongList: () => done.push(["searchLongList"]) > 0,
    show: note("show"),
    ...part,
  };
  return { context, done };
}
