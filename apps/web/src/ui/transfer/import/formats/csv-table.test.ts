import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { findTable } from "./csv-table.ts";

const isHeader = (names: readonly string[]) => names.includes("A") && names.includes("B");
const read = (text: string) => {
  const table = findTable(text, isHeader);
  const rows = table?.rows ?? [];
  return {
    rows: rows
      .filter(({ fault }) => fault === undefined)
      .map(({ place, cell }) => `${place}: ${cell("A")}|${cell("B")}`),
    faults: rows.flatMap(({ place, fault }) => (fault === undefined ? [] : `${place}: ${fault}`)),
  };
};

test.each([
  ["commas", "A,B\n1,2", "Line 2: 1|2"],
  ["semicolons", "a;b\n1,5;2", "Line 2: 1,5|2"],
  ["tabs", "A\tB\n1\t2", "Line 2: 1|2"],
  ["a hint", "sep=;\r\nA;B\r\n1;2", "Line 3: 1|2"],
  ["a hint in capitals", "SEP=,\nA,B\n1,2", "Line 3: 1|2"],
  ["a hint of what nobody guesses", "sep=|\nA|B\n1|2", "Line 3: 1|2"],
  ["a quoted hint", '"sep=;"\nA;B\n1;2', "Line 3: 1|2"],
  ["a byte order mark", "\ufeffA,B\n1,2", "Line 2: 1|2"],
  ["two marks and a hint", "\ufeff\ufeffsep=,\nA,B\n1,2", "Line 3: 1|2"],
  ["blank lines before the header", "\n\r\n ,\nA,B\n1,2", "Line 5: 1|2"],
  ["lines about the file", 'Date: today\n"Version\n7, of B"\nA,B\n1,2', "Line 5: 1|2"],
  ["CR alone", "A,B\r1,2", "Line 2: 1|2"],
  ["another order, and spaces", " b , a \n 2 , 1 ", "Line 2: 1|2"],
  ["a short row", "A,B\n1", "Line 2: 1|"],
])("a table with %s", (_, text, row) => {
  expect(read(text)).toMatchObject({ rows: [row], faults: [] });
});

test("line ends may differ from row to row, and a line within a cell counts", () => {
  expect(read('A,B\r\n1,"2\r\n2"\n3,4\r5,6\n\n7,8').rows).toEqual([
    "Line 2: 1|2\n2",
    "Line 4: 3|4",
    "Line 5: 5|6",
    "Line 7: 7|8",
  ]);
});

test("a row with more cells than there are columns is named, not shifted", () => {
  expect(read("A,B\n1,2\nsalt, pepper,4\n1,2,\n3,4").faults).toEqual([
    expect.stringMatching(/^Line 3: It has 3 cells for 2 columns/),
    expect.stringMatching(/^Line 4: It has 3 cells for 2 columns/),
  ]);
});

test("a quotation mark that is not closed is named with all lines that it takes along", () => {
  expect(read('A,B\n1,2\n3,"4\n5,6\n7,8')).toMatchObject({
    rows: ["Line 2: 1|2"],
    faults: [expect.stringMatching(/^Lines 3 to 5: .*not closed/)],
  });
  expect(read('A,B\n"1" x,2\n3,4')).toMatchObject({
    faults: [expect.stringMatching(/closing quotation mark|not closed/)],
  });
});

test("columns of other names are told, also without a name or of the same", () => {
  const table = findTable("A,B,,a,Mood\n1,2,3,4,good", isHeader);
  expect(table?.rows[0]?.rest(new Set(["A", "B"]))).toEqual([
    ["Column 3", "3"],
    ["a", "4"],
    ["Mood", "good"],
  ]);
});

test.each(["", "\n\n", "x,y\n1,2", "sep=;", "\0\0", '"'])("%j has no such table", (text) => {
  expect(findTable(text, isHeader)).toBeUndefined();
});

test("whatever the delimiter, the line ends and the cells, no row is lost", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), {
        maxLength: 6,
      }),
      fc.constantFrom(",", ";", "\t"),
      fc.constantFrom("\r\n", "\n", "\r"),
      fc.boolean(),
      (cells, delimiter, newline, quotes) => {
        const rows = cells.map(([a, b]) => [`x${a}`, `x${b}`]);
        const text = Papa.unparse([["A", "B"], ...rows], { delimiter, newline, quotes });
        const table = findTable(text, isHeader);
        expect(table?.rows.map(({ fault, cell }) => [fault, cell("A"), cell("B")])).toEqual(
          rows.map((row) => [undefined, ...row.map((cell) => cell.replace(/\r\n?/g, "\n").trim())]),
        );
      },
    ),
  ));
