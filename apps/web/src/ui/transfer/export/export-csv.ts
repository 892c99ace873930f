import type { Task } from "@tend/contracts";
import Papa from "papaparse";
import { fieldNames, type ServerField } from "#ui/tasks/model/task-fields.ts";
import { type ExportFile, exported } from "./export-file.ts";

/** The fields that the server sets; without one it does not compile. */
const ofServer = Object.keys({
  created_at: 0,
  updated_at: 0,
  deleted_at: 0,
  version: 0,
} satisfies Record<Exclude<ServerField, "id" | "owner_user_id">, 0>);

const columns = ["id", ...fieldNames, ...ofServer];

/**
 * Rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula, also by signs in full
 * width or behind a line break, gets an apostrophe; so does one that already looks escaped, so that
 * a reader can undo it.
 */
const lines = (rows: readonly (readonly unknown[])[]): string =>
  `${Papa.unparse([...rows], { newline: "\r\n", escapeFormulae: /^'*[=+\-@＝＋－＠\t\r\n]/ })}\r\n`;

function rowOf(task: Task): readonly unknown[] {
  const cells = new Map<string, unknown>(Object.entries(exported(task)));
  cells.set("tags", task.tags.join(","));
  return columns.map((name) => cells.get(name));
}

/** The export for spreadsheets, which take it for UTF-8 by its byte order mark. */
export const file: ExportFile = {
  ending: "csv",
  type: "text/csv",
  trash: true,
  async *write(pages) {
    yield `\ufeff${lines([columns])}`;
    for await (const tasks of pages) {
      if (tasks.length > 0) yield lines(tasks.map(rowOf));
    }
  },
};
