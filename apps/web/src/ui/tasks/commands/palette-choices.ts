import { tagKey } from "@tend/contracts/limits";
import { anyFields } from "#ui/tasks/model/filters.ts";
import { searchFor } from "#ui/tasks/model/search.ts";
import { listShown } from "#ui/tasks/model/task-list.ts";
import type { Command, CommandContext } from "./command.ts";
import { commandList, isOffered } from "./commands.ts";
import { paletteCommands } from "./palette-commands.ts";

export interface PaletteChoice {
  readonly id: string;
  readonly group: "This task" | "Actions" | "Order" | "Filters" | "Tasks";
  readonly text: string;
  readonly keys?: Command["keys"];
  readonly run: () => void;
}

/** The most tasks that are shown: of more, a person narrows the search. */
const mostTasks = 20;

/** The choices that match these words, in the order of the groups. */
export function choicesFor(context: CommandContext, query: string): readonly PaletteChoice[] {
  const commands = commandsOf(context);
  if (query.trim() === "") return commands;
  const finds = searchFor(query);
  if (!finds) return [];
  const found = [...commands, ...tagChoices(context)].filter(({ text }) =>
    finds({ title: text, description: null }),
  );
  return [...found, ...tasksFound(context, query, finds)];
}

function commandsOf(context: CommandContext): readonly PaletteChoice[] {
  const choices = [...commandList, ...paletteCommands]
    .filter(([, command]) => !command.keyOnly && isOffered(command, context))
    .map(([id, command]): PaletteChoice => {
      const { text, keys } = command;
      return { id, group: groupOf(command, context), text, keys, run: () => command.run(context) };
    });
  const isOnTask = ({ group }: PaletteChoice) => group === "This task";
  return [...choices.filter(isOnTask), ...choices.filter((choice) => !isOnTask(choice))];
}

function groupOf(command: Command, context: CommandContext): PaletteChoice["group"] {
  if (!isOffered(command, { ...context, subject: undefined })) return "This task";
  return command.group === "Order" || command.group === "Filters" ? command.group : "Actions";
}

/** A choice for each tag. Tags are many, so they are offered only for words that match. */
function tagChoices({ tasks, filters, changeFilters }: CommandContext): readonly PaletteChoice[] {
  const tags = new Map(tasks.flatMap((task) => task.tags).map((tag) => [tagKey(tag), tag]));
  return [...tags].map(([key, tag]) => ({
    id: `tag-${key}`,
    group: "Filters",
    text: `Show #${tag}`,
    run: () => changeFilters({ ...filters, ...anyFields, tag }),
  }));
}

type Finds = NonNullable<ReturnType<typeof searchFor>>;

/** The tasks found by their titles, pending ones first, and a choice to search for the words. */
function tasksFound(
  context: CommandContext,
  query: string,
  finds: Finds,
): readonly PaletteChoice[] {
  const { filters } = context;
  const found = context.tasks.filter(
    // The task is checked first, since its words are cached.
    (task) => finds(task) && finds({ title: task.title, description: null }),
  );
  const inOrder = (["pending", "completed"] as const).flatMap((status) =>
    listShown(found, { ...filters, q: "", status }),
  );
  const tasks = inOrder.slice(0, mostTasks).map((task): PaletteChoice => {
    const run = () => {
      // The trash has no place for a form.
      if (filters.status === "trashed") context.changeFilters({ ...filters, status: "all" });
      context.open(task);
    };
    return { id: task.id, group: "Tasks", text: task.title, run };
  });
  if (tasks.length === 0) return [];
  const run = () => context.search(query);
  return [
    ...tasks,
    { id: "search-all", group: "Tasks", text: `Search for “${query.trim()}”`, run },
  ];
}
