import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type Filters, filtersHref, readFilters } from "./filters.ts";

/** The filters live in the address and nowhere else; a change needs no request to the server. */
export function useFilters(): readonly [Filters, (filters: Filters) => void] {
  const params = useSearchParams();
  const filters = useMemo(() => readFilters((name) => params.get(name)), [params]);
  const setFilters = useCallback(
    (next: Filters) => window.history.pushState(null, "", filtersHref(next)),
    [],
  );
  return [filters, setFilters];
}
