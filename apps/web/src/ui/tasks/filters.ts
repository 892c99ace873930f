import type { SortOrder, TaskSort, TaskStatus } from "@tend/contracts";
import { limits } from "@tend/contracts/limits";

/** What the address of the screen says: which tasks, and in which order. */
export interface Filters {
  readonly status: TaskStatus;
  readonly sort: TaskSort;
  readonly order: SortOrder;
  /** As it was typed. Empty: nothing is searched for. */
  readonly q: string;
}

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
] as const satisfies readonly { sort: TaskSort; order: SortOrder; label: string }[];

/** Reads an address that anybody may have typed: what it does not know is the default. */
export function readFilters(get: (name: string) => string | null): Filters {
  const status = tabs.find((tab) => tab.status === get("status"))?.status ?? "all";
  const named = sorts.filter(({ sort }) => sort === get("sort"));
  const { sort, order } = named.find((one) => one.order === get("order")) ?? named[0] ?? sorts[0];
  return { status, sort, order, q: searchable(get("q") ?? "") };
}

/** What the server would refuse of a search, it is not asked (T-3). */
const searchable = (q: string): string =>
  [...q.replaceAll("\0", "")].slice(0, limits.search).join("");

/** The address that says these filters. */
export function filtersHref({ status, sort, order, q }: Filters): string {
  const query = new URLSearchParams();
  if (status !== "all") query.set("status", status);
  if (sort !== "created") query.set("sort", sort);
  else if (order === "asc") {
    query.set("sort", sort);
    query.set("order", order);
  }
  if (q !== "") query.set("q", q);
  return query.size === 0 ? "/tasks" : `/tasks?${query}`;
}
