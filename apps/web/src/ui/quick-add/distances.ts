import { type Amount, readAmount } from "./amounts.ts";
import { addDays, addMonths, inWeek, mondayOf } from "./calendar.ts";
import { calendarDate, type Dated } from "./dates.ts";
import { nearDay } from "./near-days.ts";
import {
  dayPiece,
  type MomentPiece,
  type Now,
  type Span,
  type UnclearPiece,
  unclear,
} from "./pieces.ts";
import { follower, isName, type Line, matchLength, wordAt } from "./words.ts";

/** The day an amount away; undefined outside the calendar, and for hours and minutes. */
const ahead = (day: string, { count, unit }: Amount, sign = 1): string | undefined => {
  const steps = sign * count;
  if (unit === "month") return addMonths(day, steps);
  if (unit === "year") return addMonths(day, 12 * steps);
  const days = { day: 1, week: 7, fortnight: 14, hour: 0, minute: 0 }[unit];
  return days === 0 ? undefined : addDays(day, days * steps);
};

const isShort = ({ unit }: Amount): boolean => unit === "hour" || unit === "minute";

const minutesOf = ({ count, unit }: Amount): number => count * (unit === "hour" ? 60 : 1);

const moment = (now: Now, minutes: number, length: number): MomentPiece | UnclearPiece => {
  const total = now.minute + minutes;
  const value = addDays(now.day, Math.floor(total / 1440));
  return value === undefined
    ? unclear(length)
    : { kind: "moment", value, minute: total % 1440, length, place: "anywhere" };
};

/** Whether a number before makes the amount a pace, not a date: "Run 5 km in 30 minutes". */
const isPace = (line: Line, from: number): boolean =>
  [1, 2].some((back) => from >= back && /^\d/.test(wordAt(line, from - back).folded));

/** One amount, or two that are added: "1 week and 2 days", "1h 30m", "an hour and a half". */
const amounts = (line: Line, from: number): { list: Amount[]; length: number } | undefined => {
  const first = readAmount(line, from);
  if (!first || isName(wordAt(line, from + first.length - 1))) return undefined;
  const half = matchLength(line, from + first.length, ["and", "a", "half"]);
  if (half > 0 && first.unit === "hour") {
    const extra: Amount = { count: 30, unit: "minute", length: half };
    return { list: [first, extra], length: first.length + half };
  }
  if (half > 0) return undefined;
  const and = matchLength(line, from + first.length, ["and"]);
  const isOpen = follower(line, from + first.length - 1) !== "";
  const second = isOpen
    ? readAmount(line, from + first.length + and, first.unit === "hour")
    : undefined;
  if (!second) return { list: [first], length: first.length };
  return { list: [first, second], length: first.length + and + second.length };
};

/** The day that an amount is counted from: "from now", "from tomorrow", "on Friday". */
const baseDay = (line: Line, from: number, today: string): Dated =>
  matchLength(line, from, ["now"]) > 0
    ? dayPiece(today, 1, "anywhere")
    : (nearDay(line, from, today) ?? calendarDate(line, from, today, true));

const unitName = /^(?:min|minute|hour|hr|day|week|wk|fortnight|month|year)s?$/;

/** The length of an amount that is not exact: "a few days", "2-3 weeks", "2 or 3 days". */
const vagueLength = (line: Line, from: number): number => {
  const count = /^(?:few|couple|several|some|\d{1,3}-\d{1,3}|half|\d+\.\d+)$/;
  const number = /^(?:\d+|one|two|three|four|five|six)$/;
  return (
    matchLength(line, from, ["(a)", count, "(of)", "(a)", unitName]) ||
    matchLength(line, from, [number, /^(?:or|to|-)$/, number, unitName]) ||
    matchLength(line, from, [number, /^(?:working|business|school|trading)$/, unitName]) ||
    matchLength(line, from, [number, /^(?:night|weekend|weekday|workday|quarter|decade)s?$/])
  );
};

const inMinutes = (list: readonly Amount[]): number =>
  list.reduce((sum, one) => sum + minutesOf(one), 0);

const inDays = (start: string, list: readonly Amount[], sign = 1): string | undefined =>
  list.reduce<string | undefined>((day, one) => day && ahead(day, one, sign), start);

