import { readDay } from "./days.ts";
import type { Now } from "./pieces.ts";
import { type Line, wordAt } from "./words.ts";

/** The most words that a day in brackets is looked for in. */
const longest = 8;

const readsAsDay = (words: Line, now: Now): boolean => {
  const day = readDay(words, 0, now, true);
  return day?.length === words.length && !(day.kind === "unclear" && day.soft);
};

/** The words in brackets: "(Friday)", "[24 Nov]". */
const inBrackets = (line: Line, from: number): Line => {
  if (!/^[([]/.test(wordAt(line, from).folded)) return [];
  const near = line.slice(from, from + longest);
  return near
    .slice(0, near.findIndex(({ folded }) => /[)\]]$/.test(folded)) + 1)
    .map((word) => ({ ...word, folded: word.folded.replace(/^[([]|[)\]]$/g, "") }));
};

/** The possessive that begins a line, which makes a day its topic: "Friday's match". */
const possessive = (line: Line, from: number): Line => {
  const word = wordAt(line, from);
  return from === 0 && word.folded.endsWith("'s")
    ? [{ ...word, folded: word.folded.slice(0, -2) }]
    : [];
};

/** The number of words that name a day and stay text; a time beside them would get a wrong day. */
export const asideLength = (line: Line, from: number, now: Now): number =>
  [inBrackets(line, from), possessive(line, from)].find(
    (words) => words.length > 0 && readsAsDay(words, now),
  )?.length ?? 0;
