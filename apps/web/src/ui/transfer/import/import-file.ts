import { part } from "#ui/kit/part.ts";
import { isZip } from "./formats/file-signature.ts";
import { readText, textOf } from "./formats/import-text.ts";
import type { ColumnChoice } from "./formats/table-columns.ts";
import { type Checked, check } from "./import-check.ts";
import { UnreadableFile } from "./import-draft.ts";

const zip = part(() => import("./formats/zip/import-zip.ts"));

const largest = 20 * 1024 * 1024;

/**
 * Reads a file and checks what the API will take; a table of an unknown program by the columns that
 * were chosen. Nothing leaves the browser.
 * @throws UnreadableFile, PartMissing, and UnknownColumns where columns have to be chosen.
 */
export async function readImportFile(
  file: File,
  today: string,
  choice?: ColumnChoice,
): Promise<Checked> {
  if (file.size > largest) {
    throw new UnreadableFile(
      "This file is larger than 20 MB, the most that can be read here. Split it, or use the API.",
    );
  }
  const bytes = await readBytes(file);
  const content = isZip(bytes)
    ? await (await zip()).readZip(bytes, largest, today)
    : await readText(textOf(bytes), file.name, today, choice);
  return check(content);
}

async function readBytes(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new UnreadableFile("This file could not be read. Check that it is still there.");
  }
}
