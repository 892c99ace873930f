import type { Task } from "@tend/contracts";

type Texts = Pick<Task, "title" | "description"> & Partial<Pick<Task, "tags">>;

// The classes of letters are those of search_fold and search_words in the database (decision 0017).
const marks =
  /[\u0300-\u036f]|[\u0591-\u05bd\u05bf\u05c1-\u05c7]|[\u0610-\u061a\u0640\u064b-\u065f\u0670]|[\ufe00-\ufe0f]|[\u200b-\u200f]|[\u00ad\u2060\ufeff]|[\u{1f3fb}-\u{1f3ff}]/gu;
const variants: Readonly<Record<string, string>> = {
  ...{ ß: "ss", æ: "ae", œ: "oe", þ: "th", ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i" },
  ...{ ς: "σ", ي: "ی", ى: "ی", ك: "ک" },
};
const variant = /[ßæœþøłđðħıςيىك]/g;
const unspaced =
  /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\u{20000}-\u{3ffff}]+/gu;
const word =
  /[\p{L}\p{Nd}\u3005-\u3007\u0900-\u0963\u0966-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]+[+#]*|[\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u{1f000}-\u{1faff}]/gu;

const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(marks, "")
    .toLowerCase()
    .replace(variant, (letter) => variants[letter] ?? letter)
    .normalize("NFC");

const wordsOf = (text: string): readonly string[] =>
  fold(text).replace(unspaced, " $& ").match(word) ?? [];

const texts = new WeakMap<Texts, string>();

/** The words of a task, each behind a space, cached since a search runs at every letter. */
function textOf(task: Texts): string {
  const known = texts.get(task);
  if (known !== undefined) return known;
  const { title, description, tags = [] } = task;
  const text = ` ${wordsOf(`${title} ${tags.join(" ")} ${description ?? ""}`).join(" ")}`;
  texts.set(task, text);
  return text;
}

/** The least milliseconds of an idle time in which a task is still read. */
const leastIdleMs = 2;

/**
 * Reads the words of tasks while the page is idle, so that a first search is as quick as the next.
 * Returns a function that ends it. Where a browser tells of no idle time, the first search reads.
 */
export function readWhenIdle(tasks: Iterable<Texts>): () => void {
  if (typeof requestIdleCallback !== "function") return () => {};
  const rest = tasks[Symbol.iterator]();
  const readSome: IdleRequestCallback = (idle) => {
    while (idle.timeRemaining() > leastIdleMs) {
      const { done, value } = rest.next();
      if (done) return;
      textOf(value);
    }
    handle = requestIdleCallback(readSome);
  };
  let handle = requestIdleCallback(readSome);
  return () => cancelIdleCallback(handle);
}

/** The parts that a task must contain: beginnings of words; of an unspaced script, six letters. */
const partsOf = (q: string): readonly string[] =>
  wordsOf(q).flatMap((one) =>
    one.search(unspaced) === 0
      ? (one.match(/.{1,6}/gsu) ?? [])
      : ` ${[...one].slice(0, 60).join("")}`,
  );

/** Whether a search has text but no word: the server refuses it. */
export const isWordless = (q: string): boolean => q.trim() !== "" && !searchFor(q);

/** T-11: finds as the server does. Undefined: `q` has no word, so there is nothing to find. */
export function searchFor(q: string): ((task: Texts) => boolean) | undefined {
  const parts = partsOf(q);
  if (parts.length === 0) return undefined;
  return (task) => {
    const text = textOf(task);
    return parts.every((part) => text.includes(part));
  };
}
