import { addDays, inWeek, monthEnd, nextInYear } from "./calendar.ts";
import { type Dated, monthNamed, weekday } from "./dates.ts";
import { nearDay } from "./near-days.ts";
import { dayPiece, unclear } from "./pieces.ts";
import { follower, isName, type Line, matchLength, wordAt } from "./words.ts";

/** The end of a week: Friday; once that is over, Sunday. */
const weekEnd = (today: string, weeks: number): string | undefined =>
  inWeek(today, weeks, 4) ?? inWeek(today, weeks, 6);

export const yearsAhead = (
  today: string,
  years: number,
  monthAndDay: string,
): string | undefined => {
  const year = Number(today.slice(0, 4)) + years;
  return year > 9999 ? undefined : `${String(year).padStart(4, "0")}-${monthAndDay}`;
};

const endNames: ReadonlyMap<string, (today: string, ahead: number) => string | undefined> = new Map(
  [
    ["day", (today, ahead) => addDays(today, ahead)],
    ["week", weekEnd],
    ["month", monthEnd],
    ["year", (today, ahead) => yearsAhead(today, ahead, "12-31")],
  ],
);

export const shortEnds = new Map([
  ["eod", "day"],
  ["cob", "day"],
  ["eow", "week"],
  ["eom", "month"],
  ["eoy", "year"],
]);

/** The end of a day or month with a name: "end of tomorrow", "end of November". */
const endOfNamed = (line: Line, from: number, head: number, today: string): Dated => {
  const day = nearDay(line, from + head, today) ?? weekday(line, from + head, today);
  if (day) return { ...day, length: head + day.length, place: "clause" };
  const month = monthNamed(follower(line, from + head - 1));
  const start = month === undefined ? undefined : nextInYear(today, month, 1);
  const isThis = month === Number(today.slice(5, 7)) - 1;
  const value = isThis ? monthEnd(today, 0) : start && monthEnd(start, 0);
  return month === undefined ? unclear(head + 1, true) : dayPiece(value, head + 1, "clause");
};

/** The end of a day, week, month or year: "EOD", "the end of next week", "month end". */
export const endOf = (line: Line, from: number, today: string): Dated => {
  const short = shortEnds.get(wordAt(line, from).folded);
  if (short !== undefined) {
    const endOf = short === "day" ? "day" : "more";
    return dayPiece(endNames.get(short)?.(today, 0), 1, "clause", { takesHour: true, endOf });
  }
  if (matchLength(line, from, [/^(?:close|end)$/, "of", "business"]) > 0) {
    return dayPiece(today, 3, "clause", { endOf: "day" });
  }
  const head =
    matchLength(line, from, ["(the)", "end", "of"]) ||
    matchLength(line, from, ["(the)", "last", "day", "of"]);
  if (head === 0 || isName(wordAt(line, from + head - 2))) return undefined;
  const which = follower(line, from + head - 1);
  const length = head + (/^(?:the|this|next)$/.test(which) ? 1 : 0);
  const end = endNames.get(follower(line, from + length - 1));
  if (end === undefined) return endOfNamed(line, from, length, today);
  const endOf = wordAt(line, from + length).folded === "day" && which !== "next" ? "day" : "more";
  return dayPiece(end(today, which === "next" ? 1 : 0), length + 1, "clause", { endOf });
};
