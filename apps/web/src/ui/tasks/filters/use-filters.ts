import { useSearchParams } from "next/navigation";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { type Filters, filtersHref, readFilters } from "#ui/tasks/model/filters.ts";

interface UsedFilters {
  readonly filters: Filters;
  readonly setFilters: (filters: Filters) => void;
  readonly search: (q: string) => void;
}

const listeners = new Set<() => void>();

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  addEventListener("popstate", onChange);
  return () => {
    listeners.delete(onChange);
    removeEventListener("popstate", onChange);
  };
}

function go(how: "pushState" | "replaceState", filters: Filters): void {
  window.history[how](null, "", filtersHref(filters));
  for (const listener of listeners) listener();
}

/**
 * The filters live in the address and nowhere else; a change needs no request to the server. Read
 * from the browser: Next tells of an address late, or not at all while it fetches one before.
 */
export function useFilters(): UsedFilters {
  const params = useSearchParams();
  const address = useSyncExternalStore(
    subscribe,
    () => window.location.search,
    () => `?${params}`,
  );
  const filters = useMemo(() => filtersIn(address), [address]);
  const setFilters = useCallback((next: Filters) => go("pushState", next), []);
  const search = useCallback((q: string) => {
    const now = filtersInAddress();
    // One step of the history, however many letters follow: Back leaves the search.
    if (now.q === "" && q !== "") go("pushState", { ...now, q });
    else if (now.q !== q) go("replaceState", { ...now, q });
  }, []);
  return { filters, setFilters, search };
}

function filtersIn(address: string): Filters {
  const params = new URLSearchParams(address);
  return readFilters((name) => params.get(name));
}

/** What the address says now. The screen may be about to show it. */
export const filtersInAddress = (): Filters => filtersIn(window.location.search);
