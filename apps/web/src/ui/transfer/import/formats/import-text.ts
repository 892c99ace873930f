import { part } from "#ui/kit/part.ts";
import { type FileContent, UnreadableFile } from "#ui/transfer/import/import-draft.ts";
import { assertTasks, assertText } from "./file-signature.ts";
import type { ColumnChoice } from "./table-columns.ts";

const json = part(() => import("./import-json.ts"));
const csv = part(() => import("./import-csv.ts"));

/** @throws UnreadableFile where the file is no text with tasks; the error says what it is. */
export function textOf(bytes: Uint8Array): string {
  assertText(bytes);
  const text = decode(bytes);
  if (text.trim() === "") throw new UnreadableFile("This file is empty. Choose another one.");
  assertTasks(text);
  return text;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFile("This file is not text in UTF-8. Save it as UTF-8 and try again.");
  }
}

/** Whether a file is JSON, also by its content: phones drop the endings of names. */
export const isJson = (text: string, name: string): boolean =>
  /^\s*[[{]/.test(text) || name.toLowerCase().endsWith(".json");

/** @throws UnreadableFile, PartMissing */
export const readText = async (
  text: string,
  name: string,
  today: string,
  choice?: ColumnChoice,
): Promise<FileContent> =>
  isJson(text, name) ? (await json()).readJson(text) : (await csv()).readCsv(text, today, choice);
