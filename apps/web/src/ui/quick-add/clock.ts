import {
  type Clock,
  type ClockPiece,
  hourWord,
  numberOf,
  type PartOfDay,
  type PartPiece,
  type Place,
  partOf,
  type UnclearPiece,
  unclearTime,
} from "./pieces.ts";
import { follower, isName, type Line, matchLength, wordAt } from "./words.ts";

const noon = 720;
const dayMinutes = 1440;

/** The minute that a part of the day means where no clock time is given. */
const partDefaults: Readonly<Record<PartOfDay, number>> = {
  morning: 9 * 60,
  afternoon: 14 * 60,
  evening: 18 * 60,
  night: 21 * 60,
};

/** The span of each part of the day, in minutes of its day. Night goes on until 5. */
const windows: Readonly<Record<PartOfDay, readonly [from: number, to: number]>> = {
  morning: [0, noon],
  afternoon: [noon, 19 * 60],
  evening: [15 * 60, dayMinutes],
  night: [17 * 60, 29 * 60],
};

export const defaultOf = (part: PartOfDay): number => partDefaults[part];

/**
 * The minute that a clock time means in a part of the day, 1440 and more for the day after;
 * undefined where they contradict each other.
 */
export const minuteIn = ({ minute, bare }: Clock, part: PartOfDay): number | undefined => {
  const [from, to] = windows[part];
  const readings = bare
    ? [minute % noon, (minute % noon) + noon, (minute % noon) + dayMinutes]
    : [minute, minute + dayMinutes];
  return readings.find((reading) => reading >= from && reading < to);
};

/** An hour that says neither am nor pm is between 7 in the morning and 7 in the evening. */
export const wakingMinute = ({ minute, bare }: Clock): number =>
  bare && minute >= 60 && minute < 7 * 60 ? minute + noon : minute;

type Read = ClockPiece | UnclearPiece | undefined;

const exact = (minute: number, length: number, place: Place = "led"): ClockPiece => ({
  kind: "clock",
  clock: { minute, bare: false },
  length,
  place,
});

const bare = (minute: number, length: number, place: Place): ClockPiece => ({
  kind: "clock",
  clock: { minute, bare: true },
  length,
  place,
});

const at12 = (hours: number, minutes: number, half: string): number | undefined =>
  hours >= 1 && hours <= 12 && minutes < 60
    ? ((hours % 12) + (half.startsWith("p") ? 12 : 0)) * 60 + minutes
    : undefined;

/** A time in digits without am or pm: "9:30" can be either, "09:30" and "21:30" are of 24 hours. */
const at24 = (digits: string, minutes: number, length: number, place: Place): Read => {
  const hours = Number(digits);
  if (hours > 23 || minutes > 59) return undefined;
  const minute = hours * 60 + minutes;
  const isBare = hours >= 1 && hours <= 12 && !digits.startsWith("0");
  return isBare ? bare(minute, length, place) : exact(minute, length, place);
};

/** A time in digits: "9am", "9:30 pm", "21:00"; after "at" or a day also "9", "1430", "9p". */
const inDigits = (line: Line, from: number, isLed: boolean, afterDay: boolean): Read => {
  const typed = wordAt(line, from).folded;
  const isAt = isLed || typed.startsWith("@");
  const folded = typed.replace(/^@/, "");
  const four = /^([01]\d|2[0-3])([0-5]\d)$/.exec(folded);
  if (four && (isAt || afterDay)) {
    const place = isAt ? "led" : "end";
    return exact(Number(four[1]) * 60 + Number(four[2]), 1, place);
  }
  const shape = /^(\d{1,2})(?:([:.])(\d{2}))?(?:([ap])(\.?m)?)?$/.exec(folded);
  if (!shape) return undefined;
  const [, digits = "", mark, minuteDigits = "0", letter, m] = shape;
  const minutes = Number(minuteDigits);
  const attached = letter && m ? letter : undefined;
  const half = attached ?? (letter ? undefined : /^[ap](?=\.?m$)/.exec(follower(line, from))?.[0]);
  if (half) {
    const minute = at12(Number(digits), minutes, half);
    return minute === undefined ? unclearTime(attached ? 1 : 2) : exact(minute, attached ? 1 : 2);
  }
  if (letter) {
    const minute = at12(Number(digits), minutes, letter);
    return minute === undefined ? undefined : { ...exact(minute, 1), weak: true };
  }
  if (mark === ":") return at24(digits, minutes, 1, "led") ?? unclearTime(1);
  if (mark) return isAt ? at24(digits, minutes, 1, "led") : undefined;
  const hour = isAt || (afterDay && hourWord(folded) !== undefined);
  return hour ? at24(digits, 0, 1, "clause") : undefined;
};

