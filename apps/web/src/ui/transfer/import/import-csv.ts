import { findTable } from "./csv-table.ts";
import { type FileContent, UnreadableFile } from "./import-draft.ts";
import { isTickTick, readTickTick } from "./import-ticktick.ts";
import { isTodoist, readTodoist } from "./import-todoist.ts";

/** @throws UnreadableFile */
export async function readCsv(text: string, today: string): Promise<FileContent> {
  const todoist = findTable(text, isTodoist);
  if (todoist) return readTodoist([{ table: todoist }], today);
  const tickTick = findTable(text, isTickTick);
  if (tickTick) return readTickTick(tickTick);
  throw new UnreadableFile(
    findTable(text, isTend)
      ? "CSV exports of Tend are for spreadsheets. To import your tasks, choose an export as JSON."
      : "This file is neither a JSON export of Tend nor a CSV template of Todoist, whose first line names the columns TYPE and CONTENT, nor a backup of TickTick.",
  );
}

const isTend = (names: readonly string[]): boolean =>
  names.includes("ID") && names.includes("TITLE");
