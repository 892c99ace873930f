import { codePoints, limits, tagKey } from "@tend/contracts/limits";
import { isDay } from "./calendar.ts";
import { type Now, partOf } from "./pieces.ts";
import { isSeparator, phrasesThatCount } from "./place.ts";
import { clockText, settleTime } from "./settle.ts";
import { type Phrase, readWhen, type When, withoutLead } from "./when.ts";
import { type Line, readWords, type Word, wordAt } from "./words.ts";

/** A tag as typed but without its #, or a priority. */
type SignMeaning =
  | { readonly kind: "tag"; readonly value: string }
  | { readonly kind: "priority"; readonly value: "low" | "medium" | "high" };

/** The meaning of a token: besides signs, a day as YYYY-MM-DD or a time as HH:MM. */
type Meaning =
  | SignMeaning
  | { readonly kind: "date"; readonly value: string }
  /** `day` is the day of a time beside which the line names no date. */
  | { readonly kind: "time"; readonly value: string; readonly day?: string };

/** Words that were recognised. `start` and `end` count UTF-16 units of the line, as the DOM does. */
export type QuickAddToken = Meaning & {
  readonly start: number;
  readonly end: number;
  /** The words as they stand in the line, with the preposition before them. */
  readonly text: string;
};

/** A token that stays in the title, wherever its words stand; a token itself can be handed in. */
export type Dismissal = Pick<QuickAddToken, "kind" | "text">;

/** The task that one line describes. */
export type QuickAdd = {
  readonly title: string;
  /** The day, YYYY-MM-DD; for a time without a day, the one on which it comes next. */
  readonly due_date: string | null;
  /** The time, HH:MM, from 00:00 to 23:59. */
  readonly due_time: string | null;
  readonly tags: readonly string[];
  readonly priority: "none" | "low" | "medium" | "high";
  /** The tokens in the order of the line. They do not overlap. */
  readonly tokens: readonly QuickAddToken[];
};

/** A tag or a priority, which is one word. */
type Sign = { readonly first: number; readonly last: number } & SignMeaning;

const priorities: ReadonlyMap<string, "low" | "medium" | "high"> = new Map([
  ["!low", "low"],
  ["!med", "medium"],
  ["!medium", "medium"],
  ["!high", "high"],
]);