const past: ReadonlySet<string> = new Set(["past", "after"]);

/** A time relative to an hour: "half past nine", "quarter to six", "ten past 4". */
const spoken = (line: Line, from: number): Read => {
  const article = matchLength(line, from, ["a", "quarter"]) > 0 ? 1 : 0;
  const first = wordAt(line, from + article).folded;
  const next = follower(line, from + article);
  const count = first === "half" ? 30 : first === "quarter" ? 15 : numberOf(first);
  if (count === undefined || count < 1 || count > 30) return undefined;
  // "half nine" is 9:30 to some and 8:30 to others.
  if (first === "half" && hourWord(next) !== undefined) return unclearTime(2);
  const unit = /^minutes?$/.test(next) ? 1 : 0;
  const side = unit ? follower(line, from + article + 1) : next;
  const isPast = side === "past" || (past.has(side) && first === "quarter");
  const isTo = side === "to" && (first !== "half" || unit === 1);
  if (!isPast && !isTo) return undefined;
  const at = from + article + unit + 2;
  const [, named = "", attached] = /^(.+?)([ap]\.?m)?$/.exec(follower(line, at - 1)) ?? [];
  const hour = /^(?:noon|midday)$/.test(named) ? 12 : hourWord(named);
  // "10 to 4" can be a range or a score; in words it is a time.
  if (hour === undefined || (isTo && /^\d/.test(first) && unit === 0)) return undefined;
  const spaced = /^[ap]\.?m$/.exec(follower(line, at))?.[0];
  const half = attached ?? spaced;
  const length = article + unit + 3 + (spaced && !attached ? 1 : 0);
  const offset = isPast ? count : -count;
  if (half || hour !== hourWord(named)) {
    const minute = at12(hour, 0, half ?? "p") ?? 0;
    return exact((minute + offset + dayMinutes) % dayMinutes, length);
  }
  const waking = hour < 7 ? hour + 12 : hour;
  const minute = waking * 60 + offset;
  return minute > noon + 59
    ? bare(minute - noon, length, "clause")
    : bare(minute, length, "clause");
};

