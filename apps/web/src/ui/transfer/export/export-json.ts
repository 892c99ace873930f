import { type ExportFile, exported } from "./export-file.ts";

/** the version of the format, raised when older readers would misread the file. */
export const jsonVersion = 1;

/** The export of the whole account, one task a line, which can be imported again. */
export const file: ExportFile = {
  ending: "json",
  type: "application/json",
  trash: true,
  async *write(pages, exportedAt) {
    const head = { format: "tend", version: jsonVersion, exported_at: exportedAt };
    yield `${JSON.stringify(head).slice(0, -1)},"tasks":[`;
    let separator = "\n";
    for await (const tasks of pages) {
      if (tasks.length === 0) continue;
      yield separator + tasks.map((task) => JSON.stringify(exported(task))).join(",\n");
      separator = ",\n";
    }
    yield "\n]}\n";
  },
};
