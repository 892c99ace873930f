import type { Task } from "@tend/contracts";
import { tagKey } from "@tend/contracts/limits";
import { anyFields, asksForFields, type Filters, sorts, tabFor } from "#ui/tasks/model/filters.ts";
import { searchFor } from "#ui/tasks/model/search.ts";
import { listShown } from "#ui/tasks/model/task-list.ts";
import { type Shortcut, shortcutList } from "./shortcuts.ts";
import type { ShortcutActions } from "./use-keyboard.ts";

/** What the palette can act on. */
export interface PaletteSource {
  readonly actions: ShortcutActions;
  /** The task that had the focus. */
  readonly subject: Task | undefined;
  readonly tasks: readonly Task[];
  readonly filters: Filters;
  readonly onOpen: (task: Task) => void;
  readonly onFilters: (filters: Filters) => void;
  readonly onSearch: (q: string) => void;
}

export interface PaletteChoice {
  readonly id: string;
  readonly group: "This task" | "Actions" | "Order" | "Filters" | "Tasks";
  readonly text: string;
  readonly keys?: Shortcut["keys"];
  readonly run: () => void;
}

/** More would not be read, but searched further. */
const mostTasks = 20;

/** What can be chosen with these words, in the order of the groups. */
export function choicesFor(source: PaletteSource, query: string): readonly PaletteChoice[] {
  const commands = commandsOf(source);
  if (query.trim() === "") return commands;
  const finds = searchFor(query);
  if (!finds) return [];
  const found = [...commands, ...tagChoices(source)].filter(({ text }) =>
    finds({ title: text, description: null }),
  );
  return [...found, ...tasksFound(source, query, finds)];
}

function commandsOf(source: PaletteSource): readonly PaletteChoice[] {
  const { actions, subject, filters, onFilters } = source;
  const choices = shortcutList
    .filter(([, shortcut]) => !shortcut.keyOnly && (!shortcut.onTask || subject))
    .map(([name, { text, keys, onTask }]): PaletteChoice => {
      const group = onTask ? "This task" : "Actions";
      return { id: name, group, text, keys, run: () => actions[name]() };
    });
  const orders = sorts.map(({ sort, order, label }): PaletteChoice => {
    const run = () => onFilters({ ...filters, sort, order });
    const by = sort === "position" ? "by hand" : `by ${label.toLowerCase()}`;
    return { id: `${sort}-${order}`, group: "Order", text: `Sort ${by}`, run };
  });
  const fields = dueCommands.map(({ due, text }): PaletteChoice => {
    const status = tabFor(due, filters.status);
    const run = () => onFilters({ ...filters, status, ...anyFields, due });
    return { id: `due-${due}`, group: "Filters", text, run };
  });
  const clear: PaletteChoice = {
    id: "clear-filters",
    group: "Filters",
    text: "Clear filters",
    run: () => onFilters({ ...filters, ...anyFields }),
  };
  const isOnTask = ({ group }: PaletteChoice) => group === "This task";
  return [
    ...choices.filter(isOnTask),
    ...choices.filter((choice) => !isOnTask(choice)),
    ...(filters.status === "trashed" ? [] : orders),
    ...fields,
    ...(asksForFields(filters) ? [clear] : []),
  ];
}

const dueCommands = [
  { due: "overdue", text: "Show overdue tasks" },
  { due: "today", text: "Show tasks due today" },
  { due: "upcoming", text: "Show upcoming tasks" },
  { due: "none", text: "Show tasks without a date" },
] as const;

/** Each tag once. They are many, so they stand there only where words ask for them. */
function tagChoices({ tasks, filters, onFilters }: PaletteSource): readonly PaletteChoice[] {
  const tags = new Map(tasks.flatMap((task) => task.tags).map((tag) => [tagKey(tag), tag]));
  return [...tags].map(([key, tag]) => ({
    id: `tag-${key}`,
    group: "Filters",
    text: `Show #${tag}`,
    run: () => onFilters({ ...filters, ...anyFields, tag }),
  }));
}

type Finds = NonNullable<ReturnType<typeof searchFor>>;

/** Tasks by their titles, those still to do first, and the way to all that the words find. */
function tasksFound(source: PaletteSource, query: string, finds: Finds): readonly PaletteChoice[] {
  const found = source.tasks.filter(
    // The task first: its words are remembered.
    (task) => finds(task) && finds({ title: task.title, description: null }),
  );
  const { filters } = source;
  const inOrder = (["pending", "completed"] as const).flatMap((status) =>
    listShown(found, { ...filters, q: "", status }),
  );
  const tasks = inOrder.slice(0, mostTasks).map((task): PaletteChoice => {
    const run = () => {
      // The trash has no place for a form.
      if (filters.status === "trashed") source.onFilters({ ...filters, status: "all" });
      source.onOpen(task);
    };
    return { id: task.id, group: "Tasks", text: task.title, run };
  });
  if (tasks.length === 0) return [];
  const run = () => source.onSearch(query);
  return [
    ...tasks,
    { id: "search-all", group: "Tasks", text: `Search for “${query.trim()}”`, run },
  ];
}
