/** A word of a line: what stands between spaces. Quoted text is one word that means only itself. */
export type Word = {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** Without the punctuation that ends it; "" where it is quoted. */
  readonly core: string;
  readonly folded: string;
  /** That punctuation. */
  readonly suffix: string;
};

/**
 * Where words that can mean a day or a time do mean it, from the strictest on: at the end of what is
 * said ("sat"), before a new clause too ("Friday with Ann"), after a preposition ("at 9am"), anywhere.
 */
export type Place = "end" | "clause" | "led" | "anywhere";

/** Words that can mean a day or a time, and how many they are. */
export type When = {
  readonly kind: "date" | "time";
  /** YYYY-MM-DD, or HH:MM. */
  readonly value: string;
  readonly place: Place;
  /** Whether a preposition leads into it, which then is its first word. */
  readonly led: boolean;
  readonly length: number;
};

type Phrase = Omit<When, "kind" | "led">;

const numbered = (names: string): Map<string, number> =>
  new Map(names.split(" ").map((name, index) => [name, index]));

const weekdays = numbered("monday tuesday wednesday thursday friday saturday sunday");
const shortWeekdays = new Map([
  ...numbered("mon tue wed thu fri sat sun"),
  ["tues", 1],
  ["thurs", 3],
]);
const months = new Map([
  ...numbered(
    "january february march april may june july august september october november december",
  ),
  ...numbered("jan feb mar apr may jun jul aug sep oct nov dec"),
  ["sept", 8],
]);
const nearDays = new Map([
  ["today", 0],
  ["tod", 0],
  ["tonight", 0],
  ["tomorrow", 1],
  ["tmrw", 1],
  ["tmr", 1],
]);
const partsOfDay = new Map([
  ["morning", "09:00"],
  ["noon", "12:00"],
  ["afternoon", "14:00"],
  ["evening", "18:00"],
  ["night", "21:00"],
]);

const leads: ReadonlySet<string> = new Set(["on", "by", "at", "@", "due"]);

const isAt = (lead: string): boolean => lead === "at" || lead === "@";

const nothing: Word = { start: 0, end: 0, quoted: false, core: "", folded: "", suffix: "" };

const wordAt = (words: readonly Word[], index: number): Word => words[index] ?? nothing;

/** A word as names are written: "Live", but neither "live" nor "LIVE". */
export const isName = ({ core }: Word): boolean => /^\p{Lu}\p{Ll}/u.test(core);

/** The folded word after this one, where both can belong to one phrase. */
const follower = (words: readonly Word[], index: number): string =>
  /^[,.]?$/.test(wordAt(words, index).suffix) ? wordAt(words, index + 1).folded : "";

const inDigits = (number: number, length: number): string => String(number).padStart(length, "0");

/** A date alone is read as UTC, and UTC has no summer time: no zone of a machine comes in. */
const instantOf = (day: string): number => Date.parse(day);

const weekdayOf = (day: string): number => (new Date(instantOf(day)).getUTCDay() + 6) % 7;

/** The day as YYYY-MM-DD, or undefined where the calendar has no such day. Months count from 0. */
const calendarDay = (year: number, month: number, day: number): string | undefined => {
  const text = `${inDigits(year, 4)}-${inDigits(month + 1, 2)}-${inDigits(day, 2)}`;
  const instant = year < 1 || year > 9999 ? Number.NaN : instantOf(text);
  const real = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
  return real ? text : undefined;
};

const partsOf = (day: string): [year: number, month: number, day: number] => [
  Number(day.slice(0, 4)),
  Number(day.slice(5, 7)) - 1,
  Number(day.slice(8)),
];

/** Whether this is a day from 0001-01-01 to 9999-12-31. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && calendarDay(...partsOf(text)) === text;

const dayLength = 86_400_000;

const addDays = (day: string, count: number): string | undefined => {
  const text = new Date(instantOf(day) + count * dayLength).toISOString();
  // Years of more than four digits have a sign.
  return text.startsWith("+") ? undefined : text.slice(0, 10);
};

/** The same day of a later month, or its last one where it is shorter. */
const addMonths = (from: string, count: number): string | undefined => {
  const [year, month, day] = partsOf(from);
  const target = month + count;
  for (const inMonth of [day, 30, 29, 28]) {
    if (inMonth > day) continue;
    const found = calendarDay(year + Math.floor(target / 12), target % 12, inMonth);
    if (found) return found;
  }
  return undefined;
};

