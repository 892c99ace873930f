import { useEffect, useRef } from "react";
import { asksForFields, type Filters, filtersHref } from "#ui/tasks/model/filters.ts";
import { isWordless } from "#ui/tasks/model/search.ts";
import { countOfTasks } from "#ui/tasks/model/task-list.ts";

/** The delay of an announcement, long enough not to interrupt a person who types. */
const announceDelayMs = 700;

/** Says how many tasks a search and the filters find, once the typing rests. */
export function useAnnounceFound(
  filters: Filters,
  count: number,
  announce: (words: string) => void,
): void {
  const saidFor = useRef("");
  useEffect(() => {
    if (filters.q.trim() === "" && !asksForFields(filters)) {
      saidFor.current = "";
      return;
    }
    const found = count === 0 ? "Nothing found" : `${countOfTasks(count)} found`;
    const words = isWordless(filters.q) ? "Nothing to search for" : found;
    const said = `${words} ${filtersHref(filters)}`;
    if (said === saidFor.current) return;
    const timer = setTimeout(() => {
      saidFor.current = said;
      announce(words);
    }, announceDelayMs);
    return () => clearTimeout(timer);
  }, [filters, count, announce]);
}
