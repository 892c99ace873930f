import { codePoints, limits, tagKey } from "@tend/contracts/limits";
import { isDay, isName, readWhen, type When, type Word, withoutLead } from "./dates.ts";

/** What words mean: a day as YYYY-MM-DD, a time as HH:MM, a tag as typed but without its #. */
type Meaning =
  | { readonly kind: "date" | "time" | "tag"; readonly value: string }
  | { readonly kind: "priority"; readonly value: "low" | "medium" | "high" };

/** Words that were recognised. `start` and `end` count UTF-16 units of the line, as the DOM does. */
export type QuickAddToken = Meaning & {
  readonly start: number;
  readonly end: number;
  /** As it stands in the line, with the preposition that leads into it. */
  readonly text: string;
};

/** A token that stays in the title, wherever its words stand; a token itself can be handed in. */
export type Dismissal = Pick<QuickAddToken, "kind" | "text">;

/** What one line says of a task. */
export type QuickAdd = {
  readonly title: string;
  /** YYYY-MM-DD. A time without a day is today's. */
  readonly due_date: string | null;
  /** HH:MM, from 00:00 to 23:59. */
  readonly due_time: string | null;
  readonly tags: readonly string[];
  readonly priority: "none" | "low" | "medium" | "high";
  /** In the order of the line. They do not overlap. */
  readonly tokens: readonly QuickAddToken[];
};

/** Words that can be a token. `first` and `last` are their numbers. */
type Candidate = {
  readonly token: QuickAddToken;
  readonly first: number;
  readonly last: number;
  /** What is said of a day or a time besides. */
  readonly when: When | undefined;
};

/** Days and times side by side: "Tuesday 9am". */
type Group = { readonly members: Candidate[]; contradictory: boolean };

const wordList = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** After these, a day or a time is what is spoken of, not when to do it: "the Friday deal". */
const binding = wordList(
  "a about after all an and any ash at before black by cyber during each easter every for from " +
    "good his her holy in is it's its last maundy my no not of on only or our palm past per " +
    "previous shrove since some super than that that's the their these this till to until versus " +
    "vs was week with within your",
);

/** After these, a number is a name: "Room 12:30". */
const counted = wordList("chapter episode gate page platform room verse version");

/** These open a clause of their own, so that the words before them can be when to do it. */
const opening = wordList("about at for from in re regarding to via w/ with");

/** After these at the beginning of a line, words with a capital are a name: "Watch Any Given Sunday". */
const consuming = wordList("listen read stream watch");

/** Between two days or two times, these make a list or a range of them. */
const joining = wordList("- – — & / and or to till until");

const isSeparator = ({ quoted, core, suffix }: Word): boolean =>
  !quoted && /^[-–—|]*$/.test(core) && /^[,;:]*$/.test(suffix);

const priorities: ReadonlyMap<string, "low" | "medium" | "high"> = new Map([
  ["!low", "low"],
  ["!med", "medium"],
  ["!medium", "medium"],
  ["!high", "high"],
]);

