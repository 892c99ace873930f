import { addDays, addMonths, monthEnd, monthStart, nextInYear, weekdayOf } from "./calendar.ts";
import {
  calendarDate,
  type Dated,
  inMonth,
  monthNamed,
  ordinalDay,
  weekday,
  weekdayNamed,
} from "./dates.ts";
import {
  type Amount,
  type DayPiece,
  dayPiece,
  type MomentPiece,
  type Now,
  partOf,
  readAmount,
  type UnclearPiece,
  unclear,
} from "./pieces.ts";
import { follower, isName, type Line, matchLength, wordAt } from "./words.ts";

const nearDays = new Map([
  ...["today", "tod", "2day"].map((name) => [name, 0] as const),
  ...["tonight", "tonite", "2nite"].map((name) => [name, 0] as const),
  ..."tomorrow tmrw tmr tmw tmrow tomo tomoz 2moro 2morrow 2mrw tomorow tommorow tommorrow"
    .split(" ")
    .map((name) => [name, 1] as const),
]);

const isTonight = (folded: string): boolean => /^(?:tonight|tonite|2nite)$/.test(folded);

/** "today", "tonight", "tomorrow". */
const nearDay = (line: Line, from: number, today: string): Dated => {
  const word = wordAt(line, from);
  const ahead = nearDays.get(word.folded);
  // "USA Today": in the middle of a line, a capital makes it a name. Tod is one at its beginning too.
  if (ahead === undefined || (isName(word) && from > 0)) return undefined;
  return dayPiece(addDays(today, ahead), 1, word.folded === "tod" ? "end" : "anywhere", {
    takesHour: true,
    ...(isTonight(word.folded) && { part: "night" as const }),
  });
};

const mondayOf = (today: string, weeks: number): string | undefined =>
  addDays(today, 7 * weeks - weekdayOf(today));

/** A weekday of a week that is told by how far it is ahead. */
const inWeek = (today: string, weeks: number, wanted: number): string | undefined => {
  const found = addDays(today, 7 * weeks - weekdayOf(today) + wanted);
  return found !== undefined && found >= today ? found : undefined;
};

/** Saturday; on a weekend its day that is today. */
const weekend = (today: string, weeks: number): string | undefined => {
  const saturday = inWeek(today, weeks, 5);
  return saturday ?? today;
};

/** Friday; of a week that is in its weekend, Sunday. */
const weekEnd = (today: string, weeks: number): string | undefined =>
  inWeek(today, weeks, 4) ?? inWeek(today, weeks, 6);

const yearsAhead = (today: string, years: number, monthAndDay: string): string | undefined => {
  const year = Number(today.slice(0, 4)) + years;
  return year > 9999 ? undefined : `${String(year).padStart(4, "0")}-${monthAndDay}`;
};

/** "this evening" and "this afternoon" are a part of today. */
const partOfToday = (line: Line, from: number, today: string): Dated => {
  const part = partOf(follower(line, from));
  if (part === undefined || isName(wordAt(line, from + 1))) return undefined;
  return dayPiece(today, 2, "clause", { part, takesHour: true });
};

