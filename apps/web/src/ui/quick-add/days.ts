import { addDays, inWeek } from "./calendar.ts";
import { calendarDate, weekday } from "./dates.ts";
import { dayBeside, distance, fromBase } from "./distances.ts";
import { endOf, shortEnds } from "./ends.ts";
import { nearDay } from "./near-days.ts";
import {
  type DayPiece,
  dayPiece,
  type Now,
  type Span,
  type UnclearPiece,
  unclear,
} from "./pieces.ts";
import { coming, nextOrThis, theWeekend } from "./relative-days.ts";
import { unreadDay } from "./unread-days.ts";
import { follower, type Line, matchLength, wordAt } from "./words.ts";

/** A day with what extends it: "Friday week", "Friday next week", "Friday EOD". */
const withTail = (
  line: Line,
  from: number,
  today: string,
  day: DayPiece,
): DayPiece | UnclearPiece => {
  const last = from + day.length - 1;
  const next = follower(line, last);
  if (next === "" || wordAt(line, last).suffix === ".") return day;
  const tail = (value: string | undefined, length: number, more = {}) =>
    dayPiece(value, day.length + length, day.place, { takesHour: true, ...more });
  if (day.weekday !== undefined) {
    if (next === "week") return tail(addDays(day.value, 7), 1);
    if (next === "fortnight") return tail(addDays(day.value, 14), 1);
    if (next === "coming") return tail(day.value, 1);
    const ofWeek = matchLength(line, last + 1, ["(of)", /^(?:this|next)$/, "week"]);
    if (ofWeek > 0) {
      const weeks = wordAt(line, last + ofWeek - 1).folded === "next" ? 1 : 0;
      return tail(inWeek(today, weeks, day.weekday), ofWeek);
    }
    if (matchLength(line, last + 1, ["after", "next"]) > 0) return unclear(day.length + 2);
    if (matchLength(line, last + 1, [/^(?:of|in)$/, /./]) > 0) {
      const month = calendarDate(line, last + 2, today, false);
      if (month?.kind === "unclear") return unclear(day.length + 1 + month.length);
    }
  }
  if (day.place === "anywhere" && next === "week") return tail(addDays(day.value, 7), 1);
  if (shortEnds.has(next)) return tail(day.value, 1);
  const end = matchLength(line, last + 1, ["(at)", "(the)", "(very)", "latest"]);
  if (end > 0) return tail(day.value, end);
  if (matchLength(line, last + 1, ["at", "the", "earliest"]) > 0) return unclear(day.length + 3);
  if (next === "earliest") return unclear(day.length + 1);
  const isOpen = matchLength(line, last + 1, [
    "or",
    /^(?:so|later|earlier|sooner|before|after|the)$/,
  ]);
  return isOpen > 0 ? unclear(day.length + isOpen) : day;
};

const headOfDay = (line: Line, from: number, now: Now, led: boolean): Span => {
  const { folded } = wordAt(line, from);
  const today = now.day;
  const composed =
    folded === "in" || folded === "within"
      ? distance(line, from, now)
      : (fromBase(line, from, now) ?? dayBeside(line, from, today));
  if (folded === "within") return composed && unclear(composed.length, true);
  if (composed) return composed;
  const relative =
    coming(line, from, today) ?? endOf(line, from, today) ?? theWeekend(line, from, today);
  if (relative) return relative;
  if (folded === "next" || folded === "this") return nextOrThis(line, from, today);
  return (
    nearDay(line, from, today) ?? unreadDay(line, from) ?? calendarDate(line, from, today, led)
  );
};

/** The longest day in words that begins at a word; one that is not certain is unclear. */
export const readDay = (line: Line, from: number, now: Now, led: boolean): Span => {
  const head = headOfDay(line, from, now, led);
  if (head?.kind !== "day") return head;
  // "EOD Friday", "end of the day tomorrow": the end of that day.
  const after = from + head.length;
  if (head.endOf === "day" && follower(line, after - 1) !== "") {
    const day = nearDay(line, after, now.day) ?? weekday(line, after, now.day);
    if (day?.kind === "day") {
      return { ...day, length: head.length + day.length, place: "clause", endOf: "day" };
    }
  }
  return withTail(line, from, now.day, head);
};