const readTag = (word: string): string | undefined => {
  const tag = /^[#＃﹟]([\p{L}\p{M}\p{N}_-]+)$/u.exec(word)?.[1];
  return tag && /\p{L}/u.test(tag) && codePoints(tag) <= limits.tag ? tag : undefined;
};

const readSign = ({ core, folded }: Word, first: number): Sign | undefined => {
  const tag = readTag(core);
  if (tag !== undefined) return { kind: "tag", value: tag, first, last: first };
  const priority = priorities.get(folded);
  return priority && { kind: "priority", value: priority, first, last: first };
};

const readLine = (line: Line, now: Now): { signs: Sign[]; whens: When[] } => {
  const signs: Sign[] = [];
  const whens: When[] = [];
  for (let at = 0; at < line.length; ) {
    const sign = readSign(wordAt(line, at), at);
    const when = sign ? undefined : readWhen(line, at, now);
    if (sign) signs.push(sign);
    if (when) whens.push(when);
    at = (when?.last ?? at) + 1;
  }
  return { signs, whens };
};

const textOf = (text: string, word: Word): string =>
  word.quoted
    ? text.slice(word.start + 1, word.end - 1)
    : text.slice(word.outerStart, word.outerEnd);

const suffixOf = (text: string, word: Word | undefined): string =>
  word && !word.quoted ? text.slice(word.end, word.outerEnd).replace(/\p{Cf}/gu, "") : "";

/** The title: the words not taken, spaced as they were, with one space in place of taken ones. */
const titleOf = (text: string, line: Line, taken: ReadonlySet<number>): string => {
  const isText = (word: Word, index: number) => !taken.has(index) && !isSeparator(word);
  // "Pay rent - Tuesday" leaves no dash behind, and "Tuesday: pay rent" no colon.
  const from = taken.has(0) ? line.findIndex(isText) : 0;
  const to = taken.has(line.length - 1) ? line.findLastIndex(isText) : line.length - 1;
  // Invisible signs that stand alone are no words, and stay with the text beside them.
  const head = from === 0 ? text.slice(0, wordAt(line, 0).outerStart) : "";
  const tail = to === line.length - 1 ? text.slice(wordAt(line, to).outerEnd) : "";

  let title = "";
  let before = -1;
  for (const [index, word] of line.entries()) {
    if (index < from || index > to || taken.has(index)) continue;
    const isNext = before === index - 1;
    const last = line[before];
    if (last && isNext) title += text.slice(last.outerEnd, word.outerStart);
    else if (last) title += `${last.suffix === "" ? suffixOf(text, line[index - 1]) : ""} `;
    title += textOf(text, word);
    before = index;
  }
  const last = line[before];
  const dangles = before !== line.length - 1 && /^[,;:]+$/.test(last?.suffix ?? "");
  if (last && dangles) title = title.slice(0, last.end - last.outerEnd);
  return last ? `${head}${title}${tail}`.trim() : "";
};

const dismissalOf = (kind: string, line: Line): string => `${kind} ${withoutLead(line)}`;

/** The findings that count: the last of each kind, and of tags the first up to the limit. */
const chosenOf = (found: readonly (Phrase | Sign)[]): (Phrase | Sign)[] => {
  const lastOf = new Map(found.map((one) => [one.kind, one]));
  const tags = new Set<string>();
  return found.filter((one) => {
    if (one.kind !== "tag") return lastOf.get(one.kind) === one;
    const key = tagKey(one.value);
    if (tags.size < limits.tags) tags.add(key);
    return tags.has(key);
  });
};

/** The part of the day in the title before a time: "Games night at 8", "Morning run at 6". */
const hintFor = (line: Line, time: Phrase, date: Phrase | undefined): ReturnType<typeof partOf> => {
  const first = date && date.last + 1 === time.first ? date.first : time.first;
  return partOf(wordAt(line, first - 1).folded) ?? partOf(wordAt(line, 0).folded);
};

const isPhrase = (one: Phrase | Sign): one is Phrase => one.kind === "date" || one.kind === "time";

const signOf = (sign: Sign): SignMeaning =>
  sign.kind === "tag"
    ? { kind: "tag", value: sign.value }
    : { kind: "priority", value: sign.value };

const meaningsOf = (line: Line, chosen: readonly (Phrase | Sign)[], now: Now): Meaning[] => {
  const phrases = chosen.filter(isPhrase);
  const date = phrases.find(({ kind }) => kind === "date");
  const time = phrases.find(({ kind }) => kind === "time");
  const settled = time && settleTime(time, date, now, hintFor(line, time, date));
  return chosen.map((one) => {
    if (!isPhrase(one)) return signOf(one);
    const day = settled?.day ?? one.day ?? now.day;
    if (one.kind === "date") return { kind: "date", value: day };
    return { kind: "time", value: clockText(settled?.minute ?? 0), ...(!date && { day }) };
  });
};

const readNow = (now: string): Now => {
  const [, day = "", hours, minutes] = /^(.{10})T([01]\d|2[0-3]):([0-5]\d)$/.exec(now) ?? [];
  if (!isDay(day)) throw new RangeError("Give now as a real day and time, YYYY-MM-DDTHH:MM.");
  return { day, minute: Number(hours) * 60 + Number(minutes) };
};

/**
 * Reads one line as a task. Uncertain, quoted and dismissed words stay in the title; if no title
 * would be left, the line is the title. `now` is the person's clock as YYYY-MM-DDTHH:MM: the result
 * depends on the arguments alone, not on the machine's clock or zone.
 */
export function parseQuickAdd(
  text: string,
  now: string,
  dismissed: readonly Dismissal[] = [],
): QuickAdd {
  const at = readNow(now);
  const line = readWords(text);
  const { signs, whens } = readLine(line, at);
  const phrases = phrasesThatCount(line, whens, new Set(signs.map(({ first }) => first)));

  const stays = new Set(dismissed.map((one) => dismissalOf(one.kind, readWords(one.text))));
  const wordsOf = ({ first, last }: Phrase | Sign) => line.slice(first, last + 1);
  const isWanted = (one: Phrase | Sign) =>
    stays.size === 0 || !stays.has(dismissalOf(one.kind, wordsOf(one)));
  const found = [...signs, ...phrases].toSorted((one, other) => one.first - other.first);
  const chosen = chosenOf(found.filter(isWanted));
  const taken = new Set(chosen.flatMap(({ first, last }) => numbersFrom(first, last)));
  const title = titleOf(text, line, taken);
  const tokens = meaningsOf(line, chosen, at).map((meaning, index): QuickAddToken => {
    const { first, last } = chosen[index] ?? { first: 0, last: 0 };
    const [start, end] = [wordAt(line, first).start, wordAt(line, last).end];
    return { ...meaning, start, end, text: text.slice(start, end) };
  });
  return title === "" ? asTitle(text) : { title, ...fieldsOf(tokens), tokens };
}

const numbersFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const asTitle = (text: string): QuickAdd => ({
  title: text.trim(),
  due_date: null,
  due_time: null,
  tags: [],
  priority: "none",
  tokens: [],
});

const fieldsOf = (tokens: readonly QuickAddToken[]): Omit<QuickAdd, "title" | "tokens"> => {
  const tags = new Map<string, string>();
  let due_date: string | null = null;
  let due_time: string | null = null;
  let priority: QuickAdd["priority"] = "none";
  for (const token of tokens) {
    if (token.kind === "date") due_date = token.value;
    else if (token.kind === "time") {
      due_time = token.value;
      due_date ??= token.day ?? null;
    } else if (token.kind === "priority") priority = token.value;
    else tags.set(tagKey(token.value), tags.get(tagKey(token.value)) ?? token.value);
  }
  return { due_date, due_time, tags: [...tags.values()], priority };
};
