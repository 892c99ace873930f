import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { check } from "#ui/transfer/import/import-check.ts";
import { UnknownColumns } from "#ui/transfer/import/import-draft.ts";
import { readCsv } from "./import-csv.ts";
import { type ColumnChoice, guessColumns } from "./table-columns.ts";

const today = "2026-11-21";

async function read(text: string, choice: ColumnChoice) {
  const { entries, faults, remarks } = await check(await readCsv(text, today, choice));
  return { tasks: entries.map(({ task }) => task), faults, remarks };
}

test("[X-7] columns of no known program are offered, each with what stands in it", async () => {
  const asked = readCsv("What,Due,\n,2026-12-01,\nPay rent,,x", today);
  await expect(asked).rejects.toThrow(UnknownColumns);
  await expect(asked).rejects.toMatchObject({
    columns: [
      { name: "What", example: "Pay rent" },
      { name: "Due", example: "2026-12-01" },
      { name: "", example: "x" },
    ],
  });
});

test.each([
  [
    ["Task", "Notes", "Due Date", "Priority", "Labels", "Done"],
    { title: 0, description: 1, due_date: 2, priority: 3, tags: 4, completed: 5 },
  ],
  [["id", "Subject", "When"], { title: 1, due_date: 2 }],
  [["Notes", "Something"], { description: 0, title: 1 }],
  [["Title", "Title"], { title: 0 }],
  [["Notes"], { description: 0, title: 0 }],
])("[X-7] of %j is guessed %j", (names, expected) => {
  expect(guessColumns(names)).toEqual(expected);
});

test("[X-7] a table by the columns that were chosen; the others go to the notes", async () => {
  const { tasks, faults, remarks } = await read(
    [
      "When;Name;About;Size;Level;Kinds;State",
      "2026-12-01 09:30;Pay rent;By transfer;M;Urgent;home, two words;done",
      "in 3 days;Call;;;2;;maybe",
      "tomorrow;Too;many;cells;;;;",
      "5/12/2026;Ask;;;;;",
    ].join("\n"),
    { title: 1, description: 2, due_date: 0, priority: 4, tags: 5, completed: 6 },
  );
  expect(tasks.map(({ id: _, ...task }) => task)).toMatchObject([
    {
      ...{ title: "Pay rent", description: "By transfer\n\nSize: M", completed: true },
      ...{
        due_date: "2026-12-01",
        due_time: "09:30",
        priority: "high",
        tags: ["home", "two-words"],
      },
    },
    {
      ...{ title: "Call", description: "When: in 3 days\nLevel: 2\nState: maybe" },
      ...{ completed: false, due_date: "2026-11-24", priority: "none", tags: [] },
    },
    { title: "Ask", description: "When: 5/12/2026", due_date: null },
  ]);
  expect(faults).toMatchObject([{ place: "Line 4" }]);
  expect(remarks).toEqual([
    expect.stringMatching(/^1 date is not a day that can be told.*“5\/12\/2026” \(Line 5\)/),
    expect.stringMatching(/^1 date counts from the day/),
    expect.stringMatching(
      /^2 statuses or priorities are not known here.*Level “2” \(Line 3\), State “maybe” \(Line 3\)/,
    ),
    "Not known here, and kept in the notes: Size.",
  ]);
});

test.each([
  ["P1", "high"],
  ["p2", "medium"],
  ["P3", "low"],
  ["P4", "none"],
  ["hoch", "high"],
  ["Dringend", "high"],
  ["Mittel", "medium"],
  ["niedrig", "low"],
  ["haute", "high"],
  ["média", "medium"],
  ["basse", "low"],
  ["ALTA", "high"],
  ["高", "high"],
  ["высокий", "high"],
])("[X-7] priority %s", async (cell, priority) => {
  const { tasks, remarks } = await read(`Task,Level\nA,${cell}`, { title: 0, priority: 1 });
  expect(tasks).toMatchObject([{ priority, description: null }]);
  expect(remarks).toEqual([]);
});

test.each([
  ["erledigt", true],
  ["Abgeschlossen", true],
  ["ja", true],
  ["X", true],
  ["terminé", true],
  ["termine\u0301", true],
  ["hecho", true],
  ["concluído", true],
  ["sí", true],
  ["готово", true],
  ["完了", true],
  ["offen", false],
  ["nein", false],
  ["ouvert", false],
  ["pendiente", false],
  ["0", false],
])("[X-7] status %s", async (cell, completed) => {
  const { tasks, remarks } = await read(`Task,State\nA,${cell}`, { title: 0, completed: 1 });
  expect(tasks).toMatchObject([{ completed, description: null }]);
  expect(remarks).toEqual([]);
});

test.each([
  ["cancelled", "2"],
  ["abgebrochen", "7"],
  ["on hold", "P9"],
])("[X-7] status %s and priority %s are named with their line, and kept", async (state, level) => {
  const { tasks, remarks } = await read(`Task,State,Level\nA,${state},${level}`, {
    ...{ title: 0, completed: 1, priority: 2 },
  });
  expect(tasks).toMatchObject([
    { completed: false, priority: "none", description: `Level: ${level}\nState: ${state}` },
  ]);
  expect(remarks).toEqual([
    `2 statuses or priorities are not known here, and will be kept in the notes: Level “${level}” (Line 2), State “${state}” (Line 2). Such a task will be open, or have no priority.`,
  ]);
});

test("[X-7] a first line that may be a task is named, since none is made of it", async () => {
  const { tasks, remarks } = await read("Buy milk,2026-12-05\nCall Ann,2026-12-06", {
    ...{ title: 0, due_date: 1 },
  });
  expect(tasks).toMatchObject([{ title: "Call Ann", due_date: "2026-12-06" }]);
  expect(remarks).toEqual([
    "The first line is taken for the names of the columns, and makes no task: Buy milk, 2026-12-05.",
  ]);
  const named = await read("Task,Anything\nCall Ann,", { title: 0 });
  expect(named.remarks).toEqual([]);
});

test("[X-7] a list of titles alone; whatever is chosen, a row keeps its id", async () => {
  const text = "Task\nPay rent\nPay rent\n";
  const { tasks } = await read(text, { title: 0 });
  expect(tasks.map(({ title }) => title)).toEqual(["Pay rent", "Pay rent"]);
  const other = await read(text, { title: 0, description: 0 });
  expect(other.tasks.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
});

test("[X-7] whatever stands in the cells, each row is taken or named", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 3, maxLength: 3 }), {
        maxLength: 6,
      }),
      fc.record({ title: fc.nat(2), due_date: fc.nat(2), tags: fc.nat(2), completed: fc.nat(2) }),
      async (cells, choice) => {
        const rows = cells.map(([first, ...others]) => [`x${first}`, ...others]);
        const text = Papa.unparse([["A", "B", "C"], ["always", "a", "row"], ...rows]);
        const { tasks, faults } = await read(text, choice);
        expect(tasks.length + faults.length).toBe(rows.length + 1);
      },
    ),
  ));
