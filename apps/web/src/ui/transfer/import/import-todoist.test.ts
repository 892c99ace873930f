import { limits } from "@tend/contracts/limits";
import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { check } from "./import-check.ts";
import { UnreadableFile } from "./import-draft.ts";
import { readTodoist } from "./import-todoist.ts";

const today = "2026-11-21";

/** In the form of Todoist's templates, which end their lines as RFC 4180 has it. */
const template = [
  "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT,DEADLINE,DEADLINE_LANG",
  "meta,view_style=list,,,,,,,,,,,,",
  "task,Repot the fern @garden @weekend,The pot is in the shed,1,1,Ada (1815),,24 Nov 2026 9:00,en,Europe/Berlin,30,minute,,",
  "task,Buy compost,,4,2,Ada (1815),Bob (7),,en,Europe/Berlin,,None,,",
  'note,"Without peat,\r\nplease",,,,Ada (1815),,,,,,,,',
  ",,,,,,,,,,,,,",
  "section,This week,,,,,,,,,,,,",
  "task,Water the ferns,,2,1,Ada (1815),,every monday,en,Europe/Berlin,,,24 Dec 2026,en",
  "task,Mail ada@example.com,,3,1,Ada (1815),,tomorrow,en,,,,,",
].join("\r\n");

async function read(text: string) {
  const { entries, faults, remarks } = await check(readTodoist(text, today));
  return { tasks: entries.map(({ task }) => task), faults, remarks };
}

const header = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,DATE_LANG,TIMEZONE";

/** One row after the header. */
async function readOne(cells: Record<string, string>) {
  const row = header.split(",").map((name) => cells[name] ?? (name === "TYPE" ? "task" : ""));
  return read(`${header}\n${Papa.unparse([row])}`);
}

test("[X-3] a template: labels, notes, sections, subtasks, dates and priorities", async () => {
  const { tasks, faults, remarks } = await read(template);
  expect(faults).toEqual([]);
  expect(tasks.map(({ id: _, ...task }) => task)).toEqual([
    {
      title: "Repot the fern",
      description: "The pot is in the shed\n\nDuration in Todoist: 30 minute",
      due_date: "2026-11-24",
      due_time: "09:00",
      time_zone: "Europe/Berlin",
      priority: "high",
      tags: ["garden", "weekend"],
    },
    {
      title: "Buy compost",
      description:
        "Without peat,\r\nplease\n\nPart of: Repot the fern\nAssigned in Todoist to: Bob (7)",
      due_date: null,
      due_time: null,
      time_zone: null,
      priority: "none",
      tags: [],
    },
    {
      title: "Water the ferns",
      description: "Date in Todoist: every monday\nDeadline in Todoist: 24 Dec 2026",
      due_date: null,
      due_time: null,
      time_zone: null,
      priority: "medium",
      tags: ["This-week"],
    },
    {
      title: "Mail ada@example.com",
      description: null,
      due_date: "2026-11-22",
      due_time: null,
      time_zone: null,
      priority: "low",
      tags: ["This-week"],
    },
  ]);
  expect(remarks).toEqual([
    "1 date is not a day, such as “every Friday”, and will be kept in the notes.",
  ]);
});

