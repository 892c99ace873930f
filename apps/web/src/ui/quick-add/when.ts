import { unitOf } from "./amounts.ts";
import { asideLength } from "./aside-days.ts";
import { addDays, weekdayOf } from "./calendar.ts";
import { defaultOf, minuteIn, readClock, readPart } from "./clock.ts";
import { readDay } from "./days.ts";
import type { Clock, DayPiece, Now, PartOfDay, Piece, Place } from "./pieces.ts";
import { hourWord, partOf } from "./pieces.ts";
import { follower, isName, type Line, matchLength, wordAt } from "./words.ts";

/** Words of a line that say a day or a time. `first` and `last` are their indexes. */
export type Phrase = {
  readonly kind: "date" | "time";
  readonly first: number;
  readonly last: number;
  /** The day; of a time only where its words name one: "in an hour", "this evening". */
  readonly day?: string;
  readonly clock?: Clock;
  readonly part?: PartOfDay;
  readonly place: Place;
  /** The preposition before the phrase, or "". */
  readonly lead: string;
};

/** Days and times side by side. `phrases` is empty where they are unclear or contradictory. */
export type When = {
  readonly first: number;
  readonly last: number;
  readonly phrases: readonly Phrase[];
  /** Whether a day is named by words that are hardly anything else. */
  readonly namesDay: boolean;
  /** Whether anything looks like a day. */
  readonly isDayLike: boolean;
};

type Placed = {
  readonly piece: Piece;
  readonly first: number;
  readonly last: number;
  readonly lead: string;
};

const leads: ReadonlySet<string> = new Set(["on", "by", "at", "@", "due", "before", "around"]);

const isAt = (lead: string): boolean => /^(?:at|@|around|about|approx)$/.test(lead);

/** Words that make a list or a range of two days or two times. */
const joining: ReadonlySet<string> = new Set("- | & / + and or to till until through".split(" "));

/** Words that open a clause, so that the words before can say when to do it. */
export const opening: ReadonlySet<string> = new Set(
  "about at for from in re regarding to via w/ with".split(" "),
);

/** Whether a piece keeps its place after this preposition; "before 9am" can be of another thing. */
export const isLeading = (lead: string): boolean => /^(?:on|by|at|@|due)$/.test(lead);

/** The number of words that lead into a day or a time: "on", "by", "at", "due", "due on". */
const leadLength = (line: Line, from: number, behindPart = false): number => {
  const word = wordAt(line, from);
  // "Never On Sunday": inside a name, the preposition has a capital too.
  if (word.suffix !== "" || (isName(word) && from > 0)) return 0;
  const next = wordAt(line, from + 1).folded;
  if (word.folded === "due" && leads.has(next)) return 2;
  if (isAt(word.folded) && /^(?:around|about|approx)$/.test(next)) return 2;
  // "5 minutes before 9am" is another time, "not on Friday" another day.
  const before = wordAt(line, from - 1).folded;
  const isOther = unitOf(before) !== undefined || (!behindPart && partOf(before) !== undefined);
  if (word.folded === "before" && isOther) return 0;
  if (/^(?:not|never|except|just|shortly)$/.test(before)) return 0;
  return leads.has(word.folded) ? 1 : 0;
};

/** A phrase without its leading prepositions, by which phrases are compared. */
export const withoutLead = (line: Line): string => {
  const words = line.map(({ folded }) => folded);
  return words.slice(words.findIndex((word) => !leads.has(word))).join(" ");
};