/** A time in words: "nine o'clock"; after "at" also "nine" and "nine thirty". */
const inWords = (line: Line, from: number, isAt: boolean, afterDay: boolean): Read => {
  const { folded } = wordAt(line, from);
  const hour = hourWord(folded);
  if (hour === undefined) return undefined;
  if (/^o'?clock$/.test(follower(line, from))) return bare(hour * 60, 2, "led");
  if (!(isAt || afterDay) || /^\d/.test(folded)) return undefined;
  const minutes = /^(?:fifteen|thirty|forty-five)$/.test(follower(line, from));
  const extra = minutes ? (numberOf(follower(line, from)) ?? 0) : 0;
  return bare(hour * 60 + extra, minutes ? 2 : 1, "clause");
};

/** A time by its name: "noon", "12 noon", "midnight". */
const byName = (line: Line, from: number): Read => {
  const twelve = wordAt(line, from).folded === "12" ? 1 : 0;
  const name = twelve ? follower(line, from) : wordAt(line, from).folded;
  if (isName(wordAt(line, from + twelve)) || wordAt(line, from - 1).folded === "high") {
    return undefined;
  }
  const length = 1 + twelve;
  if (name === "noon" || name === "midday") {
    return { ...exact(noon, length, "clause"), weak: twelve === 0 };
  }
  if (name !== "midnight") return undefined;
  return { kind: "clock", clock: "midnight", length, place: "clause" };
};

/** Texts that resemble a time and are none to read: "9-10am", "9am-5pm", "15:00Z", "24:00". */
const timeLike =
  /^\d{1,2}(?:[:.]\d{2})?(?:[ap]\.?m)?-\d{1,2}(?:[:.]\d{2})?[ap]\.?m$|^\d{1,2}(?::\d{2})(?:[ap]\.?m)?(?:[-+z].*|:\d{2}.*)$|^\d{1,2}(?::\d{2})?[ap]m-.*$/;

const zone =
  /^\(?(?:utc|gmt|zulu|[ecmp][sd]t|akst|hst|cest|cet|west|wet|eest|eet|bst|ist|jst|kst|sgt|hkt|msk|ae[sd]t|aw[sd]t|nz[sd]t|sast|brt)(?:[+-]\d.*)?\)?$/;

/** The length of a zone behind a time: "UTC", "ET", "Berlin time". It makes the time unclear. */
const zoneLength = (line: Line, last: number): number => {
  const next = follower(line, last);
  if (next === "") return 0;
  if (zone.test(next) || /^[a-z_]+\/[a-z_]+$/.test(next)) return 1;
  if (/^(?:ET|CT|MT|PT|Z)$/.test(wordAt(line, last + 1).core)) return 1;
  if (follower(line, last + 1) !== "time") return 0;
  return isName(wordAt(line, last + 1)) || /^(?:local|my|your|their)$/.test(next) ? 2 : 0;
};

/** The longest clock time that begins at a word. */
export const readClock = (line: Line, from: number, isAt: boolean, afterDay: boolean): Read => {
  const found =
    byName(line, from) ??
    spoken(line, from) ??
    inWords(line, from, isAt, afterDay) ??
    inDigits(line, from, isAt, afterDay);
  if (!found) return timeLike.test(wordAt(line, from).folded) ? unclearTime(1) : undefined;
  if (found.kind === "unclear") return found;
  const last = from + found.length - 1;
  const zoned = zoneLength(line, last);
  if (zoned > 0) return unclearTime(found.length + zoned);
  const to = matchLength(line, last + 1, [/^(?:-|to|till|until|or)$/, /^\d/]);
  if (to > 0 && follower(line, last) !== "") return unclearTime(found.length + to);
  const sharp = matchLength(line, last + 1, [/^(?:sharp|latest|o'?clock)$/]);
  const latest = sharp || matchLength(line, last + 1, ["at", "the", "(very)", "latest"]);
  return follower(line, last) === "" ? found : { ...found, length: found.length + latest };
};

/** A part of the day: "morning", "in the evening", "at night"; after a day also "Fri pm". */
export const readPart = (line: Line, from: number, afterDay = false): PartPiece | undefined => {
  const half = /^[ap]m$/.exec(wordAt(line, from).folded)?.[0];
  if (half && afterDay) {
    return { kind: "part", part: half === "am" ? "morning" : "afternoon", length: 1, place: "end" };
  }
  const before = matchLength(line, from, ["in", "the"]) || matchLength(line, from, ["at"]);
  const named = before ? follower(line, from + before - 1) : wordAt(line, from).folded;
  const part = isName(wordAt(line, from + before)) ? undefined : partOf(named);
  if (part === undefined || (wordAt(line, from).folded === "at" && part !== "night")) {
    return undefined;
  }
  return { kind: "part", part, length: before + 1, place: "clause" };
};
