import { weekdayNamed } from "./dates.ts";
import { type UnclearPiece, unclear } from "./pieces.ts";
import { follower, isName, type Line, matchLength, type Word, wordAt } from "./words.ts";

const repeated =
  /^(?:day|days|weekday|week|month|year|morning|afternoon|evening|night|hour|other|single|weekend)$/;

/** Whether two words name a feast: "Mother's Day", "Labor Day", but not "laundry day". */
const isFeast = (word: Word, day: Word): boolean =>
  /'s$|s'$/.test(word.folded) || (isName(word) && isName(day));

/** Repeated days, past days and feasts, which are not read and make a time beside them unclear. */
export const unreadDay = (line: Line, from: number): UnclearPiece | undefined => {
  const { folded } = wordAt(line, from);
  const next = follower(line, from);
  if (folded === "every" || folded === "each") {
    const isDay = repeated.test(next) || weekdayNamed(next.replace(/s$/, "")) !== undefined;
    if (!isDay && !/^\d/.test(next)) return undefined;
    const isLong = /^(?:other|single|\d+)$/.test(next) && follower(line, from + 1) !== "";
    return unclear(isLong ? 3 : 2);
  }
  if (
    /^(?:(?:hour|night|(?:bi-?)?week|fortnight|(?:bi-?)?month|quarter|year)ly|daily|annually|weekdays?|weekends?|(?:morning|afternoon|evening|night)s)$/.test(
      folded,
    )
  ) {
    return unclear(1, true);
  }
  if (/^(?:mon|tues|wednes|thurs|fri|satur|sun)days$/.test(folded)) return unclear(1, true);
  if (folded === "last" || folded === "previous") {
    return /^(?:night|week|weekend|month|year)$/.test(next) || weekdayNamed(next) !== undefined
      ? unclear(2)
      : undefined;
  }
  if (/^(?:next|following|same|other)$/.test(folded) && next === "day") return unclear(2, true);
  if (folded === "after" && next === "next") return unclear(2);
  if (/^(?:week|wk|cw|kw)$/.test(folded) && /^\d{1,2}$/.test(next)) return unclear(2, true);
  if (folded === "yesterday") return unclear(1, true);
  const feast = matchLength(line, from, [
    /^(?:christmas|xmas|easter|halloween|thanksgiving|hogmanay|nye)$/,
  ]);
  if (feast > 0) return unclear(/^(?:eve|day|monday|sunday)$/.test(next) ? 2 : 1, true);
  if (next === "day" && isFeast(wordAt(line, from), wordAt(line, from + 1)))
    return unclear(2, true);
  return /^new year(?:'?s)?$/.test(`${folded} ${next}`)
    ? unclear(/^(?:eve|day)$/.test(follower(line, from + 1)) ? 3 : 2, true)
    : undefined;
};