/** Without a year: the first such day from today on. 29 February may be eight years away. */
const nextSuchDay = (today: string, month: number, day: number): string | undefined => {
  const [thisYear] = partsOf(today);
  for (let year = thisYear; year <= thisYear + 8; year++) {
    const found = calendarDay(year, month, day);
    if (found && found >= today) return found;
  }
  return undefined;
};

const phrase = (value: string | undefined, length: number, place: Place): Phrase | undefined =>
  value === undefined ? undefined : { value, length, place };

const dayOfMonth = (folded: string): number | undefined => {
  const digits = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(folded)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** "2026-11-24", "24 Nov", "24th of November 2027", "Nov 24, 2027". */
const calendarDate = (words: readonly Word[], from: number, today: string): Phrase | undefined => {
  const { folded } = wordAt(words, from);
  if (isDay(folded)) return phrase(folded, 1, "led");
  const dayFirst = dayOfMonth(folded);
  const ofLength = dayFirst !== undefined && follower(words, from) === "of" ? 1 : 0;
  const second = follower(words, from + ofLength);
  const month = months.get(dayFirst === undefined ? folded : second);
  const day = dayFirst ?? dayOfMonth(second);
  if (month === undefined || day === undefined) return undefined;
  const length = 2 + ofLength;
  const year = follower(words, from + length - 1);
  return /^\d{4}$/.test(year)
    ? phrase(calendarDay(Number(year), month, day), length + 1, "led")
    : phrase(nextSuchDay(today, month, day), length, "led");
};

/** "Tuesday", "tue", and "Tue 24 Nov" where that is a Tuesday. */
const weekday = (words: readonly Word[], from: number, today: string): Phrase | undefined => {
  const { folded } = wordAt(words, from);
  const long = weekdays.get(folded);
  const wanted = long ?? shortWeekdays.get(folded);
  if (wanted === undefined) return undefined;
  if (follower(words, from) !== "") {
    const date = calendarDate(words, from + 1, today);
    if (date && weekdayOf(date.value) === wanted) return { ...date, length: date.length + 1 };
  }
  const ahead = (wanted - weekdayOf(today) + 7) % 7 || 7;
  return phrase(addDays(today, ahead), 1, long === undefined ? "end" : "clause");
};

/** "next week" is its Monday, "next Friday" the Friday of that week, "this Friday" the coming one. */
const relativeWeek = (words: readonly Word[], from: number, today: string): Phrase | undefined => {
  const second = follower(words, from);
  const inWeek = second === "week" ? 0 : (weekdays.get(second) ?? shortWeekdays.get(second));
  if (inWeek === undefined) return undefined;
  if (wordAt(words, from).folded === "next") {
    return phrase(addDays(today, 7 - weekdayOf(today) + inWeek), 2, "clause");
  }
  const coming = weekday(words, from + 1, today);
  return coming && { ...coming, length: coming.length + 1, place: "clause" };
};

/** "in 3 days", "in a week", "in 2 months". */
const distance = (words: readonly Word[], from: number, today: string): Phrase | undefined => {
  const amount = follower(words, from);
  const count = /^\d{1,3}$/.test(amount) ? Number(amount) : /^an?$/.test(amount) ? 1 : 0;
  const unit = count > 0 && !isName(wordAt(words, from + 2)) ? follower(words, from + 1) : "";
  if (/^days?$/.test(unit)) return phrase(addDays(today, count), 3, "anywhere");
  if (/^weeks?$/.test(unit)) return phrase(addDays(today, 7 * count), 3, "anywhere");
  if (/^months?$/.test(unit)) return phrase(addMonths(today, count), 3, "anywhere");
  return undefined;
};

const date = (words: readonly Word[], from: number, today: string): Phrase | undefined => {
  const word = wordAt(words, from);
  const near = nearDays.get(word.folded);
  // "USA Today": in the middle of a line, a capital makes it a name. Tod is one at its beginning too.
  if (near !== undefined && isName(word) && from > 0) return undefined;
  if (near !== undefined) {
    return phrase(addDays(today, near), 1, word.folded === "tod" ? "end" : "anywhere");
  }
  if (word.folded === "in") return distance(words, from, today);
  if (word.folded === "next" || word.folded === "this") return relativeWeek(words, from, today);
  return weekday(words, from, today) ?? calendarDate(words, from, today);
};

const clock = (hours: number, minutes: number, length: number, place: Place): Phrase | undefined =>
  hours < 24 && minutes < 60
    ? phrase(`${inDigits(hours, 2)}:${inDigits(minutes, 2)}`, length, place)
    : undefined;

/** An hour that says neither am nor pm is between 7 in the morning and 7 in the evening. */
const wakingHour = (digits: string): number =>
  /^[1-6]$/.test(digits) ? Number(digits) + 12 : Number(digits);

/** "9am", "9:30 pm", "21:00"; after "at" a bare "9" too. */
const clockTime = (words: readonly Word[], from: number, isAt: boolean): Phrase | undefined => {
  const parts = /^(\d{1,2})(?:([:.])(\d{2}))?([ap]\.?m)?$/.exec(wordAt(words, from).folded);
  if (!parts) return undefined;
  const [, hours = "", mark, minuteDigits = "0", attached] = parts;
  const minutes = Number(minuteDigits);
  const half = attached ?? /^[ap]\.?m$/.exec(follower(words, from))?.[0];
  if (half) {
    const isReal = Number(hours) >= 1 && Number(hours) <= 12;
    const of24 = (Number(hours) % 12) + (half.startsWith("p") ? 12 : 0);
    return isReal ? clock(of24, minutes, attached ? 1 : 2, "led") : undefined;
  }
  if (mark === ":" || (mark && isAt)) return clock(wakingHour(hours), minutes, 1, "led");
  return isAt && !mark ? clock(wakingHour(hours), 0, 1, "clause") : undefined;
};

const time = (
  words: readonly Word[],
  from: number,
  lead: string,
  afterDay: boolean,
): Phrase | undefined => {
  const word = wordAt(words, from);
  const part = isName(word) ? undefined : partsOfDay.get(word.folded);
  const stands = word.folded === "noon" ? lead !== "" || afterDay : lead === "" && afterDay;
  return part && stands ? phrase(part, 1, "clause") : clockTime(words, from, isAt(lead));
};

/** How many words lead into a day or a time here: "on", "by", "at", "due", "due on". */
const leadLength = (words: readonly Word[], from: number): number => {
  const word = wordAt(words, from);
  // "Never On Sunday": inside a name, the preposition has a capital too.
  if (word.suffix !== "" || (isName(word) && from > 0)) return 0;
  if (word.folded === "due" && leads.has(wordAt(words, from + 1).folded)) return 2;
  return leads.has(word.folded) ? 1 : 0;
};

/** The text without what leads into it: how one day is told from another, whatever stands before. */
export const withoutLead = (text: string): string => {
  const words = text.toLowerCase().split(/\s+/);
  return words.slice(words.findIndex((word) => !leads.has(word))).join(" ");
};

/** What these words can mean, for a person whose day is `today`. Whether they do is not asked here. */
export function readWhen(
  words: readonly Word[],
  from: number,
  today: string,
  afterDay: boolean,
): When | undefined {
  const before = leadLength(words, from);
  const lead = before === 0 ? "" : wordAt(words, from + before - 1).folded;
  const found = (kind: When["kind"], { value, place, length }: Phrase): When => ({
    kind,
    value,
    place,
    led: before > 0,
    length: length + before,
  });
  const day = isAt(lead) ? undefined : date(words, from + before, today);
  if (day) return found("date", day);
  const hour = lead === "on" ? undefined : time(words, from + before, lead, afterDay);
  return hour && found("time", hour);
}
