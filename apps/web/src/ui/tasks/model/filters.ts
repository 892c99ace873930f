import type { DueFilter, Priority, SortOrder, TaskSort, TaskStatus } from "@tend/contracts";
import { limits } from "@tend/contracts/limits";
import { priorities } from "./priority.ts";

/** The filters in the address of the screen: which tasks are shown, and in which order. */
export interface Filters {
  readonly status: TaskStatus;
  readonly sort: TaskSort;
  readonly order: SortOrder;
  /** The search as it was typed. Empty: nothing is searched for. */
  readonly q: string;
  /** The due filter, by the device's clock. Null here and in the next two: all tasks. */
  readonly due: DueFilter | null;
  readonly priority: Priority | null;
  readonly tag: string | null;
}

/** The filters by fields of a task. */
export type FieldFilters = Pick<Filters, "due" | "priority" | "tag">;

export const anyFields: FieldFilters = { due: null, priority: null, tag: null };

export const asksForFields = ({ due, priority, tag }: FieldFilters): boolean =>
  due !== null || priority !== null || tag !== null;

export const tabs = [
  { status: "all", label: "All" },
  { status: "pending", label: "Pending" },
  { status: "completed", label: "Completed" },
  { status: "trashed", label: "Trash" },
] as const satisfies readonly { status: TaskStatus; label: string }[];

/** The orders on offer; the first is the default and leaves no trace in the address. */
export const sorts = [
  { sort: "created", order: "desc", label: "Newest" },
  { sort: "created", order: "asc", label: "Oldest" },
  { sort: "title", order: "asc", label: "Title" },
  { sort: "due_date", order: "asc", label: "Due date" },
  { sort: "priority", order: "desc", label: "Priority" },
  { sort: "position", order: "asc", label: "By hand" },
] as const satisfies readonly { sort: TaskSort; order: SortOrder; label: string }[];

export const dues = [
  { due: "overdue", label: "Overdue" },
  { due: "today", label: "Today" },
  { due: "upcoming", label: "Upcoming" },
  { due: "none", label: "No date" },
] as const satisfies readonly { due: DueFilter; label: string }[];

/** The order of the choices in the filter. */
export const priorityChoices: readonly Priority[] = priorities.toReversed();

/** The tab that fits a due filter: a completed task is not overdue, so pending for all. */
export const tabFor = (due: DueFilter | null, status: TaskStatus): TaskStatus =>
  due === "overdue" && status === "all" ? "pending" : status;

/** Reads the filters of an address, which may be hand-typed: unknown values are the default. */
export function readFilters(get: (name: string) => string | null): Filters {
  const status = tabs.find((tab) => tab.status === get("status"))?.status ?? "all";
  const named = sorts.filter(({ sort }) => sort === get("sort"));
  const { sort, order } = named.find((one) => one.order === get("order")) ?? named[0] ?? sorts[0];
  return {
    status,
    sort,
    order,
    q: askable(get("q") ?? "", limits.search),
    due: dues.find((one) => one.due === get("due"))?.due ?? null,
    priority: priorityChoices.find((priority) => priority === get("priority")) ?? null,
    tag: askable(get("tag") ?? "", limits.tag) || null,
  };
}

/** A text without what the server would refuse (T-3). */
const askable = (text: string, longest: number): string =>
  [...text.replaceAll("\0", "")].slice(0, longest).join("");

/** The address of these filters. */
export function filtersHref({ status, sort, order, q, ...fields }: Filters): string {
  const query = new URLSearchParams();
  if (status !== "all") query.set("status", status);
  if (sort !== "created") query.set("sort", sort);
  else if (order === "asc") {
    query.set("sort", sort);
    query.set("order", order);
  }
  if (q !== "") query.set("q", q);
  for (const [name, value] of Object.entries(fields)) if (value !== null) query.set(name, value);
  return query.size === 0 ? "/tasks" : `/tasks?${query}`;
}
