/** Days are text, YYYY-MM-DD. A date alone is read as UTC, which has no summer time and skips no day. */

const dayLengthMs = 86_400_000;

export const inDigits = (number: number, length: number): string =>
  String(number).padStart(length, "0");

const instantOf = (day: string): number => Date.parse(day);

/** The weekday of a day; 0 is Monday. */
export const weekdayOf = (day: string): number => (new Date(instantOf(day)).getUTCDay() + 6) % 7;

/** The day, or undefined where the calendar has no such day. Months count from 0. */
export const calendarDay = (year: number, month: number, day: number): string | undefined => {
  const text = `${inDigits(year, 4)}-${inDigits(month + 1, 2)}-${inDigits(day, 2)}`;
  const instant = year < 1 || year > 9999 ? Number.NaN : instantOf(text);
  const real = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
  return real ? text : undefined;
};

export const partsOf = (day: string): [year: number, month: number, day: number] => [
  Number(day.slice(0, 4)),
  Number(day.slice(5, 7)) - 1,
  Number(day.slice(8)),
];

/** Whether a text is a day from 0001-01-01 to 9999-12-31. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && calendarDay(...partsOf(text)) === text;

/** The day so many days away; undefined outside the years 1 to 9999. */
export const addDays = (day: string, count: number): string | undefined => {
  const text = new Date(instantOf(day) + count * dayLengthMs).toISOString();
  // A year outside of 0 to 9999 is written with a sign.
  return /^[+-]|^0000/.test(text) ? undefined : text.slice(0, 10);
};

/** The same day of a later month, or its last one where it is shorter. */
export const addMonths = (from: string, count: number): string | undefined => {
  const [year, month, day] = partsOf(from);
  const target = month + count;
  for (const inMonth of [day, 30, 29, 28]) {
    if (inMonth > day) continue;
    const found = calendarDay(year + Math.floor(target / 12), target % 12, inMonth);
    if (found) return found;
  }
  return undefined;
};

/** The first day of the month that is `count` months after the one of `day`. */
export const monthStart = (day: string, count: number): string | undefined =>
  addMonths(`${day.slice(0, 8)}01`, count);

export const monthEnd = (day: string, count: number): string | undefined => {
  const next = monthStart(day, count + 1);
  return next === undefined ? `${day.slice(0, 4)}-12-31` : addDays(next, -1);
};

/** The first such day of a month from today on. 29 February may be eight years away. */
export const nextInYear = (today: string, month: number, day: number): string | undefined => {
  const [thisYear] = partsOf(today);
  for (let year = thisYear; year <= thisYear + 8; year++) {
    const found = calendarDay(year, month, day);
    if (found && found >= today) return found;
  }
  return undefined;
};

/** The first day of this number from today on, after `skipped` others. */
export const nextInMonth = (today: string, day: number, skipped = 0): string | undefined => {
  const [year, month] = partsOf(today);
  let left = skipped;
  for (let ahead = month; ahead <= month + 4; ahead++) {
    const found = calendarDay(year + Math.floor(ahead / 12), ahead % 12, day);
    if (found && found >= today && left-- === 0) return found;
  }
  return undefined;
};

export const mondayOf = (today: string, weeks: number): string | undefined =>
  addDays(today, 7 * weeks - weekdayOf(today));

/** A weekday of the week that is `weeks` ahead; undefined where it is over. */
export const inWeek = (today: string, weeks: number, wanted: number): string | undefined => {
  const found = addDays(today, 7 * weeks - weekdayOf(today) + wanted);
  return found !== undefined && found >= today ? found : undefined;
};
