import { limits } from "@tend/contracts/limits";
import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { check } from "#ui/transfer/import/import-check.ts";
import { UnknownColumns } from "#ui/transfer/import/import-draft.ts";
import { readCsv } from "./import-csv.ts";

const columns = [
  ...["Folder Name", "List Name", "Title", "Kind", "Tags", "Content", "Is Check list"],
  ...["Start Date", "Due Date", "Reminder", "Repeat", "Priority", "Status", "Created Time"],
  ...["Completed Time", "Order", "Timezone", "Is All Day", "Is Floating", "Column Name"],
  ...["Column Order", "View Mode", "taskId", "parentId"],
];
const preamble =
  '"Date: 2026-11-20+0000"\n"Version: 7.1"\n"Status: \n0 Normal\n1 Completed\n2 Archived"\n';

type Cells = Readonly<Record<string, string>>;

const fileOf = (...rows: readonly Cells[]) =>
  `\ufeff${preamble}${Papa.unparse([columns, ...rows.map((row) => columns.map((name) => row[name] ?? ""))], { quotes: true, newline: "\n" })}`;

async function read(text: string) {
  const { entries, faults, remarks } = await check(await readCsv(text, "2026-11-21"));
  return {
    tasks: entries.map(({ task }) => task),
    places: entries.map(({ place }) => place),
    faults,
    remarks,
  };
}
const readOne = async (cells: Cells) => {
  const { tasks, ...rest } = await read(fileOf({ Title: "A", Status: "0", ...cells }));
  return { task: tasks[0], ...rest };
};

test("[X-6] a backup of TickTick, below its lines about the file", async () => {
  const { tasks, places, faults, remarks } = await read(
    fileOf(
      {
        ...{ "Folder Name": "Private", "List Name": "House, garden", Title: "Repot", Kind: "TEXT" },
        ...{ Tags: "plants, spring", Content: "In the shed\rBelow", "Is Check list": "N" },
        ...{ "Start Date": "2026-12-01T08:00:00+0000", "Due Date": "2026-12-01T08:30:00+0000" },
        ...{
          Reminder: "TRIGGER:PT0S",
          Repeat: "FREQ=WEEKLY;INTERVAL=1",
          Priority: "5",
          Status: "0",
        },
        ...{ "Created Time": "2026-10-01T06:00:00+0000", Order: "-1099511627776", taskId: "1" },
        ...{ Timezone: "Europe/Berlin", "Is All Day": "false", "Column Name": "Doing" },
      },
      {
        ...{ "List Name": "Inbox", Title: "Buy soil", Status: "2", Priority: "1", parentId: "1" },
        ...{ "Due Date": "2026-11-30T23:00:00+0000", "Is All Day": "true" },
        ...{ Timezone: "Europe/Berlin", "Completed Time": "2026-11-20T06:00:00+0000" },
      },
    ),
  );
  expect(faults).toEqual([]);
  expect(places).toEqual(["Line 8", "Line 10"]);
  expect(tasks.map(({ id: _, ...task }) => task)).toEqual([
    {
      title: "Repot",
      description: [
        "In the shed\nBelow",
        [
          "Folder in TickTick: Private",
          "Column in TickTick: Doing",
          "Start in TickTick: 2026-12-01 09:00",
          "Repeats in TickTick: FREQ=WEEKLY;INTERVAL=1",
          "Reminder in TickTick: TRIGGER:PT0S",
        ].join("\n"),
      ].join("\n\n"),
      completed: false,
      due_date: "2026-12-01",
      due_time: "09:30",
      time_zone: "Europe/Berlin",
      priority: "high",
      tags: ["House-garden", "plants", "spring"],
    },
    {
      title: "Buy soil",
      description: "Part of: Repot",
      completed: true,
      due_date: "2026-12-01",
      due_time: null,
      time_zone: null,
      priority: "low",
      tags: [],
    },
  ]);
  expect(remarks).toEqual([
    "1 task repeats in TickTick, and will be there once, with the rule in the notes: Line 8.",
    "1 task has a reminder, which will be kept in the notes: Line 8.",
    "Left out: when a task was made, how TickTick orders and shows tasks, when a task was completed, the time zone of what has no time.",
  ]);
});

test.each([
  ["0", "none", null],
  ["1", "low", null],
  ["3", "medium", null],
  ["5", "high", null],
  ["9", "none", "Priority in TickTick: 9"],
])("[X-6] priority %s", async (Priority, priority, description) => {
  expect((await readOne({ Priority })).task).toMatchObject({ priority, description });
});

