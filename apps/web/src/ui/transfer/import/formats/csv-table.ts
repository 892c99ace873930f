import Papa from "papaparse";

/** A row of a table, read by the names of its columns, whose case does not count. */
export interface CsvRow {
  /** The place in the file: "Line 12", as an editor counts. */
  readonly place: string;
  /** The reason why the row cannot be split into cells. */
  readonly fault: string | undefined;
  readonly cells: readonly string[];
  /** The text in a column, trimmed; "" where there is none of that name. */
  readonly cell: (column: string) => string;
  /** The texts in columns of other names, and in second ones of a name. */
  readonly rest: (
    known: ReadonlySet<string>,
  ) => readonly (readonly [column: string, value: string])[];
}

export interface CsvTable {
  /** The columns by their names, as they are written. */
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
  /** The places of lines above the names of the columns. */
  readonly above: readonly string[];
}

/** The most records above the names of the columns: some programs describe the file there. */
const mostBefore = 20;

/**
 * The table below the first line that `isHeader` takes, with its names in capitals; undefined where
 * there is none. The delimiter is the one by which such a line is found.
 */
export function findTable(
  text: string,
  isHeader: (names: readonly string[]) => boolean,
): CsvTable | undefined {
  const { body, before, delimiters } = opened(text);
  for (const delimiter of delimiters) {
    const at = recordsOf(body, delimiter, mostBefore).findIndex(({ cells }) =>
      isHeader(namesOf(cells)),
    );
    if (at >= 0) return tableOf(recordsOf(body, delimiter), at, before);
  }
  return undefined;
}

/** The table below the first line that is not blank, by the delimiter that gives most columns. */
export function firstTable(text: string): CsvTable | undefined {
  const { body, before, delimiters } = opened(text);
  const headers = delimiters.map((delimiter) => {
    const records = recordsOf(body, delimiter, mostBefore);
    const at = records.findIndex(({ cells }) => cells.some((cell) => cell.trim() !== ""));
    return { delimiter, at, width: records[at]?.cells.length ?? 0 };
  });
  const [widest] = headers.toSorted((one, other) => other.width - one.width);
  return widest && widest.width > 0
    ? tableOf(recordsOf(body, widest.delimiter), widest.at, before)
    : undefined;
}

function opened(text: string) {
  // Line ends may differ from row to row, and do not matter within a cell.
  const lines = text.replace(/^\ufeff+/, "").replace(/\r\n?/g, "\n");
  const { body, before, delimiter } = withoutHint(lines);
  return { body, before, delimiters: delimiter === undefined ? [",", ";", "\t"] : [delimiter] };
}

/** A text without its hint for spreadsheets, "sep=;" in the first line, and the delimiter in it. */
function withoutHint(text: string) {
  const [hint, delimiter] = /^"?sep=([^\n"])"?\n/i.exec(text) ?? [];
  if (hint === undefined) return { body: text, before: 0 };
  return { body: text.slice(hint.length), before: 1, delimiter };
}

interface CsvRecord {
  readonly cells: readonly string[];
  /** The number of lines of the file that the record takes. */
  readonly lines: number;
  readonly fault: string | undefined;
}

function recordsOf(text: string, delimiter: string, preview = 0): readonly CsvRecord[] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: "\n", preview });
  const faults = new Map(
    errors.flatMap(({ type, code, row }) =>
      type === "Quotes" && row !== undefined ? [[row, quoteFault(code)]] : [],
    ),
  );
  return data.map((cells, index) => ({
    cells,
    lines: cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 1),
    fault: faults.get(index),
  }));
}

const quoteFault = (code: string): string =>
  code === "MissingQuotes"
    ? "A quotation mark is opened and not closed: what follows cannot be told apart."
    : "Text follows a closing quotation mark: where its cells end cannot be told.";

const namesOf = (cells: readonly string[]): readonly string[] =>
  cells.map((cell) => cell.trim().toUpperCase());

function tableOf(records: readonly CsvRecord[], at: number, before: number): CsvTable {
  const columns = (records[at]?.cells ?? []).map((name) => name.trim());
  const names = namesOf(columns);
  const rows: CsvRow[] = [];
  const above: string[] = [];
  let line = before + 1;
  for (const [index, { cells, lines, fault }] of records.entries()) {
    const place = placeOf(line, fault === undefined ? 1 : lines);
    line += lines;
    if (index === at || cells.every((cell) => cell.trim() === "")) continue;
    if (index < at) {
      above.push(place);
      continue;
    }
    const shifted =
      cells.length > columns.length
        ? `It has ${cells.length} cells for ${columns.length} columns: text with a comma must stand in quotation marks.`
        : undefined;
    rows.push({ place, fault: fault ?? shifted, cells, ...cellsOf(cells, columns, names) });
  }
  return { columns, rows, above };
}

const placeOf = (line: number, lines: number): string =>
  lines > 1 ? `Lines ${line} to ${line + lines - 1}` : `Line ${line}`;

const cellsOf = (
  cells: readonly string[],
  columns: readonly string[],
  names: readonly string[],
): Pick<CsvRow, "cell" | "rest"> => ({
  cell: (column) => cells[names.indexOf(column)]?.trim() ?? "",
  rest: (known) =>
    cells.flatMap((cell, index) => {
      const name = names[index] ?? "";
      const value = cell.trim();
      const isKnown = known.has(name) && names.indexOf(name) === index;
      return isKnown || value === "" ? [] : [[columns[index] || `Column ${index + 1}`, value]];
    }),
});
