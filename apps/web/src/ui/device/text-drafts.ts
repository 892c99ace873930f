import { keyPrefix } from "./storage.ts";

/** Fields of one text: that which adds a task, that of the palette, the name on the account page. */
type Field = "new" | "command" | "name";

export interface TextDrafts {
  readText(field: Field): string;
  writeText(field: Field, text: string): void;
}

export function createTextDrafts(storage: Storage | undefined, userId: string): TextDrafts {
  const prefix = keyPrefix("draft", userId);
  return {
    readText: (field) => storage?.getItem(prefix + field) ?? "",
    writeText: (field, text) => writeText(storage, prefix + field, text),
  };
}

/** Nothing is no draft. */
export function writeText(storage: Storage | undefined, key: string, text: string): void {
  try {
    if (text === "") storage?.removeItem(key);
    else storage?.setItem(key, text);
  } catch {
    // Full: the text still stands in its field.
  }
}