test.each([
  ["0", false, null],
  ["1", true, null],
  ["2", true, null],
  ["-1", true, "Status in TickTick: not to be done"],
  ["7", false, "Status in TickTick: 7"],
])("[X-6] status %s", async (Status, completed, description) => {
  expect((await readOne({ Status })).task).toMatchObject({ completed, description });
});

test.each([
  ["2026-07-01T22:30:00+0000", "Europe/Berlin", "false", "", "2026-07-02 00:30 Europe/Berlin"],
  [
    "2026-12-01T08:30:00.000+0000",
    "America/New_York",
    "false",
    "",
    "2026-12-01 03:30 America/New_York",
  ],
  ["2026-12-01T08:30:00+0000", "", "false", "", "2026-12-01 08:30 UTC"],
  ["2026-12-01T08:30:00+0100", "", "false", "", "2026-12-01 07:30 UTC"],
  ["2026-12-01T08:30:00+0000", "Europe/Berlin", "false", "true", "2026-12-01 09:30 null"],
  ["2026-12-01T05:00:00+0000", "America/New_York", "true", "", "2026-12-01 null null"],
  ["2026-11-30T11:00:00+0000", "Pacific/Auckland", "true", "", "2026-12-01 null null"],
  ["2026-11-30T23:00:00+0000", "", "true", "", "2026-12-01 null null"],
  ["2026-12-01T05:00:00+0000", "", "true", "", "2026-12-01 null null"],
  ["2026-12-01T00:00:00+0000", "Mars/Here", "true", "", "2026-12-01 null null"],
])(
  "[X-6] due at %s in %j, all day %s, floating %j",
  async (due, zone, allDay, floating, expected) => {
    const { task } = await readOne({
      ...{ "Due Date": due, Timezone: zone, "Is All Day": allDay, "Is Floating": floating },
    });
    expect(`${task?.due_date} ${task?.due_time} ${task?.time_zone}`).toBe(expected);
  },
);

test.each(["2026-02-30T08:00:00+0000", "2026-12-01T24:00:00+0000"])(
  "[X-6] due %s, which is no day or time, is kept in words",
  async (due) => {
    const { task, remarks } = await readOne({ "Due Date": due });
    expect(task).toMatchObject({ due_date: null, description: `Date in TickTick: ${due}` });
    expect(remarks).toEqual([expect.stringMatching(/^1 date is not a day that can be told/)]);
  },
);

test("[X-6] a start alone is the day; what is no date is kept in words", async () => {
  const start = await readOne({ "Start Date": "2026-12-01T00:00:00+0000", "Is All Day": "true" });
  expect(start.task).toMatchObject({ due_date: "2026-12-01", description: null });
  const { task, remarks } = await readOne({ "Due Date": "soon" });
  expect(task).toMatchObject({ due_date: null, description: "Date in TickTick: soon" });
  expect(remarks).toEqual([expect.stringMatching(/^1 date is not a day that can be told/)]);
});

test.each([
  // Whole days end on the morning after the last.
  ["2026-12-01T23:00:00+0000", "2026-12-04T23:00:00+0000", "Europe/Berlin", "true", "2026-12-04"],
  ["2026-11-30T23:00:00+0000", "2026-12-01T23:00:00+0000", "Europe/Berlin", "true", "2026-12-01"],
  ["2026-12-31T00:00:00+0000", "2027-01-01T00:00:00+0000", "UTC", "true", "2026-12-31"],
  // Whole days over the one on which the clocks go back.
  ["2026-10-23T22:00:00+0000", "2026-10-25T23:00:00+0000", "Europe/Berlin", "true", "2026-10-25"],
  ["2026-12-01T23:00:00+0000", "2026-12-01T23:00:00+0000", "Europe/Berlin", "true", "2026-12-02"],
  ["2026-12-05T23:00:00+0000", "2026-12-01T23:00:00+0000", "Europe/Berlin", "true", "2026-12-02"],
  ["soon", "2026-12-01T23:00:00+0000", "Europe/Berlin", "true", "2026-12-02"],
  ["2026-12-01T08:00:00+0000", "2026-12-04T08:00:00+0000", "Europe/Berlin", "false", "2026-12-04"],
])("[X-6] from %s to %s in %s, all day %s, is due on %s", async (start, due, zone, allDay, day) => {
  const { task } = await readOne({
    ...{ "Start Date": start, "Due Date": due, Timezone: zone, "Is All Day": allDay },
  });
  expect(task?.due_date).toBe(day);
});

test("[X-6] one whole day has no start besides; of more the first is kept", async () => {
  const whole = { Timezone: "UTC", "Is All Day": "true", "Start Date": "2026-12-01T00:00:00+0000" };
  const one = await readOne({ ...whole, "Due Date": "2026-12-02T00:00:00+0000" });
  expect(one.task).toMatchObject({ due_date: "2026-12-01", description: null });
  const two = await readOne({ ...whole, "Due Date": "2026-12-03T00:00:00+0000" });
  expect(two.task).toMatchObject({
    ...{ due_date: "2026-12-02", description: "Start in TickTick: 2026-12-01" },
  });
});

