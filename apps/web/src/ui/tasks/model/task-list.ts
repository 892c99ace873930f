import type { Task, TaskStatus } from "@tend/contracts";
import { tagKey } from "@tend/contracts/limits";
import { isDue } from "./due.ts";
import type { FieldFilters, Filters } from "./filters.ts";
import { isWordless, searchFor } from "./search.ts";
import { TaskOrders } from "./task-orders.ts";

/** A number of tasks in words: "1 task", "1,200 tasks". */
export const countOfTasks = (count: number): string =>
  count === 1 ? "1 task" : `${count.toLocaleString("en")} tasks`;

const holds: Readonly<Record<TaskStatus, (task: Task) => boolean>> = {
  all: () => true,
  pending: (task) => !task.completed,
  completed: (task) => task.completed,
  // The trash is a list of its own.
  trashed: () => false,
};

type Test = (task: Task) => boolean;

function testsOf({ q, due, priority, tag }: FieldFilters & { q: string }, now: Date): Test[] {
  const key = tag && tagKey(tag);
  return [
    searchFor(q),
    due ? (task: Task) => isDue(task, due, now) : undefined,
    priority ? (task: Task) => task.priority === priority : undefined,
    key ? ({ tags }: Task) => tags.some((tag) => tagKey(tag) === key) : undefined,
  ].filter((test) => test !== undefined);
}

/** The tasks of a separate list, such as the trash, that the search and the filters find. */
export function listFound(
  tasks: readonly Task[],
  filters: FieldFilters & { readonly q: string },
  now = new Date(),
): readonly Task[] {
  if (isWordless(filters.q)) return [];
  const tests = testsOf(filters, now);
  return tasks.filter((task) => tests.every((test) => test(task)));
}

/**
 * The tasks found in a tab, in its order. Those in `delayed` stay, whatever the tab. `orders` know
 * how the tasks stood a moment ago.
 */
export function listShown(
  tasks: readonly Task[],
  filters: Filters,
  delayed: ReadonlySet<string> = new Set(),
  now = new Date(),
  orders = new TaskOrders(),
): readonly Task[] {
  const isInTab = holds[filters.status];
  const ordered = orders.inOrder(tasks, filters);
  const inTab = ordered.filter((task) => isInTab(task) || delayed.has(task.id));
  return listFound(inTab, filters, now);
}
