import type { NewTask } from "@tend/contracts";
import { codePoints, limits } from "@tend/contracts/limits";
import { v5 as uuidv5 } from "uuid";
import { notesOf, shortened } from "./formats/notes.ts";
import type { Draft } from "./import-draft.ts";
import { canonicalText } from "./same-text.ts";

/** The UUID namespace of ids; with another one, a second import would make all tasks again. */
const namespace = "a7d2b246-ab53-42e6-973e-6a9395fd8c0b";

/**
 * makes ids of rows. The same text has the same id in each import; equal rows of one file have
 * different ids, which depend on the project but in the first that has such a row.
 */
export class RowIds {
  readonly #counts = new Map<string, number>();
  readonly #firsts = new Map<string, string>();

  idOf(texts: readonly string[], project = ""): string {
    const text = JSON.stringify(texts.map(canonicalText));
    const first = this.#firsts.get(text) ?? project;
    this.#firsts.set(text, first);
    const key = project === first ? text : JSON.stringify([project, text]);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return uuidv5(`${key} ${count}`, namespace);
  }
}

/** A task as another program has it. */
export interface Foreign extends Omit<NewTask, "description" | "id" | "tags" | "title"> {
  readonly place: string;
  readonly id: string;
  readonly title: string;
  /** The texts of the task, which become the notes. */
  readonly texts: readonly string[];
  /** Values without a field in Tend, by name; they go into the notes below the texts. */
  readonly lines: readonly (readonly [name: string, value: string | undefined])[];
  readonly tags: readonly string[];
  readonly trashed?: boolean;
}

/** The draft of a foreign task; `remark` is called where a text had to be cut. */
export function draftOf(
  { place, title, texts, lines, trashed = false, ...fields }: Foreign,
  remark: (kind: "title" | "notes", place: string) => void,
): Draft {
  const isCut = codePoints(title) > limits.title;
  if (isCut) remark("title", place);
  const below = lines.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`);
  const notes = notesOf([isCut ? title : "", ...texts], below.join("\n"));
  if (notes.isCut) remark("notes", place);
  return {
    place,
    fields: {
      ...fields,
      title: isCut ? shortened(title, limits.title) : title,
      description: notes.text || null,
    },
    trashed,
  };
}