test("[X-6] a start that cannot be read is kept in words", async () => {
  const { task, remarks } = await readOne({
    ...{ "Start Date": "1.12.2026", "Due Date": "2026-12-04T08:00:00+0000" },
  });
  expect(task).toMatchObject({
    ...{ due_date: "2026-12-04", description: "Start in TickTick: 1.12.2026" },
  });
  expect(remarks).toEqual([expect.stringMatching(/^1 date is not.*“1\.12\.2026” \(Line 8\)/)]);
});

test("[X-6] a status and a priority that are not known are named with their lines", async () => {
  const { task, remarks } = await readOne({ Status: "3", Priority: "2" });
  expect(task).toMatchObject({ completed: false, priority: "none" });
  expect(task?.description).toBe("Priority in TickTick: 2\nStatus in TickTick: 3");
  expect(remarks).toEqual([
    expect.stringMatching(
      /^2 statuses or priorities are not known here.*Priority “2” \(Line 8\), Status “3” \(Line 8\)/,
    ),
  ]);
});

test.each([
  "List name;Title;Status;Due date\nHome;Wash;erledigt;2026-12-01",
  "List name;Title;Status;Due date\nHome;Wash;done;",
  "List name;Title;Status;Due date\nHome;Wash;;1.12.2026",
  "List name;Title;Status;Due date;TaskID\nHome;Wash;0;1.12.2026;7",
])("[X-7] a table of one's own is not taken for TickTick's: %j", async (text) => {
  await expect(readCsv(text, "2026-11-21")).rejects.toThrow(UnknownColumns);
});

test("[X-6] tags that are none, or too many, are kept in words", async () => {
  const many = Array.from({ length: limits.tags + 2 }, (_, index) => `t${index}`);
  const { task } = await readOne({
    "List Name": "🏡 Home",
    Tags: ["two words", ...many].join(", "),
  });
  expect(task?.tags).toEqual(["🏡-Home", "two-words", ...many.slice(0, limits.tags - 2)]);
  expect(task?.description).toBe(`Tags in TickTick: ${many.slice(limits.tags - 2).join(", ")}`);
});

test("[X-6] a task keeps its id where it was completed, moved or written on; two at once have two", async () => {
  const made = { "Created Time": "2026-10-01T06:00:00+0000" };
  const before = await read(
    fileOf({ Title: "A", ...made }, { Title: "B", ...made }, { Title: "B", ...made }),
  );
  const after = await read(
    fileOf(
      { Title: "A", ...made, Status: "1", "List Name": "Home", Content: "More" },
      { Title: "B", ...made },
      { Title: "B", ...made },
    ),
  );
  expect(new Set(before.tasks.map(({ id }) => id)).size).toBe(3);
  expect(after.tasks.map(({ id }) => id)).toEqual(before.tasks.map(({ id }) => id));
});

test("[X-6] a note, other columns and a broken row are named", async () => {
  const text = `${fileOf({ Title: "A", Kind: "NOTE", Status: "0" })}\n"too","many"${',"x"'.repeat(30)}`;
  const { faults, remarks } = await read(text);
  expect(faults).toMatchObject([
    { place: "Line 9", reason: expect.stringMatching(/32 cells for 24/) },
  ]);
  expect(remarks).toEqual(["1 note will be tasks here: Line 8."]);
  const other = await read("List Name,Title,Due Date,Status,Mood\nHome,A,,0,good");
  expect(other.tasks[0]?.description).toBe("Mood: good");
  expect(other.remarks).toEqual(["Not known here, and kept in the notes: Mood."]);
});

test("[X-6] whatever stands in the cells, each row is taken or named", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.dictionary(
          fc.constantFrom(...columns),
          fc.oneof(
            fc.constantFrom(
              "2026-12-01T08:30:00+0000",
              "9999-12-31T23:59:59-1200",
              "true",
              "-1",
              ",",
            ),
            fc.constantFrom("Europe/Berlin", "Inbox", "a, b,,c d", '"', "0000-01-01T00:00:00+1400"),
            fc.string({ unit: "binary", maxLength: 20 }),
          ),
          { minKeys: 1 },
        ),
        { maxLength: 8 },
      ),
      async (rows) => {
        const filled = rows.filter((row) => Object.values(row).some((cell) => cell.trim() !== ""));
        const { tasks, faults } = await read(fileOf(...rows));
        expect(tasks.length + faults.length).toBe(filled.length);
      },
    ),
  ));
