import { keyPrefix } from "./storage.ts";

/** Text fields with a draft: the one that adds a task, the palette's, the name of the account. */
type Field = "new" | "command" | "name";

export interface TextDrafts {
  readText(field: Field): string;
  writeText(field: Field, text: string): void;
  /** Adds a text to the draft, unless it is in it. */
  addText(field: Field, text: string): void;
}

export function createTextDrafts(storage: Storage | undefined, userId: string): TextDrafts {
  const prefix = keyPrefix("draft", userId);
  return {
    readText: (field) => storage?.getItem(prefix + field) ?? "",
    writeText: (field, text) => writeText(storage, prefix + field, text),
    addText(field, text) {
      const before = this.readText(field);
      if (!before.includes(text)) this.writeText(field, `${before} ${text}`.trimStart());
    },
  };
}

/** Stores a draft; an empty text removes it. */
export function writeText(storage: Storage | undefined, key: string, text: string): void {
  try {
    if (text === "") storage?.removeItem(key);
    else storage?.setItem(key, text);
  } catch {
    // The storage is full: the text still stands in its field.
  }
}
