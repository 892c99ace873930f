/** A word of a line, between spaces. Quoted text is one word, whose content is not read. */
export type Word = {
  /** The word's range, without the invisible signs and the punctuation around it. */
  readonly start: number;
  readonly end: number;
  /** The word's range with them. */
  readonly outerStart: number;
  readonly outerEnd: number;
  readonly quoted: boolean;
  /** The text as it is typed; "" where it is quoted. */
  readonly core: string;
  /** The text as it is compared: letters, digits and dashes in one form, in lower case. */
  readonly folded: string;
  /** The punctuation after the word, as ASCII. */
  readonly suffix: string;
};

export type Line = readonly Word[];

/** The length beyond which a word is not folded, since it can mean nothing. */
const longestWord = 40;

const nothing: Word = {
  start: 0,
  end: 0,
  outerStart: 0,
  outerEnd: 0,
  quoted: false,
  core: "",
  folded: "",
  suffix: "",
};

export const wordAt = (line: Line, index: number): Word => line[index] ?? nothing;

/** Whether a word is written as a name: "Live", but neither "live" nor "LIVE". */
export const isName = ({ core }: Word): boolean => /^\p{Lu}\p{Ll}/u.test(core);

/** The folded word after this one, where both can belong to one phrase. */
export const follower = (line: Line, index: number): string =>
  /^[,.]?$/.test(wordAt(line, index).suffix) ? wordAt(line, index + 1).folded : "";

/** The number of words that match the pattern, in which "(the)" is optional; 0: no match. */
export const matchLength = (
  line: Line,
  from: number,
  pattern: readonly (string | RegExp)[],
): number => {
  let length = 0;
  for (const wanted of pattern) {
    const word = length === 0 ? wordAt(line, from).folded : follower(line, from + length - 1);
    const optional = typeof wanted === "string" && wanted.startsWith("(");
    const text = optional ? wanted.slice(1, -1) : wanted;
    if (typeof text === "string" ? text === word : word !== "" && text.test(word)) length++;
    else if (!optional) return 0;
  }
  return length;
};

const invisible = /\p{Cf}/gu;

/** Characters that end a word, and need no space behind them. */
const closing = "、。，､｡";
const punctuation = `,.;:!…．；：！،؛।${closing}`;

const isAround = (unit: string): boolean => punctuation.includes(unit) || /\p{Cf}/u.test(unit);

const fold = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll("’", "'")
    .toLowerCase();

const punctuationOf = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/[、،]/g, ",")
    .replace(/[。।]/g, ".")
    .replaceAll("؛", ";");

const readWord = (text: string, outerStart: number): Word => {
  let to = text.length;
  while (to > 0 && isAround(text.charAt(to - 1))) to--;
  let from = 0;
  while (from < to && /\p{Cf}/u.test(text.charAt(from))) from++;
  const core = text.slice(from, to);
  return {
    start: outerStart + from,
    end: outerStart + to,
    outerStart,
    outerEnd: outerStart + text.length,
    quoted: false,
    core,
    folded: core.length > longestWord ? "" : fold(core),
    suffix: punctuationOf(text.slice(to)),
  };
};

// The lookbehind stands after the mark, so that it runs once for each mark.
const closingMark = (mark: string): RegExp =>
  new RegExp(
    `${mark}(?<=[^\\s\\p{Cf}]\\p{Cf}*${mark})(?=$|[\\s\\p{Cf},.;:!?)\\]}、。，！？])`,
    "gu",
  );
const closingMarks = { '"': closingMark('"'), "“": closingMark("”") };
const openingMark = /(?<=^|[\s\p{Cf}([{、。，])["“](?=\p{Cf}*[^\s\p{Cf}])/gu;

/** The ranges of quoted text: from a mark that opens a word to the next that closes one. */
const quotes = (text: string): (readonly [open: number, close: number])[] => {
  const ends = {
    '"': [...text.matchAll(closingMarks['"'])],
    "“": [...text.matchAll(closingMarks["“"])],
  };
  const passed = { '"': 0, "“": 0 };
  const pairs: (readonly [number, number])[] = [];
  let free = 0;
  for (const { index } of text.matchAll(openingMark)) {
    if (index < free) continue;
    const mark = text[index] === "“" ? "“" : '"';
    while ((ends[mark][passed[mark]]?.index ?? text.length) < index + 2) passed[mark]++;
    const close = ends[mark][passed[mark]]?.index;
    if (close === undefined) continue;
    pairs.push([index, close]);
    free = close + 1;
  }
  return pairs;
};

const chunk = new RegExp(`[^\\s${closing}]+[${closing}]*|[${closing}]+`, "g");

/** Whether any character is visible; a text without one counts as a space. */
const isVisible = (text: string): boolean => /\P{Cf}/u.test(text);

/** The words of a line, in its order. */
export const readWords = (text: string): Word[] => {
  const found: Word[] = [];
  let from = 0;
  for (const [open, close] of [...quotes(text), [text.length, text.length] as const]) {
    for (const { 0: word, index } of text.slice(from, open).matchAll(chunk)) {
      if (isVisible(word)) found.push(readWord(word, from + index));
    }
    from = close + 1;
    if (open < close) {
      const ends = { start: open, end: from, outerStart: open, outerEnd: from };
      found.push({ ...nothing, ...ends, quoted: true });
    }
  }
  return found;
};