/** The length of a vague end of an amount: "in 2 weeks or so", "in 1 week and a bit". */
const openEnd = (line: Line, from: number): number =>
  matchLength(line, from, [/^(?:or|to|-)$/, /^(?:\d.*|a|so|more|less)$/]) ||
  matchLength(line, from, ["and", /^(?:a|some)$/, /^(?:bit|half|few|couple|more)$/]);

/** An amount from now: "in 3 days", "in 1 week and 2 days", "in an hour". */
export const distance = (line: Line, from: number, now: Now): Span => {
  const said = amounts(line, from + 1);
  if (!said) {
    const length = vagueLength(line, from + 1);
    return length > 0 ? unclear(1 + length) : undefined;
  }
  const { list } = said;
  const end = from + 1 + said.length;
  const isOpen = follower(line, end - 1) !== "";
  const time =
    matchLength(line, end, ["time"]) || matchLength(line, end, ["from", /^(?:now|today)$/]);
  const length = 1 + said.length + (isOpen ? time : 0);
  const more = isOpen ? openEnd(line, from + length) : 0;
  if (more > 0) return unclear(length + more);
  if (list.every(isShort)) {
    return isPace(line, from) ? undefined : moment(now, inMinutes(list), length);
  }
  if (list.some(isShort)) return unclear(length);
  const word = follower(line, from + length - 1);
  const isFrom = word === "from" || word === "after";
  const base = isFrom || word === "on" ? baseDay(line, from + length + 1, now.day) : undefined;
  const value = inDays(isFrom && base?.kind === "day" ? base.value : now.day, list);
  if (!base) return dayPiece(value, length, "anywhere");
  const whole = length + 1 + base.length;
  if (base.kind !== "day" || value === undefined) return unclear(whole);
  if (isFrom) return dayPiece(value, whole, "anywhere");
  // "in 2 weeks on Monday" can be of that week or a week later.
  const ofWeek = base.weekday === undefined ? undefined : inWeek(value, 0, base.weekday);
  return dayPiece(ofWeek, whole, "anywhere");
};

/** An amount from another day: "a week on Friday", "2 weeks tomorrow", "two days before Friday". */
export const fromBase = (line: Line, from: number, now: Now): Span => {
  const said = amounts(line, from);
  const [amount, second] = said?.list ?? [];
  if (!said || !amount) return undefined;
  const next = follower(line, from + said.length - 1);
  if (/^(?:ago|later|earlier)$/.test(next)) return unclear(said.length + 1, true);
  const isDirected = /^(?:from|after|before)$/.test(next);
  const isWeeks = /^(?:week|fortnight)$/.test(amount.unit) && !second;
  const word = isDirected || (isWeeks && next === "on") ? 1 : 0;
  if (next === "" || (word === 0 && !isWeeks)) return undefined;
  const at = from + said.length + word;
  const base = baseDay(line, at, now.day);
  if (!base || (base.kind === "day" && base.place === "beside")) return undefined;
  const length = said.length + word + base.length;
  if (base.kind !== "day") return unclear(length);
  if (said.list.some(isShort)) {
    const isNow = next === "from" && wordAt(line, at).folded === "now";
    return isNow && said.list.every(isShort)
      ? moment(now, inMinutes(said.list), length)
      : unclear(length);
  }
  return dayPiece(inDays(base.value, said.list, next === "before" ? -1 : 1), length, "anywhere");
};

/** A day beside another: "the day after tomorrow", "day before Friday", "the week after next". */
export const dayBeside = (line: Line, from: number, today: string): Dated => {
  const head = matchLength(line, from, [
    "(the)",
    /^(?:day|week|weekend|month|night|evening|morning)$/,
    /^(?:after|before)$/,
  ]);
  if (head === 0) return undefined;
  const unit = wordAt(line, from + head - 2);
  const side = wordAt(line, from + head - 1);
  if (isName(unit) || isName(side)) return undefined;
  if (
    unit.folded === "week" &&
    side.folded === "after" &&
    follower(line, from + head - 1) === "next"
  ) {
    return dayPiece(mondayOf(today, 2), head + 1, "clause");
  }
  const base = baseDay(line, from + head, today);
  if (!base) return undefined;
  const length = head + base.length;
  if (base.kind !== "day" || unit.folded !== "day") return unclear(length);
  return dayPiece(addDays(base.value, side.folded === "after" ? 1 : -1), length, "clause");
};
