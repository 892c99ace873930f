import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type Filters, filtersHref, readFilters } from "./filters.ts";

interface UsedFilters {
  readonly filters: Filters;
  readonly setFilters: (filters: Filters) => void;
  readonly search: (q: string) => void;
}

/** The filters live in the address and nowhere else; a change needs no request to the server. */
export function useFilters(): UsedFilters {
  const params = useSearchParams();
  const filters = useMemo(() => readFilters((name) => params.get(name)), [params]);
  const setFilters = useCallback(
    (next: Filters) => window.history.pushState(null, "", filtersHref(next)),
    [],
  );
  const search = useCallback((q: string) => {
    const now = filtersInAddress();
    const href = filtersHref({ ...now, q });
    // One step of the history, however many letters follow: Back leaves the search.
    if (now.q === "" && q !== "") window.history.pushState(null, "", href);
    else if (now.q !== q) window.history.replaceState(null, "", href);
  }, []);
  return { filters, setFilters, search };
}

/** What the address says now. The screen may be about to show it. */
export function filtersInAddress(): Filters {
  const params = new URLSearchParams(window.location.search);
  return readFilters((name) => params.get(name));
}
