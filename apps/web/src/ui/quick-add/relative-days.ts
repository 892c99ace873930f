import { readAmount } from "./amounts.ts";
import { inWeek, mondayOf, monthStart } from "./calendar.ts";
import { type Dated, inMonth, ordinalDay, weekday, weekdayNamed } from "./dates.ts";
import { yearsAhead } from "./ends.ts";
import { dayPiece, partOf, unclear } from "./pieces.ts";
import { follower, isName, type Line, matchLength, wordAt } from "./words.ts";

/** The Saturday of a week; on a weekend, today. */
const weekend = (today: string, weeks: number): string | undefined => {
  const saturday = inWeek(today, weeks, 5);
  return saturday ?? today;
};

/** A part of today: "this evening", "this afternoon". */
const partOfToday = (line: Line, from: number, today: string): Dated => {
  const part = partOf(follower(line, from));
  if (part === undefined || isName(wordAt(line, from + 1))) return undefined;
  return dayPiece(today, 2, "clause", { part, takesHour: true });
};

/** A day by "next" or "this": "next week" is its Monday, "next Friday" the Friday of that week. */
export const nextOrThis = (line: Line, from: number, today: string): Dated => {
  const isNext = wordAt(line, from).folded === "next";
  const second = follower(line, from);
  const weeks = isNext ? 1 : 0;
  if (second === "weekend") return dayPiece(weekend(today, weeks), 2, "clause");
  if (second === "week") {
    const on = follower(line, from + 1) === "on" ? 1 : 0;
    const wanted = weekdayNamed(follower(line, from + 1 + on));
    if (wanted !== undefined) {
      return dayPiece(inWeek(today, weeks, wanted), 3 + on, "clause", { takesHour: true });
    }
    return isNext ? dayPiece(mondayOf(today, 1), 2, "clause") : unclear(2, true);
  }
  if (
    second === "month" &&
    matchLength(line, from + 2, ["(on)", "(the)", /^\d+(?:st|nd|rd|th)$/]) > 0
  ) {
    const length = matchLength(line, from + 2, ["(on)", "(the)", /^\d/]);
    const day = ordinalDay(wordAt(line, from + 1 + length).folded) ?? 0;
    return dayPiece(inMonth(today, day, isNext ? "next" : "this"), 2 + length, "clause");
  }
  if (second === "month")
    return isNext ? dayPiece(monthStart(today, 1), 2, "clause") : unclear(2, true);
  if (second === "year") {
    return isNext ? dayPiece(yearsAhead(today, 1, "01-01"), 2, "clause") : unclear(2, true);
  }
  const wanted = weekdayNamed(second);
  if (wanted === undefined) {
    if (!isNext) return partOfToday(line, from, today);
    const isVague =
      /^(?:day|few|couple|quarter|term|spring|summer|autumn|fall|winter|weekday|time)$/;
    return isVague.test(second) || readAmount(line, from + 1) ? unclear(2, true) : undefined;
  }
  const dated = weekday(line, from + 1, today);
  // "this Friday 20 Nov": the date says which one.
  if (dated?.kind !== "day" || dated.weekday === undefined) {
    return dated && { ...dated, length: dated.length + 1 };
  }
  const value = isNext ? inWeek(today, 1, wanted) : dated.value;
  return dayPiece(value, 2, "clause", { takesHour: true });
};

/** The first such day ahead: "coming Friday", "this coming Friday", "the coming weekend". */
export const coming = (line: Line, from: number, today: string): Dated => {
  const length = matchLength(line, from, ["(this)", "(the)", /^(?:up)?coming$/]);
  if (length === 0) return undefined;
  const next = follower(line, from + length - 1);
  if (next === "weekend") return dayPiece(weekend(today, 0), length + 1, "clause");
  if (next === "week") return dayPiece(mondayOf(today, 1), length + 1, "clause");
  const found = weekday(line, from + length, today);
  return found?.kind === "day"
    ? { ...found, length: length + found.length, place: "clause" }
    : undefined;
};

/** The weekend without "this" or "next": "the weekend", "over the weekend". */
export const theWeekend = (line: Line, from: number, today: string): Dated => {
  const length = matchLength(line, from, ["(over)", "the", "weekend"]);
  return length > 0 ? dayPiece(weekend(today, 0), length, "clause") : undefined;
};
