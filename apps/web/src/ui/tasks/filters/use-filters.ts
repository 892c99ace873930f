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
 * The filters live in the address and nowhere else; a change needs no request to the server. The
 * address is read from the browser: Next reports it late, or not at all while it fetches another.
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
    // A search is one step of the history, however many letters it has: Back leaves it.
    if (now.q === "" && q !== "") {
      go("pushState", { ...now, q });
      // What is found is read from its beginning, however far down the search began.
      scrollTo({ top: 0, behavior: "instant" });
    } else if (now.q !== q) go("replaceState", { ...now, q });
  }, []);
  return { filters, setFilters, search };
}

function filtersIn(address: string): Filters {
  const params = new URLSearchParams(address);
  return readFilters((name) => params.get(name));
}

/** The filters in the address, which the screen may not show yet. */
export const filtersInAddress = (): Filters => filtersIn(window.location.search);
