import { addDays } from "./calendar.ts";
import type { Dated } from "./dates.ts";
import { dayPiece } from "./pieces.ts";
import { isName, type Line, wordAt } from "./words.ts";

const nearDays = new Map([
  ...["today", "tod", "2day"].map((name) => [name, 0] as const),
  ...["tonight", "tonite", "2nite"].map((name) => [name, 0] as const),
  ..."tomorrow tmrw tmr tmw tmrow tomo tomoz 2moro 2morrow 2mrw tomorow tommorow tommorrow"
    .split(" ")
    .map((name) => [name, 1] as const),
]);

const isTonight = (folded: string): boolean => /^(?:tonight|tonite|2nite)$/.test(folded);

/** A day by its distance: "today", "tonight", "tomorrow". */
export const nearDay = (line: Line, from: number, today: string): Dated => {
  const word = wordAt(line, from);
  const ahead = nearDays.get(word.folded);
  // "USA Today": in the middle of a line, a capital makes it a name. Tod is one at its beginning too.
  if (ahead === undefined || (isName(word) && from > 0)) return undefined;
  return dayPiece(addDays(today, ahead), 1, word.folded === "tod" ? "end" : "anywhere", {
    takesHour: true,
    ...(isTonight(word.folded) && { part: "night" as const }),
  });
};
