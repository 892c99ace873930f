import { limits } from "@tend/contracts/limits";
import { someOf } from "./some-of.ts";

/** What of Todoist nothing here has a use for. */
const leftOut = [
  ["author", "who wrote a task"],
  ["zone", "the time zone of what has no time"],
  ["view", "how Todoist shows the project"],
] as const;

/** What is taken otherwise than it stands in the file. */
type Kind =
  | "title"
  | "notes"
  | "header"
  | "attachment"
  | "undated"
  | "today"
  | "year"
  | "column"
  | "empty section"
  | (typeof leftOut)[number][0];

/** Collects what is to be said of a file, each kind in one sentence. */
export class TodoistRemarks {
  readonly #examples = new Map<Kind, string[]>();
  readonly #today: string;

  constructor(today: string) {
    this.#today = today;
  }

  note(kind: Kind, example: string): void {
    const examples = this.#examples.get(kind);
    if (examples) examples.push(example);
    else this.#examples.set(kind, [example]);
  }

  sentences(): string[] {
    const of = (kind: Kind, say: (examples: readonly string[]) => string): string[] => {
      const examples = this.#examples.get(kind);
      return examples ? [say(examples)] : [];
    };
    const left = leftOut.flatMap(([kind, what]) => of(kind, () => what));
    return [
      ...of(
        "title",
        (at) =>
          `${count(at, "title is", "titles are")} longer than ${limits.title} characters and will be cut: ${someOf(at)}. The whole text stands at the beginning of the notes.`,
      ),
      ...of(
        "notes",
        (at) =>
          `${count(at, "task has", "tasks have")} more notes than the ${limits.description.toLocaleString("en")} characters that fit, and will be cut: ${someOf(at)}.`,
      ),
      ...of(
        "undated",
        (dates) =>
          `${count(dates, "date is", "dates are")} not a day that can be told, and will be kept in the notes: ${someOf(dates)}.`,
      ),
      ...of(
        "today",
        (dates) =>
          `${count(dates, "date counts", "dates count")} from the day of the export, which the file does not name: ${someOf(dates)}. Here today, ${this.#today}, is taken for it, and the words are kept in the notes.`,
      ),
      ...of(
        "year",
        (dates) =>
          `${count(dates, "date names", "dates name")} no year: ${someOf(dates)}. Here ${this.#today.slice(0, 4)} is taken for it, and the words are kept in the notes.`,
      ),
      ...of(
        "header",
        (at) =>
          `${count(at, "task has", "tasks have")} no box to tick in Todoist, by an asterisk, and will have one here: ${someOf(at)}.`,
      ),
      ...of(
        "attachment",
        (at) =>
          `${count(at, "attachment is", "attachments are")} kept in the notes by name and address; the files themselves stay with Todoist: ${someOf(at)}.`,
      ),
      ...of(
        "column",
        (columns) => `Not known here, and kept in the notes: ${[...new Set(columns)].join(", ")}.`,
      ),
      ...of("empty section", (names) => `Left out, since no task is in them: ${someOf(names)}.`),
      ...(left.length > 0 ? [`Left out: ${left.join(", ")}.`] : []),
    ];
  }
}

const count = ({ length }: readonly string[], one: string, more: string): string =>
  length === 1 ? `1 ${one}` : `${length.toLocaleString("en")} ${more}`;
