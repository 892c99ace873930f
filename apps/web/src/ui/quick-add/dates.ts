import {
  addDays,
  calendarDay,
  isDay,
  monthStart,
  nextInMonth,
  nextInYear,
  weekdayOf,
} from "./calendar.ts";
import {
  type DayPiece,
  dayPiece,
  numbered,
  type Place,
  type UnclearPiece,
  unclear,
} from "./pieces.ts";
import { follower, type Line, matchLength, wordAt } from "./words.ts";

/** A day that a calendar names, or words that look like one. */
export type Dated = DayPiece | UnclearPiece | undefined;

const longWeekdays = numbered("monday tuesday wednesday thursday friday saturday sunday");
const shortWeekdays = new Map([
  ...numbered("mon tue wed thu fri sat sun"),
  ["tues", 1],
  ["weds", 2],
  ["thur", 3],
  ["thurs", 3],
]);

/** Short weekdays that are words as well: "sat nav", "sun cream", "mon ami". */
const wordsToo: ReadonlySet<string> = new Set(["mon", "wed", "sat", "sun"]);

const months = new Map([
  ...numbered(
    "january february march april may june july august september october november december",
  ),
  ...numbered("jan feb mar apr may jun jul aug sep oct nov dec"),
  ["sept", 8],
]);

/** Months that alone are words or names as well: "march for climate", "Ask April". */
const ambiguousMonths: ReadonlySet<string> = new Set(
  "march april may june august jan mar apr jun sept sep".split(" "),
);

export const weekdayNamed = (folded: string): number | undefined =>
  longWeekdays.get(folded) ?? shortWeekdays.get(folded);

export const monthNamed = (folded: string): number | undefined => months.get(folded);

const ordinal = /^(\d{1,2})(?:st|nd|rd|th)$/;
const ordinalWords = numbered(
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
  1,
);

export const ordinalDay = (folded: string): number | undefined => {
  const digits = ordinal.exec(folded)?.[1];
  return digits === undefined ? ordinalWords.get(folded) : Number(digits);
};

const dayOfMonth = (folded: string): number | undefined =>
  /^\d{1,2}$/.test(folded) ? Number(folded) : ordinalDay(folded);

const fullYear = (digits: string): number => Number(digits) + (digits.length === 2 ? 2000 : 0);

