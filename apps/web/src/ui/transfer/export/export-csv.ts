import type { Task } from "@tend/contracts";
import Papa from "papaparse";
import { fieldNames, type ServerField } from "#ui/tasks/model/task-fields.ts";
import { type ExportFile, exported } from "./export-file.ts";

/** A field of the server's that is missing does not compile. */
const ofServer = Object.keys({
  created_at: 0,
  updated_at: 0,
  deleted_at: 0,
  version: 0,
} satisfies Record<Exclude<ServerField, "id" | "owner_user_id">, 0>);

const columns = ["id", ...fieldNames, ...ofServer];

/**
 * RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe (signs in
 * full width and what stands behind a break count too); one that looks like such a cell as well, so
 * that whoever reads the file can tell them apart.
 */
const lines = (rows: readonly (readonly unknown[])[]): string =>
  `${Papa.unparse([...rows], { newline: "\r\n", escapeFormulae: /^'*[=+\-@＝＋－＠\t\r\n]/ })}\r\n`;

function rowOf(task: Task): readonly unknown[] {
  const cells = new Map<string, unknown>(Object.entries(exported(task)));
  cells.set("tags", task.tags.join(","));
  return columns.map((name) => cells.get(name));
}

/** For spreadsheets, which take it for UTF-8 by its byte order mark. */
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
