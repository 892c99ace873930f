import { useEffect, useRef } from "react";
import { searchFor } from "./search.ts";
import { countOfTasks } from "./task-list.ts";

/** Long enough that somebody who types is not interrupted. */
const rest = 700;

/** Says how many tasks a search finds, once its typing rests. */
export function useAnnounceFound(
  q: string,
  count: number,
  announce: (words: string) => void,
): void {
  const saidFor = useRef("");
  useEffect(() => {
    if (!searchFor(q)) {
      saidFor.current = "";
      return;
    }
    const words = count === 0 ? "Nothing found" : `${countOfTasks(count)} found`;
    const said = `${words} ${q}`;
    if (said === saidFor.current) return;
    const timer = setTimeout(() => {
      saidFor.current = said;
      announce(words);
    }, rest);
    return () => clearTimeout(timer);
  }, [q, count, announce]);
}