/** A day in numbers where it can be read in one way alone: "24/11", "12/24", "24.11.2026". */
const numericDate = (line: Line, from: number, today: string): Dated => {
  const { folded } = wordAt(line, from);
  if (isDay(folded)) return dayPiece(folded, 1, "led");
  if (/^\d{4}-\d{2}-\d{2}$/.test(folded)) return unclear(1);
  const [, yearFirst, , inYear, last] = /^(\d{4})([/.])(\d{1,2})\2(\d{1,2})$/.exec(folded) ?? [];
  if (yearFirst !== undefined) {
    return dayPiece(calendarDay(Number(yearFirst), Number(inYear) - 1, Number(last)), 1, "led");
  }
  const shape = /^(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?$/.exec(folded);
  if (!shape || folded === "24/7") return undefined;
  const [, first = "", mark, second = "", year] = shape;
  // "24-26" are pages as often as days, and nobody writes a day as "5-12".
  if (mark === "-" && year === undefined) return undefined;
  const dayOf = (day: number, month: number) =>
    year === undefined
      ? nextInYear(today, month - 1, day)
      : calendarDay(fullYear(year), month - 1, day);
  const [a, b] = [Number(first), Number(second)];
  const readings = new Set([dayOf(a, b), dayOf(b, a)]);
  readings.delete(undefined);
  const [only] = readings;
  // "24.50" is no day, "24.11" a price as well as a day.
  if (year === undefined && mark === ".") return readings.size > 0 ? unclear(1, true) : undefined;
  const isShort = year?.length === 2 && only !== undefined && only < today;
  if (readings.size === 1 && !isShort) return dayPiece(only, 1, "led");
  const isShaped = (a <= 31 && b <= 12) || (a <= 12 && b <= 31);
  return isShaped ? unclear(1, year === undefined) : undefined;
};

/** Reads the year that may follow "24 Nov", and gives the day with it or without. */
const withYear = (
  line: Line,
  from: number,
  length: number,
  today: string,
  [month, day]: readonly [month: number, day: number],
): Dated => {
  const year = follower(line, from + length - 1);
  return /^\d{4}$/.test(year)
    ? dayPiece(calendarDay(Number(year), month, day), length + 1, "led")
    : dayPiece(nextInYear(today, month, day), length, "led");
};

/** A day by its month: "24 Nov", "24th of November 2027", "Nov 24, 2027", "24nov". */
const namedDate = (line: Line, from: number, today: string): Dated => {
  const { folded } = wordAt(line, from);
  const attached = /^(\d{1,2})(?:st|nd|rd|th)?[-./]?([a-z]{3,9})(?:[-./](\d{4}))?$/.exec(folded);
  if (attached) {
    const [, digits = "", name = "", year] = attached;
    const month = months.get(name);
    if (month === undefined) return undefined;
    if (year === undefined) return withYear(line, from, 1, today, [month, Number(digits)]);
    return dayPiece(calendarDay(Number(year), month, Number(digits)), 1, "led");
  }
  const monthFirst = /^([a-z]{3,9})[-./](\d{1,2})(?:st|nd|rd|th)?$/.exec(folded);
  const namedFirst = months.get(monthFirst?.[1] ?? "");
  if (namedFirst !== undefined) {
    return withYear(line, from, 1, today, [namedFirst, Number(monthFirst?.[2])]);
  }
  const article = folded === "the" ? 1 : 0;
  const dayFirst = article ? ordinalDay(follower(line, from)) : dayOfMonth(folded);
  if (dayFirst !== undefined) {
    const of = follower(line, from + article) === "of" ? 1 : 0;
    const month = months.get(follower(line, from + article + of));
    if (month === undefined) return undefined;
    return withYear(line, from, 2 + article + of, today, [month, dayFirst]);
  }
  const month = months.get(folded);
  if (month === undefined) return undefined;
  const the = follower(line, from) === "the" ? 1 : 0;
  const second = follower(line, from + the);
  const day = the ? ordinalDay(second) : dayOfMonth(second);
  return day === undefined ? undefined : withYear(line, from, 2 + the, today, [month, day]);
};

/** Several days in one phrase: "24-26 Nov", "Nov 24-26", "24/25 Nov", "Mon-Fri", "24 to 26 Nov". */
const rangeOfDays = (line: Line, from: number): UnclearPiece | undefined => {
  const { folded } = wordAt(line, from);
  const isMonth = (text: string) => months.has(text);
  const range = /^\d{1,2}(?:st|nd|rd|th)?[-/&+]\d{1,2}(?:st|nd|rd|th)?$/;
  if (range.test(folded) && isMonth(follower(line, from))) return unclear(2);
  if (isMonth(folded) && range.test(follower(line, from))) return unclear(2);
  const [first = "", second, third] = folded.split(/[-/&+]/, 3);
  if (second !== undefined && third === undefined) {
    const isEnd = (text: string) => weekdayNamed(text) !== undefined || text === "";
    if (weekdayNamed(first) !== undefined && isEnd(second)) return unclear(1);
    if (/^\d{1,2}(?:st|nd|rd|th)?$/.test(first) && /^\d{1,2}[a-z]{3,9}$/.test(second)) {
      return isMonth(second.replace(/^\d+/, "")) ? unclear(1) : undefined;
    }
  }
  const joined = matchLength(line, from, [/^\d{1,2}(?:st|nd|rd|th)?$/, /^(?:-|to|and|or|&|\/)$/]);
  if (joined === 0) return undefined;
  const date = namedDate(line, from + joined, "0001-01-01");
  return date && unclear(joined + date.length);
};

/** The next such weekday after today. */
const firstAhead = (today: string, wanted: number): string | undefined =>
  addDays(today, (wanted - weekdayOf(today) + 7) % 7 || 7);

/** The next day of this number, or the one after, if it falls on that weekday. */
const onWeekday = (today: string, day: number, wanted: number): string | undefined =>
  [nextInMonth(today, day), nextInMonth(today, day, 1)].find(
    (found) => found !== undefined && weekdayOf(found) === wanted,
  );

/** A weekday with a date: "Tue 24 Nov", "Fri 20th", "Fri 20". Both must say the same day. */
const datedWeekday = (line: Line, from: number, today: string, wanted: number): Dated => {
  if (follower(line, from) === "") return undefined;
  const date = numericDate(line, from + 1, today) ?? namedDate(line, from + 1, today);
  if (date?.kind === "day" && weekdayOf(date.value) === wanted) {
    return { ...date, length: date.length + 1 };
  }
  if (date) return unclear(date.length + 1);
  const the = follower(line, from) === "the" ? 1 : 0;
  const number = follower(line, from + the);
  const day = the ? ordinalDay(number) : dayOfMonth(number);
  if (day === undefined || day > 31) return undefined;
  const canBeHour = /^\d+$/.test(number) && day <= 12;
  // "Fri 4 pm" and "Fri 4 in the afternoon" are times.
  const behind = follower(line, from + 1);
  if (canBeHour && /^(?:[ap]\.?m|o'?clock|in|sharp)$/.test(behind)) return undefined;
  const next = nextInMonth(today, day);
  const isNext = next !== undefined && weekdayOf(next) === wanted;
  const isOrdinal = !/^\d+$/.test(number);
  // A bare number means the next such day or none, since it can be an hour as well.
  const later = isOrdinal ? onWeekday(today, day, wanted) : undefined;
  const value = isNext ? next : later;
  // "Fri 4" is 4 o'clock on Friday, unless that is the 4th; "Fri 4 at 9" is a date.
  const isDate = value === firstAhead(today, wanted) || /^(?:at|@|by|\d.*)$/.test(behind);
  if (canBeHour && (value === undefined || !isDate)) return undefined;
  return dayPiece(value, 2 + the, "led");
};

/** A weekday, "Tuesday" or "tue": the first one after today. */
export const weekday = (line: Line, from: number, today: string): Dated => {
  const { folded } = wordAt(line, from);
  const wanted = weekdayNamed(folded);
  if (wanted === undefined) return undefined;
  const dated = datedWeekday(line, from, today, wanted);
  if (dated) return dated;
  const place: Place = wordsToo.has(folded) ? "end" : "clause";
  return dayPiece(firstAhead(today, wanted), 1, place, { takesHour: true, weekday: wanted });
};

/** Nouns that make "the 5th" at the beginning of a line a number of something else than a day. */
const counted =
  /^(?:floors?|century|time|try|attempt|grade|street|avenue|edition|anniversary|birthday|row|round|day|week|place|hole|green|of)$/;

/** A day of this month or the next; undefined where the month has no such day, or it is over. */
export const inMonth = (today: string, day: number, which: string): string | undefined => {
  const start = monthStart(today, which === "next" ? 1 : 0);
  const found = start && addDays(start, day - 1);
  return found?.startsWith(start?.slice(0, 8) ?? "") && found >= today ? found : undefined;
};

/** A day by its number: "the 15th" is the next one. "20th" is a day only beside another piece. */
const dayInMonth = (line: Line, from: number, today: string, led: boolean): Dated => {
  const the = wordAt(line, from).folded === "the" ? 1 : 0;
  const word = the ? follower(line, from) : wordAt(line, from).folded;
  const day = ordinalDay(word);
  if (day === undefined || day < 1 || day > 31) return undefined;
  const length = 1 + the;
  const next = follower(line, from + the);
  const ofMonth = matchLength(line, from + length, ["(of)", /^(?:the|this|next)$/, "month"]);
  if (ofMonth > 0) {
    const which = wordAt(line, from + length + ofMonth - 2).folded;
    const value = which === "the" ? nextInMonth(today, day) : inMonth(today, day, which);
    return dayPiece(value, length + ofMonth, "clause");
  }
  if (counted.test(next)) return undefined;
  const inWeek = weekdayNamed(next);
  // "the 1st Monday" is one of five of a month, "the 20th, Friday" a day.
  if (inWeek !== undefined && day <= 5) return unclear(length + 1);
  if (inWeek !== undefined) {
    return dayPiece(onWeekday(today, day, inWeek), length + 1, "led");
  }
  // "the second" is often a rank, "the 2nd" less so.
  const isDay = led || (the > 0 && ordinal.test(word));
  return dayPiece(nextInMonth(today, day), length, isDay ? "clause" : "beside");
};

/** A month without a day: "December", "in Nov 2027". */
const monthAlone = (line: Line, from: number): UnclearPiece | undefined => {
  const before = wordAt(line, from - 1).folded;
  const { folded } = wordAt(line, from);
  if (months.has(folded.replace(/^(?:mid|early|late)-/, "")) && !months.has(folded)) {
    return unclear(1, true);
  }
  if (!months.has(folded)) return undefined;
  const isCertain = /^(?:in|of|mid|early|late|next|this|end)$/.test(before);
  const year = /^\d{4}$/.test(follower(line, from)) ? 1 : 0;
  const isWord = ambiguousMonths.has(folded) && !isCertain && year === 0;
  return isWord ? undefined : unclear(1 + year, true);
};

/** A day that a calendar names: in numbers, by its month, by its weekday, by its number alone. */
export const calendarDate = (line: Line, from: number, today: string, led: boolean): Dated =>
  rangeOfDays(line, from) ??
  numericDate(line, from, today) ??
  namedDate(line, from, today) ??
  weekday(line, from, today) ??
  dayInMonth(line, from, today, led) ??
  monthAlone(line, from);
