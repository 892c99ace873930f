import { addDays, inDigits } from "./calendar.ts";
import { defaultOf, minuteIn, wakingMinute } from "./clock.ts";
import type { Clock, Now, PartOfDay } from "./pieces.ts";
import type { Phrase } from "./when.ts";

/** The day and the time of a task; the time in minutes of the day. */
export type Settled = { readonly day: string; readonly minute: number };

/** The minute of a clock time near a part of the day, which counts only from 5 to midnight. */
const hintedMinute = (clock: Clock, hint: PartOfDay | undefined): number => {
  const minute = hint && clock.bare ? minuteIn(clock, hint) : undefined;
  const isUsual = minute !== undefined && minute >= 300 && minute < 1440;
  return isUsual ? minute : wakingMinute(clock);
};

/**
 * The day and the minute of a time, with the date that the line names or without. A time without a
 * day is the next such one; a time of a night after midnight is of the following day.
 */
export const settleTime = (
  time: Phrase,
  date: Phrase | undefined,
  now: Now,
  hint?: PartOfDay,
): Settled => {
  const part = time.part ?? date?.part;
  const inPart = time.clock && part ? minuteIn(time.clock, part) : undefined;
  const said = time.clock
    ? (inPart ?? hintedMinute(time.clock, hint))
    : defaultOf(part ?? "morning");
  const minute = said % 1440;
  const named = date?.day ?? time.day;
  if (named === undefined) {
    const day = minute < now.minute ? addDays(now.day, 1) : now.day;
    return { day: day ?? now.day, minute };
  }
  const isThisNight = named === now.day && now.minute < 300 && minute >= now.minute;
  const isAfterMidnight = said >= 1440 && !isThisNight;
  return { day: (isAfterMidnight ? addDays(named, 1) : named) ?? named, minute };
};

export const clockText = (minute: number): string =>
  `${inDigits(Math.floor(minute / 60), 2)}:${inDigits(minute % 60, 2)}`;