test("[X-3] the same file gives the same ids on any day; equal rows have one each", async () => {
  const twice = `${template}\r\n${template.split("\r\n").at(-1)}`;
  const ids = (await read(twice)).tasks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(5);
  const later = await check(readTodoist(twice, "2027-01-01"));
  expect(later.entries.map(({ task }) => task.id)).toEqual(ids);
  // A row more leaves the ids of the others.
  const [first = "", ...rest] = twice.split("\r\n");
  const longer = await read([first, "task,Something new,,4,1,,,,,,,,,", ...rest].join("\r\n"));
  expect(longer.tasks.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
});

test("[X-3] a row is known by its text: line ends and the form of letters make no twin", async () => {
  const rows = [
    ["task", "Café", "Two\nlines", "1", "1"],
    ["section", "Küche"],
    ["task", "Bröd", "", "4", "1", "5 mär"],
  ];
  const lf = `${header}\n${Papa.unparse(rows, { newline: "\n" })}`;
  const ids = (await read(lf)).tasks.map(({ id }) => id);
  // As they were before anything was said of forms: who imported then makes nothing twice.
  expect(ids).toEqual([
    "02b78210-f6dc-5db1-a670-b30f97effcf1",
    "d3c0e72e-a16b-583f-9281-ef6b431c2350",
  ]);
  const others = [
    lf.replaceAll("\n", "\r\n"),
    lf.replaceAll("\n", "\r"),
    lf.normalize("NFD"),
    lf.normalize("NFD").replaceAll("\n", "\r\n"),
  ];
  for (const text of others) expect((await read(text)).tasks.map(({ id }) => id)).toEqual(ids);
});

test("[X-3] a title that is too long is cut, and stands whole before the notes", async () => {
  const title = "😀".repeat(limits.title + 1);
  const { tasks, remarks } = await readOne({ CONTENT: title, DESCRIPTION: "More" });
  expect(tasks[0]?.title).toBe(`${"😀".repeat(limits.title - 1)}…`);
  expect(tasks[0]?.description).toBe(`${title}\n\nMore`);
  expect(remarks[0]).toMatch(/^1 title is longer than 200 characters and will be cut/);
});

test.each([
  ["@home", "@home", ["home"]],
  ["Lunch @ noon", "Lunch @ noon", []],
  ["Meet @12:00", "Meet @12:00", []],
  ["Ask @ann, then @bob go", "Ask @ann, then go", ["bob"]],
  ["A @home @Home @HOME", "A", ["home"]],
  [`Long @${"x".repeat(51)}`, `Long @${"x".repeat(51)}`, []],
])("[X-3] labels in %j", async (CONTENT, title, tags) => {
  const { tasks } = await readOne({ CONTENT });
  expect(tasks[0]).toMatchObject({ title, tags });
});

test("[X-3] more labels than a task may have stay in the title", async () => {
  const labels = Array.from({ length: limits.tags + 2 }, (_, index) => `@label${index}`).join(" ");
  const { tasks } = await readOne({ CONTENT: `Much ${labels}` });
  expect(tasks[0]?.tags).toHaveLength(limits.tags);
  expect(tasks[0]?.title).toBe("Much @label20 @label21");
});

test.each([
  ["", "none", null],
  ["4", "none", null],
  ["7", "none", "Priority in Todoist: 7"],
])("[X-3] priority %j", async (PRIORITY, priority, description) => {
  expect((await readOne({ CONTENT: "A", PRIORITY })).tasks[0]).toMatchObject({
    priority,
    description,
  });
});

test("[X-3] a zone that is none is kept in the notes", async () => {
  const { tasks } = await readOne({
    CONTENT: "A",
    DATE: "2026-12-01 10:00",
    TIMEZONE: "Mars/Here",
  });
  expect(tasks[0]).toMatchObject({
    due_time: "10:00",
    time_zone: null,
    description: "Time zone in Todoist: Mars/Here",
  });
});

test("[X-3] a section that is no tag is kept in the notes", async () => {
  const { tasks } = await read(`${header}\nsection,###\ntask,A\nsection,# Home\ntask,B`);
  expect(tasks).toMatchObject([
    { title: "A", tags: [], description: "Section in Todoist: ###" },
    { title: "B", tags: ["Home"], description: null },
  ]);
});

test("[X-3] what cannot be taken is named by its line, counted as an editor counts", async () => {
  const { tasks, faults } = await read(
    [
      header,
      "note,Alone",
      'task,"Two\nlines",,,,',
      "project,What",
      "task,,Without a title,,,",
      "task,A\0B",
      `task,Long notes,${"x".repeat(limits.description + 1)}`,
      "",
      'task,"Not closed',
      "task,Swallowed",
    ].join("\n"),
  );
  expect(tasks.map(({ title }) => title)).toEqual(["Two\nlines", "Not closed\ntask,Swallowed"]);
  expect(faults).toEqual([
    { place: "Line 2", reason: "There is no task above this note." },
    { place: "Line 5", reason: "Its TYPE is neither task, section nor note." },
    {
      place: "Line 10",
      reason: "A quotation mark is not closed: what follows cannot be told apart.",
    },
    { place: "Line 6", reason: "title: Write a title of 1 to 200 characters." },
    {
      place: "Line 7",
      reason:
        "title: Remove the NUL character or the half of a surrogate pair: it cannot be stored.",
    },
    { place: "Line 8", reason: "description: Write at most 10,000 characters, or null." },
  ]);
});

test("a file that a spreadsheet saved with semicolons", async () => {
  const { tasks } = await read("type;content;priority\r\ntask;Pay rent;1\r\n");
  expect(tasks).toMatchObject([{ title: "Pay rent", priority: "high" }]);
});

test.each([
  ["id,title,description\r\n1,Pay rent,", /choose an export as JSON/],
  ["name,when\nPay rent,tomorrow", /neither a JSON export of Tend nor a CSV template/],
  ["just some text", /neither a JSON export of Tend nor a CSV template/],
])("%j is no template", (text, reason) => {
  expect(() => readTodoist(text, today)).toThrow(UnreadableFile);
  expect(() => readTodoist(text, today)).toThrow(reason);
});

test("[X-3] whatever stands in the cells, each row is taken or named, and nothing else", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.array(fc.string({ unit: "binary", maxLength: 30 }), { minLength: 7, maxLength: 7 }),
        {
          maxLength: 8,
        },
      ),
      async (cells) => {
        const rows = cells.map((row) => ["task", ...row]);
        const text = `${header}\r\n${Papa.unparse(rows, { newline: "\r\n" })}`;
        const { tasks, faults } = await read(text);
        expect(tasks.length + faults.length).toBe(rows.length);
        expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
      },
    ),
  ));
