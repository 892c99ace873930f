import { UnreadableFile } from "#ui/transfer/import/import-draft.ts";

const signature = (text: string): readonly number[] => [...text].map((sign) => sign.charCodeAt(0));

const unpack = "Unpack it, and choose the file of tasks that is in it.";
const exportAnew =
  "Export your tasks as CSV or JSON from the program that has them, and choose that file.";
const saveAsCsv = "Save it as CSV (UTF-8) in your spreadsheet program, and choose that file.";

/** The first bytes of files that hold no text. */
const signatures: readonly (readonly [start: readonly number[], words: string])[] = [
  [[0x1f, 0x8b], `This is a gzip archive. ${unpack}`],
  [signature("7z\xbc\xaf\x27\x1c"), `This is a 7z archive. ${unpack}`],
  [signature("Rar!\x1a\x07"), `This is a RAR archive. ${unpack}`],
  [signature("\xfd7zXZ\0"), `This is an xz archive. ${unpack}`],
  [signature("BZh"), `This is a bzip2 archive. ${unpack}`],
  [[0x28, 0xb5, 0x2f, 0xfd], `This is a Zstandard archive. ${unpack}`],
  [
    signature("%PDF"),
    `This is a PDF: pages to read, from which no task can be told. ${exportAnew}`,
  ],
  [signature("\xd0\xcf\x11\xe0"), `This is a file of an old Office program. ${saveAsCsv}`],
  [signature("{\\rtf"), `This is a formatted document (RTF). ${exportAnew}`],
  [signature("\x89PNG"), `This is a picture. ${exportAnew}`],
  [[0xff, 0xd8, 0xff], `This is a picture. ${exportAnew}`],
  [signature("GIF8"), `This is a picture. ${exportAnew}`],
  [signature("SQLite format 3"), `This is a database of another program. ${exportAnew}`],
];

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

/** Whether a file is a ZIP, by its first bytes: its name may say anything. */
export const isZip = (bytes: Uint8Array): boolean =>
  [signature("PK\x03\x04"), signature("PK\x05\x06")].some((start) => startsWith(bytes, start));

/** @throws UnreadableFile where the file is not text; the error says what it is. */
export function assertText(bytes: Uint8Array): void {
  const [, words] = signatures.find(([start]) => startsWith(bytes, start)) ?? [];
  if (words !== undefined) throw new UnreadableFile(words);
}

/** Texts without tasks, by their first letters. */
const texts: readonly (readonly [start: RegExp, words: string])[] = [
  [
    /^\s*BEGIN:VCALENDAR/i,
    "This is a calendar, which is for calendar programs. To import tasks of Tend, choose an export as JSON.",
  ],
  [
    /^\s*<(?:!doctype html|html)/i,
    `This is a web page, perhaps one to sign in that was saved in place of a file. ${exportAnew}`,
  ],
  [/^\s*<\?xml/i, `This is an XML file. ${exportAnew}`],
];

/** @throws UnreadableFile where the text is of a kind without tasks; the error says which. */
export function assertTasks(text: string): void {
  const [, words] = texts.find(([start]) => start.test(text)) ?? [];
  if (words !== undefined) throw new UnreadableFile(words);
}
