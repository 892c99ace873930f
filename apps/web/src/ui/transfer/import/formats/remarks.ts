import { limits } from "@tend/contracts/limits";

/** The sentence of each kind of remark, with its examples. */
export type Words<Kind extends string> = Readonly<
  Record<Kind, (examples: readonly string[]) => string>
>;

/** Collects remarks on data that are imported differently than in the file, a sentence a kind. */
export class Remarks<Kind extends string> {
  readonly #words: Words<Kind>;
  readonly #examples = new Map<string, string[]>();

  /** The sentences come in the order of their words. */
  constructor(words: Words<Kind>) {
    this.#words = words;
  }

  note(kind: Kind, example: string): void {
    const examples = this.#examples.get(kind);
    if (examples) examples.push(example);
    else this.#examples.set(kind, [example]);
  }

  sentences(): readonly string[] {
    const words = Object.entries<Words<Kind>[Kind]>(this.#words);
    return words.flatMap(([kind, say]) => {
      const examples = this.#examples.get(kind);
      return examples ? [say(examples)] : [];
    });
  }
}

export const undatedWords = (dates: readonly string[]): string =>
  `${countOf(dates, "date is", "dates are")} not a day that can be told, and will be kept in the notes: ${someOf(dates)}.`;

export type DraftKind = "unread" | "title" | "notes" | "column" | "left out";

/** The remarks of every format. */
export const draftWords: Words<DraftKind> = {
  unread: (cells) =>
    `${countOf(cells, "status or priority is", "statuses or priorities are")} not known here, and will be kept in the notes: ${someOf(cells)}. Such a task will be open, or have no priority.`,
  title: (at) =>
    `${countOf(at, "title is", "titles are")} longer than ${limits.title} characters and will be cut: ${someOf(at)}. The whole text stands at the beginning of the notes.`,
  notes: (at) =>
    `${countOf(at, "task has", "tasks have")} more notes than the ${limits.description.toLocaleString("en")} characters that fit, and will be cut: ${someOf(at)}.`,
  column: (names) => `Not known here, and kept in the notes: ${[...new Set(names)].join(", ")}.`,
  "left out": (what) => `Left out: ${[...new Set(what)].join(", ")}.`,
};

/** A number with its noun and verb: "1 date is", "2 dates are". */
export const countOf = ({ length }: readonly string[], one: string, more: string): string =>
  length === 1 ? `1 ${one}` : `${length.toLocaleString("en")} ${more}`;

const shown = 3;

/** The first examples, each once, and the number of others. */
export function someOf(examples: readonly string[]): string {
  const each = [...new Set(examples)];
  const more = each.length - shown;
  const first = each.slice(0, shown).join(", ");
  return more > 0 ? `${first} and ${more.toLocaleString("en")} more` : first;
}
