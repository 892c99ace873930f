import {
  type FileContent,
  UnknownColumns,
  UnreadableFile,
} from "#ui/transfer/import/import-draft.ts";
import { type CsvTable, findTable, firstTable } from "./csv-table.ts";
import { isNamed, readTable } from "./import-table.ts";
import { findTickTick, readTickTick } from "./import-ticktick.ts";
import { shortened } from "./notes.ts";
import type { ColumnChoice } from "./table-columns.ts";
import { findTodoist, readTodoist } from "./todoist/import-todoist.ts";

/** @throws UnreadableFile, and UnknownColumns where a person has to choose the columns. */
export async function readCsv(
  text: string,
  today: string,
  choice?: ColumnChoice,
): Promise<FileContent> {
  const todoist = findTodoist(text);
  if (todoist) return readTodoist([{ table: todoist }], today);
  const tickTick = findTickTick(text);
  if (tickTick) return readTickTick(tickTick);
  if (findTable(text, isTend)) {
    throw new UnreadableFile(
      "CSV exports of Tend are for spreadsheets. To import your tasks, choose an export as JSON.",
    );
  }
  const table = firstTable(text);
  if (!table || !isNamed(table.columns) || table.rows.length === 0) {
    throw new UnreadableFile(
      "This file is neither an export of Tend, Todoist, TickTick or Google Tasks nor a table whose first line names its columns.",
    );
  }
  if (choice) return readTable(table, choice, today);
  throw new UnknownColumns(columnsOf(table));
}

const isTend = (names: readonly string[]): boolean =>
  ["ID", "TITLE", "DESCRIPTION", "POSITION", "VERSION"].every((name) => names.includes(name));

const columnsOf = ({ columns, rows }: CsvTable) =>
  columns.map((name, index) => {
    const filled = rows.find(({ cells }) => cells[index]?.trim());
    return { name, example: shortened(filled?.cells[index]?.trim() ?? "", 40) };
  });
