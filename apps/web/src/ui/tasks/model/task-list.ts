import type { Task, TaskStatus } from "@tend/contracts";
import { tagKey } from "@tend/contracts/limits";
import { isDue } from "./due.ts";
import type { FieldFilters, Filters } from "./filters.ts";
import { isWordless, searchFor } from "./search.ts";

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

/** The tasks found in a tab, in its order. Those in `delayed` stay, whatever the tab. */
export function listShown(
  tasks: readonly Task[],
  filters: Filters,
  delayed: ReadonlySet<string> = new Set(),
  now = new Date(),
): readonly Task[] {
  const inTab = tasks.filter((task) => holds[filters.status](task) || delayed.has(task.id));
  return listFound(inTab, filters, now).toSorted(compareBy(filters));
}

type Compare = (a: Task, b: Task) => number;

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

// The root collation, as the server's "und-x-icu".
const collator = new Intl.Collator("en");

// A task without a time comes after those with one on its day, which have whole minutes.
const byDue = (task: Task): string => `${task.due_date} ${task.due_time ?? "23:59:59"}`;
const ranks = { none: 0, low: 1, medium: 2, high: 3 };

const comparers: Record<Filters["sort"], Compare> = {
  created: (a, b) => byText(a.created_at, b.created_at),
  title: (a, b) => collator.compare(a.title, b.title) || byText(a.title, b.title),
  due_date: (a, b) => byText(byDue(a), byDue(b)),
  priority: (a, b) => ranks[a.priority] - ranks[b.priority],
  position: (a, b) => byText(a.position, b.position),
};

const lacks: Partial<Record<Filters["sort"], (task: Task) => boolean>> = {
  due_date: (task) => task.due_date === null,
  priority: (task) => task.priority === "none",
};

/** T-6: the order of the server. Tasks without the value come last either way; ties go by id. */
function compareBy({ sort, order }: Filters): Compare {
  const sign = order === "asc" ? 1 : -1;
  const compare = comparers[sort];
  const isLast = lacks[sort] ?? (() => false);
  return (a, b) =>
    Number(isLast(a)) - Number(isLast(b)) || sign * (compare(a, b) || byText(a.id, b.id));
}
