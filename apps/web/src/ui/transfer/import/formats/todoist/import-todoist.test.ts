import { limits } from "@tend/contracts/limits";
import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { readCsv } from "#ui/transfer/import/formats/import-csv.ts";
import { check } from "#ui/transfer/import/import-check.ts";
import { UnknownColumns, UnreadableFile } from "#ui/transfer/import/import-draft.ts";

const today = "2026-11-21";

/** A template of Todoist, which ends its lines as in RFC 4180. */
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
  const { entries, faults, remarks } = await check(await readCsv(text, today));
  return { tasks: entries.map(({ task }) => task), faults, remarks };
}

const header = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,DATE_LANG,TIMEZONE";

/** Reads one row after the header. */
async function readOne(cells: Record<string, string>) {
  const row = header.split(",").map((name) => cells[name] ?? (name === "TYPE" ? "task" : ""));
  return read(`${header}\n${Papa.unparse([row])}`);
}

test("[X-4] a template: labels, notes, sections, subtasks, dates and priorities", async () => {
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
        "Without peat,\nplease\n\nPart of: Repot the fern\nAssigned in Todoist to: Bob (7)",
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
      description: "Date in Todoist: tomorrow",
      due_date: "2026-11-22",
      due_time: null,
      time_zone: null,
      priority: "low",
      tags: ["This-week"],
    },
  ]);
  expect(remarks).toEqual([
    "1 date is not a day that can be told, and will be kept in the notes: “every monday” (Line 9).",
    "1 date counts from the day of the export, which the file does not name: “tomorrow” (Line 10). Here today, 2026-11-21, is taken for it, and the words are kept in the notes.",
    "Left out: how Todoist shows the project, who wrote a comment, who wrote a task, the time zone of what has no time.",
  ]);
});

