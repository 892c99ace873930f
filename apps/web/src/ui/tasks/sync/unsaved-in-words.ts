import type { Unsaved } from "./wipe.ts";

/** What would be lost, as in "1 unsent change and 2 unfinished texts". */
export function unsavedInWords({ mutations, drafts }: Unsaved): string {
  const words: string[] = [];
  if (mutations > 0)
    words.push(mutations === 1 ? "1 unsent change" : `${mutations} unsent changes`);
  if (drafts > 0) words.push(drafts === 1 ? "1 unfinished text" : `${drafts} unfinished texts`);
  return words.join(" and ");
}
