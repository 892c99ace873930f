import { minuteIn } from "./clock.ts";
import { isLeading, opening, type Phrase, type When } from "./when.ts";
import { isName, type Line, type Word, wordAt } from "./words.ts";

const wordList = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** Words after which a day or a time is the topic, not when to do it: "the Friday deal". */
const binding = wordList(
  "a about after all an and any around ash at before between black bloody blue boxing by casual " +
    "cyber during each early easter every fat following for freaky from girl giving good happy his her holy in is " +
    "it's its last late later manic maundy meatless mid my no not of on one only or our palm pancake past " +
    "per previous ruby shrove since some starting stormy sunny super taco than that that's the their these " +
    "this throwback till to until versus vs was week with within your",
);

/** Words after which, unless they begin the line, an unread day leaves the times of the line. */
const determiners = wordList("a an her his my our that the their these your");

/** Words after which a number is a name: "Room 12:30", "Chapter 12/12". */
const counted = wordList(
  "bug chapter episode flat gate issue page part platform psalm ratio room score size ticket verse " +
    "version",
);

/** First words of a line after which capitals make a name: "Watch Any Given Sunday". */
const consuming = wordList("listen read stream watch");

/** Whether the word is a separator alone: "-", ",", "|". */
export const isSeparator = ({ quoted, core, suffix }: Word): boolean =>
  !quoted && /^[-–—|]*$/.test(core) && /^[,;:]*$/.test(suffix);

/** The number of words at the beginning that name what is to be read or watched. */
const lengthOfName = (line: Line): number => {
  if (!consuming.has(wordAt(line, 0).folded)) return 0;
  const from = wordAt(line, 1).folded === "to" ? 2 : 1;
  // "watch the day after tomorrow" is a film, as "Watch Wednesday" is a series.
  const named = wordAt(line, from).folded === "the" ? from + 1 : from;
  const end = line.findIndex((word, index) => index >= named && !isName(word));
  return end < 0 ? line.length : end;
};

/** Whether the word before makes a name or an object of it: "the Friday deal", "Room 12:30". */
const isBound = (line: Line, { first, lead, kind }: Phrase): boolean => {
  const before = wordAt(line, first - 1);
  if (before.suffix !== "" || lead !== "") return false;
  // "this time next week" and "same time tomorrow" name a time that is not read.
  const isSameTime =
    before.folded === "time" && /^(?:this|same)$/.test(wordAt(line, first - 2).folded);
  if (isSameTime) return true;
  const number = kind === "time" ? /^\d/ : /^\d+[/.]/;
  const isCounted = counted.has(before.folded) && number.test(wordAt(line, first).folded);
  return isCounted || binding.has(before.folded);
};

/** Whether days and times stand where a sentence says when, rather than inside a name. */
const stands = (
  line: Line,
  { last, phrases }: When,
  nameLength: number,
  endsAt: (index: number) => boolean,
): boolean => {
  const first = phrases[0];
  const end = phrases.at(-1);
  if (!first || !end) return false;
  const before = line[first.first - 1];
  const next = line[last + 1];
  const suffix = wordAt(line, last).suffix;
  const isLone = first === end;
  if (isBound(line, first) || (isLone && first.first < nameLength && first.lead === ""))
    return false;
  if (isLone && first.place === "beside") return false;
  if (!next || endsAt(last + 1)) return true;

  const led = isLeading(first.lead);
  const places = new Set(phrases.map(({ place }) => place));
  const nextIsName = suffix === "" && isName(next);
  if (places.has("anywhere") && !nextIsName) return true;
  if (places.has("led") && (led || first.kind !== end.kind)) return true;
  if (before) return !places.has("end") && opening.has(next.core);
  return /^[:,]$/.test(suffix) || isSeparator(next) || (led && !nextIsName);
};

/** Merges parts of the day into a clock elsewhere: "Dinner this evening with Ann at 7". */
const withTheirParts = (phrases: readonly Phrase[]): Phrase[] => {
  const clock = phrases.findLast(({ clock, part }) => clock !== undefined && !part)?.clock;
  const merged: Phrase[] = [];
  for (const phrase of phrases) {
    const part = phrase.kind === "time" && !phrase.clock ? phrase.part : undefined;
    const before = merged.at(-1);
    const isBehind = before?.kind === "date" && before.last + 1 === phrase.first;
    if (!clock || !part || minuteIn(clock, part) === undefined) merged.push(phrase);
    else if (phrase.day !== undefined) merged.push({ ...phrase, kind: "date" });
    else if (isBehind) merged.splice(-1, 1, { ...before, last: phrase.last, part });
    else merged.push(phrase);
  }
  return merged;
};

/** Whether `one` is the day of the time `other`, and cannot be read: "5/12 #fun 9am". */
const isDayOf = (one: When, other: When, signs: ReadonlySet<number>): boolean => {
  if (!one.isDayLike || one.phrases.length > 0 || other.isDayLike) return false;
  const [from, to] = one.first < other.first ? [one.last, other.first] : [other.last, one.first];
  for (let index = from + 1; index < to; index++) if (!signs.has(index)) return false;
  return true;
};

/**
 * The days and times that count where they stand. The words after one decide, so the last is
 * checked first; `signs` are the indexes of tags and priorities. A time whose day was not read does
 * not count either: it would get a wrong day.
 */
export const phrasesThatCount = (
  line: Line,
  whens: readonly When[],
  signs: ReadonlySet<number>,
): Phrase[] => {
  const nameLength = lengthOfName(line);
  const lastToRead = line.findLastIndex(({ quoted, core }) => quoted || /[\p{L}\p{N}]/u.test(core));
  const starts = new Set(signs);
  const endsAt = (index: number) => index > lastToRead || starts.has(index);
  let hasUnreadDay = false;
  const accepted = whens.toReversed().filter((when, fromEnd) => {
    const index = whens.length - 1 - fromEnd;
    const besides = [whens[index - 1], whens[index + 1]];
    const isHalf = besides.some((other) => other && isDayOf(other, when, signs));
    const counts = !isHalf && stands(line, when, nameLength, endsAt);
    if (counts) starts.add(when.first);
    const isOther = when.first > 1 && determiners.has(wordAt(line, when.first - 1).folded);
    hasUnreadDay ||= !counts && when.namesDay && !isOther;
    return counts;
  });
  const phrases = withTheirParts(accepted.toReversed().flatMap((when) => when.phrases));
  const isDated = phrases.some(({ day }) => day !== undefined);
  return isDated || !hasUnreadDay ? phrases : [];
};
