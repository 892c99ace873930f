import type { Task } from "@tend/contracts";
import type { Filters } from "./filters.ts";

type Order = Pick<Filters, "sort" | "order">;

type Compare = (a: Task, b: Task) => number;

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

// The root collation, as the server's "und-x-icu".
const collator = new Intl.Collator("en");

// A task without a time comes after those with one on its day, which have whole minutes.
const untimed = "23:59:59";
const ranks = { none: 0, low: 1, medium: 2, high: 3 };

const comparers: Record<Filters["sort"], Compare> = {
  created: (a, b) => byText(a.created_at, b.created_at),
  title: (a, b) => collator.compare(a.title, b.title) || byText(a.title, b.title),
  due_date: (a, b) =>
    byText(a.due_date ?? "", b.due_date ?? "") ||
    byText(a.due_time ?? untimed, b.due_time ?? untimed),
  priority: (a, b) => ranks[a.priority] - ranks[b.priority],
  position: (a, b) => byText(a.position, b.position),
};

const lacks: Partial<Record<Filters["sort"], (task: Task) => boolean>> = {
  due_date: (task) => task.due_date === null,
  priority: (task) => task.priority === "none",
};

/** T-6: the order of the server. Tasks without the value come last either way; ties go by id. */
function compareBy({ sort, order }: Order): Compare {
  const sign = order === "asc" ? 1 : -1;
  const compare = comparers[sort];
  const isLast = lacks[sort] ?? (() => false);
  return (a, b) =>
    Number(isLast(a)) - Number(isLast(b)) || sign * (compare(a, b) || byText(a.id, b.id));
}

/** Beyond this part of the tasks, sorting all of them is quicker than putting each in its place. */
const fewOf = 8;

/**
 * Tasks in the orders that were asked for, kept from one time to the next: where few of many tasks
 * have changed, only those are put in their places.
 */
export class TaskOrders {
  readonly #orders = new Map<string, readonly Task[]>();

  /** The tasks, without those of before that are not among them, in this order. */
  inOrder(tasks: readonly Task[], by: Order): readonly Task[] {
    const key = `${by.sort} ${by.order}`;
    const ordered = reorder(this.#orders.get(key) ?? [], tasks, compareBy(by));
    this.#orders.set(key, ordered);
    return ordered;
  }
}

function reorder(
  before: readonly Task[],
  tasks: readonly Task[],
  compare: Compare,
): readonly Task[] {
  const present = new Set(tasks);
  const kept = before.filter((task) => present.delete(task));
  // What is left in the set is new, or has changed.
  const changed = [...present];
  if (changed.length * fewOf > tasks.length) return tasks.toSorted(compare);
  return changed.length === 0 ? kept : merge(kept, changed.sort(compare), compare);
}

/** Merges few tasks into many; both are in order. */
function merge(many: readonly Task[], few: readonly Task[], compare: Compare): readonly Task[] {
  const merged: Task[] = [];
  let from = 0;
  for (const task of few) {
    const to = placeOf(task, many, from, compare);
    merged.push(...many.slice(from, to), task);
    from = to;
  }
  return merged.concat(many.slice(from));
}

/** The index of the first task, from `low` on, that stands behind the given one. */
function placeOf(task: Task, many: readonly Task[], low: number, compare: Compare): number {
  let [from, to] = [low, many.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = many[middle];
    if (other && compare(other, task) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