/** "next week" is its Monday, "next month" its first day, "next Friday" the Friday of next week. */
const nextOrThis = (line: Line, from: number, today: string): Dated => {
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
    const isVague = /^(?:few|couple|quarter|term|spring|summer|autumn|fall|winter|weekday|time)$/;
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

/** "coming Friday", "this coming Friday", "the coming weekend": the first one ahead. */
const coming = (line: Line, from: number, today: string): Dated => {
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

const endNames: ReadonlyMap<string, (today: string, ahead: number) => string | undefined> = new Map(
  [
    ["day", (today, ahead) => addDays(today, ahead)],
    ["week", weekEnd],
    ["month", monthEnd],
    ["year", (today, ahead) => yearsAhead(today, ahead, "12-31")],
  ],
);
const shortEnds = new Map([
  ["eod", "day"],
  ["cob", "day"],
  ["eow", "week"],
  ["eom", "month"],
  ["eoy", "year"],
]);

/** "end of tomorrow", "end of November". */
const endOfNamed = (line: Line, from: number, head: number, today: string): Dated => {
  const day = nearDay(line, from + head, today) ?? weekday(line, from + head, today);
  if (day) return { ...day, length: head + day.length, place: "clause" };
  const month = monthNamed(follower(line, from + head - 1));
  const start = month === undefined ? undefined : nextInYear(today, month, 1);
  const isThis = month === Number(today.slice(5, 7)) - 1;
  const value = isThis ? monthEnd(today, 0) : start && monthEnd(start, 0);
  return month === undefined ? unclear(head + 1, true) : dayPiece(value, head + 1, "clause");
};

/** "EOD", "end of the month", "the end of next week", "month end". */
const endOf = (line: Line, from: number, today: string): Dated => {
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

/** The day so far from another; undefined where the calendar ends, or for what is no whole days. */
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

/** "Run 5 km in 30 minutes": how fast, not when. */
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
  const second = isOpen ? readAmount(line, from + first.length + and) : undefined;
  if (!second) return { list: [first], length: first.length };
  return { list: [first, second], length: first.length + and + second.length };
};

/** What an amount is reckoned from: "from now", "from tomorrow", "on Friday". */
const baseDay = (line: Line, from: number, today: string): Dated =>
  matchLength(line, from, ["now"]) > 0
    ? dayPiece(today, 1, "anywhere")
    : (nearDay(line, from, today) ?? calendarDate(line, from, today, true));

const unitName = /^(?:min|minute|hour|hr|day|week|wk|fortnight|month|year)s?$/;

/** "a few days", "2-3 weeks", "2 or 3 days": how many there are of these is not sure. */
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

type Span = DayPiece | MomentPiece | UnclearPiece | undefined;

const inMinutes = (list: readonly Amount[]): number =>
  list.reduce((sum, one) => sum + minutesOf(one), 0);

const inDays = (start: string, list: readonly Amount[], sign = 1): string | undefined =>
  list.reduce<string | undefined>((day, one) => day && ahead(day, one, sign), start);

/** "in 2 weeks or so", "in 1 week and a bit": more is said of it than is read. */
const openEnd = (line: Line, from: number): number =>
  matchLength(line, from, [/^(?:or|to|-)$/, /^(?:\d.*|a|so|more|less)$/]) ||
  matchLength(line, from, ["and", /^(?:a|some)$/, /^(?:bit|half|few|couple|more)$/]);

/** "in 3 days", "in 1 week and 2 days", "in an hour", "in 3 days from tomorrow". */
const distance = (line: Line, from: number, now: Now): Span => {
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

/** "a week on Friday", "2 weeks tomorrow", "3 days from now", "two days before Friday". */
const fromBase = (line: Line, from: number, now: Now): Span => {
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

/** "the day after tomorrow", "day before Friday", "the week after next", "the night before Friday". */
const neighbourOf = (line: Line, from: number, today: string): Dated => {
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

/** "this weekend", "at the weekend". */
const theWeekend = (line: Line, from: number, today: string): Dated => {
  const length = matchLength(line, from, ["(over)", "the", "weekend"]);
  return length > 0 ? dayPiece(weekend(today, 0), length, "clause") : undefined;
};

const repeated =
  /^(?:day|days|weekday|week|month|year|morning|afternoon|evening|night|hour|other|single|weekend)$/;

/** What repeats, what is past, feasts: beside a time it is the day, and it is not read. */
const unreadDay = (line: Line, from: number): UnclearPiece | undefined => {
  const { folded } = wordAt(line, from);
  const next = follower(line, from);
  if (folded === "every" || folded === "each") {
    const isDay = repeated.test(next) || weekdayNamed(next.replace(/s$/, "")) !== undefined;
    if (!isDay && !/^\d/.test(next)) return undefined;
    const isLong = /^(?:other|single|\d+)$/.test(next) && follower(line, from + 1) !== "";
    return unclear(isLong ? 3 : 2);
  }
  if (/^(?:daily|weekly|nightly|monthly|yearly|weekdays|weekends)$/.test(folded)) {
    return unclear(1, true);
  }
  if (/^(?:mon|tues|wednes|thurs|fri|satur|sun)days$/.test(folded)) return unclear(1, true);
  if (folded === "last" || folded === "previous") {
    return /^(?:night|week|weekend|month|year)$/.test(next) || weekdayNamed(next) !== undefined
      ? unclear(2)
      : undefined;
  }
  if (folded === "after" && next === "next") return unclear(2);
  if (/^(?:week|wk|cw|kw)$/.test(folded) && /^\d{1,2}$/.test(next)) return unclear(2, true);
  if (folded === "yesterday") return unclear(1, true);
  const feast = matchLength(line, from, [
    /^(?:christmas|xmas|easter|halloween|thanksgiving|hogmanay)$/,
  ]);
  if (feast > 0) return unclear(/^(?:eve|day|monday|sunday)$/.test(next) ? 2 : 1, true);
  return /^new year(?:'?s)?$/.test(`${folded} ${next}`)
    ? unclear(/^(?:eve|day)$/.test(follower(line, from + 1)) ? 3 : 2, true)
    : undefined;
};

/** What can stand behind a day and belongs to it: "Friday week", "Friday next week", "Friday EOD". */
const withTail = (
  line: Line,
  from: number,
  today: string,
  day: DayPiece,
): DayPiece | UnclearPiece => {
  const last = from + day.length - 1;
  const next = follower(line, last);
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
      : (fromBase(line, from, now) ?? neighbourOf(line, from, today));
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

/** A day in words, as long as it goes; what looks like one and is not surely one is unclear. */
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