/** Whether the words after a number let it be an hour: "tmrw 10 with Ann", not "tmrw 10 eggs". */
const isHour = (line: Line, last: number, now: Now, lead: string): boolean => {
  const next = wordAt(line, last + 1);
  const isText = /[\p{L}\p{N}]/u.test(next.core) && !/^[#!]/.test(next.folded);
  if (wordAt(line, last).suffix !== "" || !isText) return !next.quoted;
  // "2 for 1" is said of a number, "at 2 for an hour" of a time.
  const isSaidOf = lead === "" && /^\d/.test(wordAt(line, last + 2).folded);
  if ((opening.has(next.folded) || leads.has(next.folded)) && !isSaidOf) return true;
  return (readPart(line, last + 1) ?? readDay(line, last + 1, now, false)) !== undefined;
};

const readTime = (
  line: Line,
  from: number,
  now: Now,
  lead: string,
  run: readonly Placed[],
): Piece | undefined => {
  const before = run.at(-1)?.piece;
  const isBehindDay = before?.kind === "part" || (before?.kind === "day" && !!before.takesHour);
  // "by 10" is a number, "by 10 tonight" a time.
  const after = from + 1 + leadLength(line, from + 1);
  const isBeside = isBehindDay || readDay(line, after, now, false) !== undefined;
  const isBy = (lead === "by" || lead === "before") && isBeside;
  const clock = readClock(line, from, isAt(lead) || isBy, isBehindDay);
  if (clock?.kind !== "clock" || clock.length > 1) return clock;
  const { folded } = wordAt(line, from);
  const isNumber = /^\d+$/.test(folded) || hourWord(folded) !== undefined;
  if (!isNumber || isHour(line, from, now, lead)) return clock;
  // "Tomorrow at 9 call Bob": a date at the beginning applies to the whole line.
  const isFirst = (run[0]?.first ?? from - 1) === 0;
  return lead !== "" && isFirst ? clock : undefined;
};

/** Whether a day can follow: after "at", only the likes of "the weekend" and "the end of May". */
const canBeDay = (line: Line, from: number, lead: string): boolean =>
  !isAt(lead) || matchLength(line, from, ["(the)", /^(?:end|weekend|close)$/]) > 0;

/** Reads a day, a time or a part of a day, with the prepositions before it. */
const readPiece = (
  line: Line,
  first: number,
  now: Now,
  run: readonly Placed[],
): Placed | undefined => {
  const before = run.at(-1)?.piece.kind;
  const isBehind = before === "day" || before === "clock";
  const part = isBehind ? readPart(line, first, before === "day") : undefined;
  // "9am morning run": behind a clock time, a part of the day often names something else.
  const isOther = before === "clock" && part?.length === 1 && !isHour(line, first, now, "");
  if (part && !isOther) return { piece: part, first, last: first + part.length - 1, lead: "" };
  const length = leadLength(line, first, before === "part");
  const from = first + length;
  const lead = length === 0 ? "" : wordAt(line, from - 1).folded;
  const day = canBeDay(line, from, lead) ? readDay(line, from, now, lead !== "") : undefined;
  const piece = day ?? (lead === "on" ? undefined : readTime(line, from, now, lead, run));
  return piece && { piece, first, last: from + piece.length - 1, lead };
};

const isDayLike = ({ piece }: Placed): boolean =>
  piece.kind === "unclear" ? piece.of === "day" : piece.kind === "day" || piece.kind === "moment";

const isSoft = ({ piece }: Placed): boolean => piece.kind === "unclear" && piece.soft;

const isRealDay = ({ piece: { kind } }: Placed): boolean => kind === "day" || kind === "moment";

/** Whether two pieces say the same day: "24 Nov, Tuesday", "tomorrow Thursday". */
const agree = (one: Piece, other: Piece): one is DayPiece =>
  one.kind === "day" &&
  other.kind === "day" &&
  (one.value === other.value || other.weekday === weekdayOf(one.value));

const areAlike = (one: Placed, other: Placed): boolean =>
  one.piece.kind !== "part" && other.piece.kind !== "part" && isDayLike(one) === isDayLike(other);

/** Whether a dash or bar stands between a day and a time: "Friday - 8pm". */
const isParted = (line: Line, at: number, { piece }: Placed): boolean =>
  /^[-|]$/.test(wordAt(line, at).folded) && piece.kind !== "part";

type Run = { readonly placed: Placed[]; contradictory: boolean };

/** Reads the pieces that stand side by side from a word on. */
const readRun = (line: Line, first: number, now: Now): Run => {
  const run: Run = { placed: [], contradictory: false };
  for (let at = first; ; ) {
    const before = run.placed.at(-1);
    const ends = before?.piece.kind === "unclear" ? /^[,.]?$/ : /^,?$/;
    if (before && !ends.test(wordAt(line, before.last).suffix)) break;
    let next = readPiece(line, at, now, run.placed);
    const isJoined = !next && before !== undefined && joining.has(wordAt(line, at).folded);
    if (isJoined) next = readPiece(line, at + 1, now, run.placed);
    if (!next || (isJoined && !areAlike(before, next) && !isParted(line, at, next))) break;
    const found = next;
    const repeats = run.placed.some((other) => areAlike(other, found));
    const isUnclear = run.placed.some(({ piece }) => piece.kind === "unclear" && !piece.soft);
    // "Monday by Friday" are two things, "Friday before 24 Dec" is one.
    const isApart = found.lead !== "" && found.lead !== "before";
    if (repeats && !isJoined && !isUnclear && isApart) break;
    const isSpared = run.placed.some(isSoft)
      ? isRealDay(found)
      : isSoft(found) && run.placed.some(isRealDay);
    if (isSpared) break;
    if (repeats && !isJoined && before && agree(before.piece, found.piece)) {
      run.placed[run.placed.length - 1] = { ...before, last: found.last };
    } else {
      // A contradictory run keeps only its last piece, which says where it ends.
      run.placed.splice(run.placed.length - (run.contradictory ? 1 : 0), 1, found);
      run.contradictory ||= repeats;
    }
    at = found.last + 1;
  }
  return run;
};

const aPart = /^(?:morning|afternoon|evening|night)$/;

/** Whether the phrase goes on after what was read: "Nov 24 to 26", "Friday or 2 days later". */
const goesOn = (line: Line, { piece, last }: Placed): boolean => {
  if (follower(line, last) === "") return false;
  if (piece.kind === "part")
    return matchLength(line, last + 1, [/^(?:and|or|to|&|\/|-)$/, aPart]) > 0;
  if (piece.kind !== "day") return false;
  const and = piece.takesHour === true || piece.place === "anywhere" ? "" : "|and|&|\\+";
  const joins = new RegExp(`^(?:-|to|till|until|through|or${and})$`);
  return matchLength(line, last + 1, [joins, /^\d{1,2}(?:st|nd|rd|th)?$/]) > 0;
};

const phraseOf = (kind: Phrase["kind"], { piece, first, last, lead }: Placed): Phrase => {
  const isAnywhere = lead === "" || isLeading(lead) || piece.place === "end";
  const place = isAnywhere ? piece.place : "clause";
  return { kind, first, last, place, lead };
};

/** A clock time with the part of the day beside it; undefined where they contradict. */
const timePhrase = (
  clock: Placed,
  part: Placed | undefined,
  day: DayPiece | undefined,
): Phrase | undefined => {
  if (clock.piece.kind !== "clock") return undefined;
  const inPart = part?.piece.kind === "part" ? part.piece.part : day?.part;
  const isMidnight = clock.piece.clock === "midnight";
  if (isMidnight && inPart !== "night") return undefined;
  const value = clock.piece.clock === "midnight" ? { minute: 0, bare: false } : clock.piece.clock;
  if (inPart && minuteIn(value, inPart) === undefined) return undefined;
  if (clock.piece.weak && clock.lead === "" && !day) return undefined;
  return { ...phraseOf("time", clock), clock: value, ...(inPart && { part: inPart }) };
};

const joinedTo = (phrase: Phrase, other: Placed): Phrase => {
  const isFirst = other.first < phrase.first;
  return {
    ...phrase,
    first: Math.min(phrase.first, other.first),
    last: Math.max(phrase.last, other.last),
    ...(isFirst && { lead: other.lead }),
  };
};

const areBeside = (one: Placed, other: Placed): boolean =>
  one.last + 1 === other.first || other.last + 1 === one.first;

/** The day that a piece means: "before Friday" is the day before, "before Friday 9am" is Friday. */
const dayValue = ({ piece, lead }: Placed, hasTime: boolean, today: string): string | undefined => {
  if (piece.kind !== "day") return undefined;
  const isDayBefore = lead === "before" && !hasTime && piece.endOf === undefined;
  const value = isDayBefore ? addDays(piece.value, -1) : piece.value;
  return lead === "before" && (value === undefined || value < today) ? undefined : value;
};

/** The phrases that the pieces of a run make; undefined where they contradict each other. */
const phrasesOf = ({ placed }: Run, now: Now): Phrase[] | undefined => {
  const only = (kind: Piece["kind"]) => placed.filter(({ piece }) => piece.kind === kind);
  const [day] = only("day");
  const [clock] = only("clock");
  const [part, ...otherParts] = only("part");
  const [moment] = only("moment");
  if (otherParts.length > 0 || only("unclear").length > 0) return undefined;
  if (moment?.piece.kind === "moment") {
    if (placed.length > 1) return undefined;
    const { value, minute } = moment.piece;
    return [{ ...phraseOf("time", moment), day: value, clock: { minute, bare: false } }];
  }
  const dayOf = day?.piece.kind === "day" ? day.piece : undefined;
  let time = clock && timePhrase(clock, part, dayOf);
  if (clock && !time) return undefined;
  if (!day || !dayOf) {
    return time ? [part ? joinedTo(time, part) : time] : undefined;
  }
  const value = dayValue(day, (clock ?? part) !== undefined, now.day);
  if (value === undefined) return undefined;
  let date: Phrase = {
    ...phraseOf("date", day),
    day: value,
    ...(dayOf.part && { part: dayOf.part }),
  };
  if (time && clock && part) {
    if (areBeside(clock, part)) time = joinedTo(time, part);
    else date = joinedTo(date, part);
  } else if (part?.piece.kind === "part") {
    time = { ...phraseOf("time", part), part: part.piece.part };
  } else if (!time && dayOf.part && dayOf.part !== "night" && defaultOf(dayOf.part) >= now.minute) {
    return [{ ...date, kind: "time" }];
  }
  return time ? [date, time].toSorted((one, other) => one.first - other.first) : [date];
};

/** Whether a short weekday is one: "Sat brunch", "Fly Sat to Rome", but not "sat nav". */
const isWeekday = (line: Line, { piece, first, last }: Placed): boolean =>
  piece.kind === "day" &&
  piece.weekday !== undefined &&
  (first === 0 || isName(wordAt(line, first)) || opening.has(wordAt(line, last + 1).folded));

/** Reads days and times from a word on. Whether they count there is decided in place.ts. */
export const readWhen = (line: Line, first: number, now: Now): When | undefined => {
  const aside = asideLength(line, first, now);
  if (aside > 0) {
    return { first, last: first + aside - 1, phrases: [], namesDay: true, isDayLike: false };
  }
  const run = readRun(line, first, now);
  const last = run.placed.at(-1);
  if (!last) return undefined;
  const isWhole = !run.contradictory && !goesOn(line, last);
  const phrases = (isWhole ? phrasesOf(run, now) : undefined) ?? [];
  const namesDay = run.placed.some(
    (one) =>
      isDayLike(one) &&
      !isSoft(one) &&
      one.piece.place !== "beside" &&
      (one.piece.kind === "unclear" || one.piece.place !== "end" || isWeekday(line, one)),
  );
  return { first, last: last.last, phrases, namesDay, isDayLike: run.placed.some(isDayLike) };
};
