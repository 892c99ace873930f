import { part } from "#ui/kit/part.ts";
import { assertTasks, assertText } from "./file-signature.ts";
import { type Checked, check } from "./import-check.ts";
import { UnreadableFile } from "./import-draft.ts";

const json = part(() => import("./import-json.ts"));
const csv = part(() => import("./import-csv.ts"));

const largest = 20 * 1024 * 1024;

/**
 * Reads a file and says what of it the API will take. Nothing leaves the browser.
 *
 * @throws UnreadableFile, PartMissing
 */
export async function readImportFile(file: File, today: string): Promise<Checked> {
  if (file.size > largest) {
    throw new UnreadableFile(
      "This file is larger than 20 MB, the most that can be read here. Split it, or use the API.",
    );
  }
  const bytes = await bytesOf(file);
  assertText(bytes);
  const text = decode(bytes);
  if (text.trim() === "") throw new UnreadableFile("This file is empty. Choose another one.");
  assertTasks(text);
  // By what it holds: files are renamed, and phones take the endings away.
  const isJson = /^\s*[[{]/.test(text) || file.name.toLowerCase().endsWith(".json");
  const content = isJson
    ? (await json()).readJson(text)
    : await (await csv()).readCsv(text, today);
  return check(content);
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new UnreadableFile("This file could not be read. Check that it is still there.");
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFile("This file is not text in UTF-8. Save it as UTF-8 and try again.");
  }
}
