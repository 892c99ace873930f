import { useState } from "react";
import { flushSync } from "react-dom";
import type { Counts } from "#ui/tasks/model/counts.ts";
import {
  anyFields,
  asksForFields,
  type FieldFilters,
  type Filters,
  tabFor,
} from "#ui/tasks/model/filters.ts";

interface FilterActions {
  /** Whether the filters by field are shown. */
  readonly isFiltering: boolean;
  readonly toggleFilters: () => void;
  /** Shows another tab or order, and announces it. */
  readonly changeFilters: (filters: Filters) => void;
  readonly filterFields: (fields: FieldFilters) => void;
  readonly clearFilters: () => void;
}

interface Circumstances {
  readonly filters: Filters;
  readonly setFilters: (filters: Filters) => void;
  readonly counts: Counts;
  readonly announce: (words: string) => void;
  readonly focusSearch: () => void;
}

/** The actions on the filters of the list. */
export function useFilterActions(at: Circumstances): FilterActions {
  const { filters, setFilters, counts, announce } = at;
  const [wantsFilters, setWantsFilters] = useState(false);
  const isFiltering = wantsFilters || asksForFields(filters);
  const changeFilters = (next: Filters) => {
    setFilters(next);
    const { status } = next;
    if (status === "trashed") {
      announce("Showing the trash");
      return;
    }
    const isPart = next.q !== "" || asksForFields(next);
    const count = status === filters.status || isPart ? "" : `${counts[status]} `;
    announce(`Showing ${count}${status === "all" ? "" : `${status} `}tasks`);
  };
  return {
    isFiltering,
    changeFilters,
    toggleFilters() {
      // The filters are rendered at once, so that the focus can move to them.
      if (!isFiltering) flushSync(() => setWantsFilters(true));
      else if (!asksForFields(filters)) return setWantsFilters(false);
      document.querySelector<HTMLElement>("[data-filters] select")?.focus();
    },
    filterFields(fields) {
      const isOther = fields.due !== filters.due;
      const status = isOther ? tabFor(fields.due, filters.status) : filters.status;
      setFilters({ ...filters, ...fields, status });
    },
    clearFilters() {
      const status = filters.status === "trashed" ? "trashed" : "all";
      changeFilters({ ...filters, ...anyFields, q: "", status });
      if (filters.q !== "") at.focusSearch();
    },
  };
}