/** Where text is quoted: a mark that opens a word, up to the next that closes one. */
const quotes = (text: string): (readonly [open: number, close: number])[] => {
  const closing = {
    '"': [...text.matchAll(/(?<=\S)"(?=$|[\s,.;:!?)\]}])/g)],
    "“": [...text.matchAll(/(?<=\S)”(?=$|[\s,.;:!?)\]}])/g)],
  };
  const passed = { '"': 0, "“": 0 };
  const pairs: (readonly [number, number])[] = [];
  let free = 0;
  for (const { index } of text.matchAll(/(?<=^|[\s([{])["“](?=\S)/g)) {
    if (index < free) continue;
    const mark = text[index] === "“" ? "“" : '"';
    while ((closing[mark][passed[mark]]?.index ?? text.length) < index + 2) passed[mark]++;
    const close = closing[mark][passed[mark]]?.index;
    if (close === undefined) continue;
    pairs.push([index, close]);
    free = close + 1;
  }
  return pairs;
};

const readWord = (text: string, start: number): Word => {
  let length = text.length;
  while (length > 0 && ",.;:!".includes(text.charAt(length - 1))) length--;
  const core = text.slice(0, length);
  const folded = core.toLowerCase().replaceAll("’", "'");
  return { start, end: start + length, quoted: false, core, folded, suffix: text.slice(length) };
};

const readWords = (text: string): Word[] => {
  const found: Word[] = [];
  let from = 0;
  for (const [open, close] of [...quotes(text), [text.length, text.length] as const]) {
    for (const { 0: word, index } of text.slice(from, open).matchAll(/\S+/g)) {
      found.push(readWord(word, from + index));
    }
    from = close + 1;
    const inner = { quoted: true, core: "", folded: "", suffix: "" };
    if (open < close) found.push({ ...inner, start: open, end: from });
  }
  return found;
};

const readTag = (word: string): string | undefined => {
  const tag = /^#([\p{L}\p{M}\p{N}_-]+)$/u.exec(word)?.[1];
  return tag && /\p{L}/u.test(tag) && codePoints(tag) <= limits.tag ? tag : undefined;
};

const readSign = ({ core, folded }: Word): Meaning | undefined => {
  const tag = readTag(core);
  if (tag !== undefined) return { kind: "tag", value: tag };
  const priority = priorities.get(folded);
  return priority && { kind: "priority", value: priority };
};

const readCandidates = (text: string, words: readonly Word[], today: string): Candidate[] => {
  const found: Candidate[] = [];
  let next = 0;
  for (const [first, word] of words.entries()) {
    if (first < next) continue;
    const before = found.at(-1);
    const afterDay = before?.token.kind === "date" && before.last === first - 1;
    const sign = readSign(word);
    const when = sign ? undefined : readWhen(words, first, today, afterDay);
    next = first + (when?.length ?? 1);
    const meaning = sign ?? (when && { kind: when.kind, value: when.value });
    if (!meaning) continue;
    const { start } = word;
    const end = words[next - 1]?.end ?? word.end;
    const token = { ...meaning, start, end, text: text.slice(start, end) };
    found.push({ token, first, last: next - 1, when });
  }
  return found;
};

/** Puts side by side what says one thing. Two days or two times of one group contradict each other. */
const groupsOf = (words: readonly Word[], candidates: readonly Candidate[]): Group[] => {
  const groups: Group[] = [];
  for (const candidate of candidates) {
    const { kind } = candidate.token;
    const group = groups.at(-1);
    const before = group?.members.at(-1);
    const between = before ? words.slice(before.last + 1, candidate.first) : [];
    const open = before && /^,?$/.test(words[before.last]?.suffix ?? "");
    const repeats = group?.members.some(({ token }) => token.kind === kind) ?? false;
    const isBeside = between.length === 0 && !(repeats && candidate.when?.led);
    const isJoined =
      between.length === 1 &&
      between.every(({ folded }) => joining.has(folded)) &&
      before?.token.kind === kind;
    if (group && candidate.when && before?.when && open && (isBeside || isJoined)) {
      group.members.push(candidate);
      group.contradictory ||= repeats;
    } else groups.push({ members: [candidate], contradictory: false });
  }
  return groups;
};

/** How many words from the beginning belong to what is to be read or watched. */
const lengthOfName = (words: readonly Word[]): number => {
  if (!consuming.has(words[0]?.folded ?? "")) return 0;
  const from = words[1]?.folded === "to" ? 2 : 1;
  const end = words.findIndex((word, index) => index >= from && !isName(word));
  return end < 0 ? words.length : end;
};

/** Whether the word before makes a name or an object of it: "the Friday deal", "Room 12:30". */
const isBound = (before: Word | undefined, { token, when }: Candidate): boolean =>
  before?.suffix === "" &&
  !when?.led &&
  (binding.has(before.folded) || (counted.has(before.folded) && /^\d/.test(token.text)));

/** Whether a group stands where a sentence says when, rather than inside a name. */
const isWhen = (
  words: readonly Word[],
  { members, contradictory }: Group,
  nameLength: number,
  endsAt: (index: number) => boolean,
): boolean => {
  const first = members[0];
  const last = members.at(-1);
  if (!first || !last || contradictory) return false;
  const before = words[first.first - 1];
  const next = words[last.last + 1];
  const suffix = words[last.last]?.suffix ?? "";
  if (isBound(before, first) || (last.last < nameLength && first === last)) return false;
  if (!next || endsAt(last.last + 1)) return true;

  const led = first.when?.led ?? false;
  const places = new Set(members.map(({ when }) => when?.place));
  const nextIsName = suffix === "" && isName(next);
  if (places.has("anywhere") && !nextIsName) return true;
  if (places.has("led") && (led || first.token.kind !== last.token.kind)) return true;
  if (before) return !places.has("end") && opening.has(next.core);
  return /^[:,]$/.test(suffix) || isSeparator(next) || (led && !nextIsName);
};

const endOf = (word: Word): number => word.end + word.suffix.length;

const textOf = (text: string, word: Word): string =>
  word.quoted ? text.slice(word.start + 1, word.end - 1) : text.slice(word.start, endOf(word));

/** The words that are left, spaced as they were, and one space where some were taken out. */
const titleOf = (
  text: string,
  words: readonly Word[],
  taken: ReadonlySet<Word | undefined>,
): string => {
  const isLeft = (word: Word) => !taken.has(word);
  const isText = (word: Word) => isLeft(word) && !isSeparator(word);
  // "Pay rent - Tuesday" leaves no dash behind, and "Tuesday: pay rent" no colon.
  const from = taken.has(words[0]) ? words.findIndex(isText) : 0;
  const to = taken.has(words.at(-1)) ? words.findLastIndex(isText) : words.length - 1;

  let title = "";
  let before: Word | undefined;
  for (const [index, word] of words.entries()) {
    if (index < from || index > to || !isLeft(word)) continue;
    const neighbour = words[index - 1];
    if (before && before === neighbour) title += text.slice(endOf(before), word.start);
    else if (before) title += `${before.suffix === "" ? (neighbour?.suffix ?? "") : ""} `;
    title += textOf(text, word);
    before = word;
  }
  const dangles = before !== words.at(-1) && /^[,;:]+$/.test(before?.suffix ?? "");
  return before && dangles ? title.slice(0, -before.suffix.length) : title;
};

const dismissalOf = ({ kind, text }: Dismissal): string => `${kind} ${withoutLead(text)}`;

/** Of one kind the last one counts, of tags each, up to the limit of different ones. */
const chosenOf = (candidates: readonly Candidate[]): Candidate[] => {
  const lastOf = new Map(candidates.map((candidate) => [candidate.token.kind, candidate]));
  const tags = new Set<string>();
  return candidates.filter((candidate) => {
    const { kind, value } = candidate.token;
    if (kind !== "tag") return lastOf.get(kind) === candidate;
    const key = tagKey(value);
    if (tags.size < limits.tags) tags.add(key);
    return tags.has(key);
  });
};

/** The candidates that count where they stand. What follows them decides, so the last is asked first. */
const acceptedOf = (words: readonly Word[], groups: readonly Group[]): Candidate[] => {
  const nameLength = lengthOfName(words);
  const lastToRead = words.findLastIndex(
    ({ quoted, core }) => quoted || /[\p{L}\p{N}]/u.test(core),
  );
  const starts = new Set<number>();
  const endsAt = (index: number) => index > lastToRead || starts.has(index);
  const accepted = groups.toReversed().filter((group) => {
    const [first] = group.members;
    const counts = !first?.when || isWhen(words, group, nameLength, endsAt);
    if (first && counts) starts.add(first.first);
    return counts;
  });
  return accepted.toReversed().flatMap(({ members }) => members);
};

/**
 * Reads one line as a task: "Pay rent Tuesday 9am #home !high". What is not surely a day, a time, a
 * tag or a priority stays in the title, and so does what is quoted or dismissed. If no title would
 * be left, the line is the title. `today` is the person's day as YYYY-MM-DD; nothing but the
 * arguments decides, neither a clock nor a time zone.
 */
export function parseQuickAdd(
  text: string,
  today: string,
  dismissed: readonly Dismissal[] = [],
): QuickAdd {
  if (!isDay(today)) throw new RangeError("Give today as a real day, YYYY-MM-DD.");
  const words = readWords(text);
  const accepted = acceptedOf(words, groupsOf(words, readCandidates(text, words, today)));

  const stays = new Set(dismissed.map(dismissalOf));
  const isWanted = ({ token }: Candidate) => stays.size === 0 || !stays.has(dismissalOf(token));
  const chosen = chosenOf(accepted.filter(isWanted));
  const taken = new Set(chosen.flatMap(({ first, last }) => words.slice(first, last + 1)));
  const title = titleOf(text, words, taken);
  const tokens = title === "" ? [] : chosen.map(({ token }) => token);

  const tags = new Map<string, string>();
  let due_date: string | null = null;
  let due_time: string | null = null;
  let priority: QuickAdd["priority"] = "none";
  for (const token of tokens) {
    if (token.kind === "date") due_date = token.value;
    else if (token.kind === "time") due_time = token.value;
    else if (token.kind === "priority") priority = token.value;
    else tags.set(tagKey(token.value), tags.get(tagKey(token.value)) ?? token.value);
  }
  return {
    title: title === "" ? text.trim() : title,
    due_date: due_date ?? (due_time && today),
    due_time,
    tags: [...tags.values()],
    priority,
    tokens,
  };
}