test("[X-4] the same file gives the same ids on any day; equal rows have one each", async () => {
  const twice = `${template}\r\n${template.split("\r\n").at(-1)}`;
  const ids = (await read(twice)).tasks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(5);
  const later = await check(await readCsv(twice, "2027-01-01"));
  expect(later.entries.map(({ task }) => task.id)).toEqual(ids);
  // Another row does not change the ids of the others.
  const [first = "", ...rest] = twice.split("\r\n");
  const longer = await read([first, "task,Something new,,4,1,,,,,,,,,", ...rest].join("\r\n"));
  expect(longer.tasks.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
});

test("[X-4] a row is known by its text: line ends and the form of letters make no twin", async () => {
  const rows = [
    ["task", "Café", "Two\nlines", "1", "1"],
    ["section", "Küche"],
    ["task", "Bröd", "", "4", "1", "5 mär"],
  ];
  const lf = `${header}\n${Papa.unparse(rows, { newline: "\n" })}`;
  const ids = (await read(lf)).tasks.map(({ id }) => id);
  // These ids are fixed, so that a file imported by an older version makes nothing twice.
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

test("[X-4] a title that is too long is cut, and stands whole before the notes", async () => {
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
])("[X-4] labels in %j", async (CONTENT, title, tags) => {
  const { tasks } = await readOne({ CONTENT });
  expect(tasks[0]).toMatchObject({ title, tags });
});

test("[X-4] more labels than a task may have stay in the title", async () => {
  const labels = Array.from({ length: limits.tags + 2 }, (_, index) => `@label${index}`).join(" ");
  const { tasks } = await readOne({ CONTENT: `Much ${labels}` });
  expect(tasks[0]?.tags).toHaveLength(limits.tags);
  expect(tasks[0]?.title).toBe("Much @label20 @label21");
});

test.each([
  ["", "none", null],
  ["4", "none", null],
  ["7", "none", "Priority in Todoist: 7"],
])("[X-4] priority %j", async (PRIORITY, priority, description) => {
  expect((await readOne({ CONTENT: "A", PRIORITY })).tasks[0]).toMatchObject({
    priority,
    description,
  });
});

test("[X-4] a priority that is not known is named with its line", async () => {
  const { remarks } = await readOne({ CONTENT: "A", PRIORITY: "7" });
  expect(remarks).toEqual([
    expect.stringMatching(/^1 status or priority is not known here.*PRIORITY “7” \(Line 2\)/),
  ]);
});

test("[X-4] of more than one author each comment says whose it is", async () => {
  const rows = (...authors: readonly string[]) =>
    [
      "TYPE,CONTENT,INDENT,AUTHOR",
      `task,A,1,${authors[0]}`,
      ...authors.slice(1).map((author, at) => `note,Comment ${at},,${author}`),
    ].join("\n");
  const two = await read(rows("Ada (1)", "Ada (1)", "Bob (2)", ""));
  expect(two.tasks[0]?.description).toBe("Ada (1): Comment 0\n\nBob (2): Comment 1\n\nComment 2");
  expect(two.remarks).toEqual(["Left out: who wrote a task."]);
  const one = await read(rows("", "Ada (1)", "Ada (1)"));
  expect(one.tasks[0]?.description).toBe("Comment 0\n\nComment 1");
  expect(one.remarks).toEqual(["Left out: who wrote a comment."]);
});

test.each([
  "Name,Type,Content\nRent,task,Pay",
  "Name,Type,Content\nRent,bill,Pay",
  "Task,Content,Type,Due\nRent,Pay,home,2026-12-01",
  "Type,Content\nbug,It crashes",
  "Type,Content\ntask,A\nidea,B",
  "Title,Type,Content,Author,Priority\nA,task,B,C,1",
])("[X-7] a table of one's own is not taken for Todoist's: %j", async (text) => {
  await expect(readCsv(text, today)).rejects.toThrow(UnknownColumns);
});

test.each([
  "TYPE,CONTENT\ntask,A",
  "type,content\nTask,A\nSection,B\nNOTE,C",
  "TYPE,CONTENT,PRIORITY\ntask,A,1\n,,",
  "TYPE,CONTENT,LABELS,INDENT\nelse,B,,\ntask,A,home,1",
  "CONTENT,DATE,TYPE\nA,tomorrow,task",
])("[X-4] a template is known by its columns or its types: %j", async (text) => {
  expect((await read(text)).tasks).toMatchObject([{ title: "A" }]);
});

test("[X-4] a zone that is none is kept in the notes", async () => {
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

test("[X-4] a section that is no tag is kept in the notes", async () => {
  const { tasks } = await read(`${header}\nsection,###\ntask,A\nsection,# Home\ntask,B`);
  expect(tasks).toMatchObject([
    { title: "A", tags: [], description: "Section in Todoist: ###" },
    { title: "B", tags: ["Home"], description: null },
  ]);
});

test("[X-4] what cannot be taken is named by its line, counted as an editor counts", async () => {
  const { tasks, faults } = await read(
    [
      header,
      "note,Alone",
      'task,"Two\nlines",,,,',
      "project,What",
      "task,,Without a title,,,",
      "task,A\0B",
      "",
      'task,"Not closed',
      "task,Swallowed",
    ].join("\n"),
  );
  expect(tasks.map(({ title }) => title)).toEqual(["Two\nlines"]);
  expect(faults).toEqual([
    { place: "Line 2", reason: "There is no task above this note." },
    { place: "Line 5", reason: "Its TYPE is neither task, section nor note." },
    {
      place: "Lines 9 to 10",
      reason: "A quotation mark is opened and not closed: what follows cannot be told apart.",
    },
    { place: "Line 6", reason: "title: Write a title of 1 to 200 characters." },
    {
      place: "Line 7",
      reason:
        "title: Remove the NUL character or the half of a surrogate pair: it cannot be stored.",
    },
  ]);
});

/** The remarks on one row with this date, and its day. */
async function readDate(DATE: string, DATE_LANG = "en") {
  const { tasks, remarks } = await readOne({ CONTENT: "A", DATE, DATE_LANG });
  const { due_date, description } = tasks[0] ?? {};
  return { due_date, description, remarks };
}

test("[X-4] what counts from the day of the export is taken from today, said, and kept in words", async () => {
  expect(await readDate("in 20 days")).toEqual({
    due_date: "2026-12-11",
    description: "Date in Todoist: in 20 days",
    remarks: [expect.stringMatching(/^1 date counts from the day .*“in 20 days” \(Line 2\)/)],
  });
});

test("[X-4] a day without its year that is over stays in this year, and that is said", async () => {
  expect(await readDate("4 Jan")).toEqual({
    due_date: "2026-01-04",
    description: "Date in Todoist: 4 Jan",
    remarks: [expect.stringMatching(/^1 date names no year: “4 Jan” \(Line 2\)\. Here 2026/)],
  });
});

test("[X-4] a date in another language is read, or kept with a remark", async () => {
  expect(await readDate("5 мар 2027", "ru")).toEqual({
    due_date: "2027-03-05",
    description: null,
    remarks: [],
  });
  expect(await readDate("через 20 дней", "ru")).toEqual({
    due_date: null,
    description: "Date in Todoist: через 20 дней",
    remarks: [expect.stringMatching(/^1 date is not a day that can be told/)],
  });
});

const attachment = (fields: Record<string, unknown>) => `[[file ${JSON.stringify(fields)}]]`;
const plan = attachment({
  file_type: "application/pdf",
  file_name: "Plan [1].pdf",
  file_size: 12_345,
  file_url: "https://files.todoist.com/a/plan.pdf",
});

test("[X-4] attachments are told by name and address", async () => {
  const { tasks, remarks } = await read(
    `${header}\n${Papa.unparse([
      ["task", "Repot"],
      ["note", `As drawn ${plan}`],
      ["note", attachment({ resource_type: "image", image: "https://example.com/a.png" })],
      ["note", "[[file {no JSON}]]"],
      ["note", attachment({ size: 3 })],
    ])}`,
  );
  expect(tasks[0]?.description).toBe(
    [
      "As drawn Attachment: Plan [1].pdf, https://files.todoist.com/a/plan.pdf",
      "Attachment: image, https://example.com/a.png",
      "[[file {no JSON}]]",
      '[[file {"size":3}]]',
    ].join("\n\n"),
  );
  expect(remarks).toEqual([expect.stringMatching(/^2 attachments are kept in the notes by name/)]);
});

test("[X-4] twelve attachments and a hundred comments refuse no task", async () => {
  const long = attachment({
    ...JSON.parse(plan.slice(7, -2)),
    tn_l: [`https://files.todoist.com/${"x".repeat(900)}`, 200, 200],
  });
  const rows = [
    ["task", "Repot", "", "1", "1"],
    ...Array.from({ length: 12 }, () => ["note", long]),
    ["task", "Water", "The pot", "1", "1", "every monday"],
    ...Array.from({ length: 100 }, (_, index) => ["note", `Comment ${index} ${"y".repeat(200)}`]),
    ["task", "Feed", "z".repeat(limits.description + 1)],
    ["task", "Cut", "z".repeat(limits.description)],
  ];
  const { tasks, faults, remarks } = await read(`${header}\n${Papa.unparse(rows)}`);
  expect(faults).toEqual([]);
  expect(tasks.map(({ title }) => title)).toEqual(["Repot", "Water", "Feed", "Cut"]);
  const [repot, water, feed, cut] = tasks.map(({ description }) => description ?? "");
  expect(repot?.match(/Plan \[1\]\.pdf/g)).toHaveLength(12);
  expect([...(water ?? "")]).toHaveLength(limits.description);
  expect(water).toMatch(/^The pot\n\nComment 0 .*…\n\nDate in Todoist: every monday$/s);
  expect(feed).toBe(`${"z".repeat(limits.description - 1)}…`);
  expect(cut).toBe("z".repeat(limits.description));
  expect(remarks).toContain(
    "2 tasks have more notes than the 10,000 characters that fit, and will be cut: Line 15, Line 116.",
  );
});

test("[X-4] columns that are not known here are kept in the notes, and named", async () => {
  const { tasks, remarks } = await read(
    `${header},DUE_DATE,Labels,REMINDERS,COMPLETED,,CONTENT\ntask,A,Own words,4,1,,,,2027-01-01,"home, work",30 min,true,odd,twice\ntask,B`,
  );
  expect(tasks[0]?.description).toBe(
    "Own words\n\nDUE_DATE: 2027-01-01\nLabels: home, work\nREMINDERS: 30 min\nCOMPLETED: true\nColumn 13: odd\nCONTENT: twice",
  );
  expect(tasks[1]?.description).toBeNull();
  expect(remarks).toEqual([
    "Not known here, and kept in the notes: DUE_DATE, Labels, REMINDERS, COMPLETED, Column 13, CONTENT.",
  ]);
});

test("[X-4] what stands beside the name of a section, and a section without tasks, is named", async () => {
  const { faults, remarks } = await read(
    `${header}\nsection,Garden,All about it\ntask,A\nsection,Empty one\nsection,Last`,
  );
  expect(faults).toEqual([
    {
      place: "Line 2",
      reason: "Of a section only the name is taken, not DESCRIPTION: All about it",
    },
  ]);
  expect(remarks).toEqual(["Left out, since no task is in them: Empty one, Last."]);
});

test("[X-4] what stands beside a note goes with it", async () => {
  const { tasks } = await read(`${header}\ntask,A\nnote,Said so,More,,,2026-11-01`);
  expect(tasks[0]?.description).toBe("Said so\nDESCRIPTION: More\nDATE: 2026-11-01");
});

test.each([
  ["* Packing list", "Packing list", /^1 task has no box to tick in Todoist/],
  ["*  Packing @trip", "Packing", /^1 task has no box/],
  ["**Bold** words", "**Bold** words", undefined],
  ["*Packing", "*Packing", undefined],
  ["*", "*", undefined],
])("[X-4] the header %j", async (CONTENT, title, remark) => {
  const { tasks, remarks } = await readOne({ CONTENT });
  expect(tasks[0]?.title).toBe(title);
  expect(remarks).toEqual(remark ? [expect.stringMatching(remark)] : []);
});

test("[X-4] a header keeps its id, and is a parent by its name", async () => {
  const { tasks } = await read(
    "TYPE,CONTENT,INDENT\ntask,* Packing list,1\ntask,Socks,2\ntask,Packing list,1",
  );
  expect(tasks.map(({ description }) => description)).toEqual([
    null,
    "Part of: Packing list",
    null,
  ]);
  expect(tasks[0]?.id).not.toBe(tasks[2]?.id);
});

test("[X-4] a row with a comma too much is a fault of that row, and takes nothing with it", async () => {
  const { tasks, faults } = await read(
    [
      "TYPE,CONTENT,PRIORITY,INDENT",
      "task,Cook,1,1",
      "task,Buy salt, pepper,4,1",
      "note,From the market",
      "task,Stir,4,2",
      "task,Eat,4,1",
    ].join("\n"),
  );
  expect(tasks).toMatchObject([
    { title: "Cook", description: null },
    { title: "Stir", description: "Part of: not clear, since Line 3 was not taken" },
    { title: "Eat", description: null },
  ]);
  expect(faults).toEqual([
    {
      place: "Line 3",
      reason: "It has 5 cells for 4 columns: text with a comma must stand in quotation marks.",
    },
    { place: "Line 4", reason: "There is no task above this note." },
  ]);
});

test("[X-4] what stands above the names of the columns is named", async () => {
  const { tasks, faults } = await read("task,Early\n\nTYPE,CONTENT\ntask,A");
  expect(tasks.map(({ title }) => title)).toEqual(["A"]);
  expect(faults).toEqual([{ place: "Line 1", reason: "It is above the names of the columns." }]);
});

test("[X-4] what follows a section that could not be taken is in none", async () => {
  const { tasks } = await read(
    "TYPE,CONTENT\nsection,Home\ntask,A\nsection,Garden, shed\ntask,B\nsection,Car\ntask,C",
  );
  expect(tasks.map(({ tags }) => tags)).toEqual([["Home"], [], ["Car"]]);
});

test("[X-4] an indent that is no number is kept in the notes", async () => {
  const { tasks } = await readOne({ CONTENT: "A", INDENT: "deep" });
  expect(tasks[0]?.description).toBe("Indent in Todoist: deep");
});

test("a file that a spreadsheet saved with semicolons", async () => {
  const { tasks } = await read("type;content;priority\r\ntask;Pay rent;1\r\n");
  expect(tasks).toMatchObject([{ title: "Pay rent", priority: "high" }]);
});

test.each([
  [
    "id,title,description,completed,position,version\r\n1,Pay rent,,false,i,1",
    /choose an export as JSON/,
  ],
  ["name,when\nPay rent,tomorrow", /say which column is what/],
  ["just some text", /neither an export of Tend.* nor a table/],
  ["name,when", /neither an export of Tend.* nor a table/],
])("%j is no template", async (text, reason) => {
  await expect(readCsv(text, today)).rejects.toThrow(UnreadableFile);
  await expect(readCsv(text, today)).rejects.toThrow(reason);
});

const columns = [
  ..."TYPE CONTENT DESCRIPTION PRIORITY INDENT AUTHOR RESPONSIBLE DATE DATE_LANG TIMEZONE".split(
    " ",
  ),
  ..."DURATION DURATION_UNIT DEADLINE DEADLINE_LANG LABELS".split(" "),
  "",
];

const cell = fc.oneof(
  fc.constantFrom("", "task", "note", "1", "2", "* A @b", "in 3 days", "4 Jan", "5 мар 2027", "ru"),
  fc.constantFrom(
    plan,
    "=1",
    '"',
    '""',
    "a,b",
    "a;b\tc",
    "\n",
    "\r\n\r",
    "\ufeff",
    "e\u0301",
    "\0",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.nat(2 * limits.description).map((length) => "é ".repeat(length / 2)),
);

/** A whole file, as other programs and people may have left it. */
const anyFile = fc
  .record({
    // INDENT is a column of Todoist alone; without one, a person chooses the columns.
    names: fc
      .shuffledSubarray(columns.slice(2))
      .map((names) => [...names.filter((name) => name !== "INDENT"), "INDENT"]),
    rows: fc.array(
      fc.record({
        type: fc.constantFrom("task", "task", "Task", "note", "section", "meta", "else"),
        content: cell,
        cells: fc.array(cell, { maxLength: columns.length }),
      }),
      { maxLength: 12 },
    ),
    delimiter: fc.constantFrom(",", ";", "\t"),
    newline: fc.constantFrom("\r\n", "\n", "\r"),
    quotes: fc.boolean(),
    before: fc.constantFrom("", "\ufeff", "\n", " \r\n\r\n", "\ufeff\ufeff"),
  })
  .map(({ names, rows, delimiter, newline, quotes, before }) => {
    const table = rows.map(({ type, content, cells }) => [type, content, ...cells]);
    const text = Papa.unparse([["TYPE", "CONTENT", ...names], ...table], {
      ...{ delimiter, newline, quotes },
    });
    return { rows, text: before + text };
  });

test("[X-4] of any file, each task is taken or named, and no note goes elsewhere", () =>
  fc.assert(
    fc.asyncProperty(anyFile, async ({ rows, text }) => {
      const { tasks, faults } = await read(text);
      const wanted = rows.filter(({ type }) => /^task$/i.test(type)).length;
      const places = new Set(faults.map(({ place }) => place));
      expect(tasks.length + places.size).toBeGreaterThanOrEqual(wanted);
      expect(tasks.length).toBeLessThanOrEqual(wanted);
      expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
      const other = rows.filter(({ type }) => type === "else").length;
      expect(places.size).toBeGreaterThanOrEqual(other);
    }),
    { numRuns: 60 },
  ));

test("[X-4] no text at all makes it throw anything but what is to be done", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.constantFrom(
            "TYPE,CONTENT",
            "task",
            "note",
            ",",
            '"',
            "\n",
            "\r\n",
            ";",
            "\t",
            "sep=",
          ),
          fc.string({ unit: "binary", maxLength: 8 }),
        ),
        { maxLength: 40 },
      ),
      async (parts) => {
        await read(parts.join("")).catch((error) => expect(error).toBeInstanceOf(UnreadableFile));
      },
    ),
    { numRuns: 300 },
  ));

test("[X-4] whatever stands in the cells, each row is taken or named, and nothing else", () =>
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
