import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { file as json } from "#ui/transfer/export/export-json.ts";
import { exportedText } from "../testing.ts";
import { readImportFile } from "./import-file.ts";

const today = "2026-11-21";
const id = "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47";
const read = (content: BlobPart, name = "tend.json") =>
  readImportFile(new File([content], name), today);

const jsonOf = (...tasks: unknown[]) => JSON.stringify({ format: "tend", version: 1, tasks });

test("an export is read whatever its name, also after an editor put a mark before it", async () => {
  const text = await exportedText(json, [makeTask({ title: "Pay rent" })]);
  for (const [content, name] of [
    [text, "tend.json"],
    [text, "tasks.csv"],
    [`\ufeff${text}`, "tend"],
  ] as const) {
    expect((await read(content, name)).entries).toMatchObject([{ task: { title: "Pay rent" } }]);
  }
});

test("a template is read by what it holds", async () => {
  const { entries } = await read("TYPE,CONTENT\ntask,Pay rent", "Home [2203306141].csv");
  expect(entries).toMatchObject([{ place: "Line 2", task: { title: "Pay rent" } }]);
});

test.each([
  ["", /is empty/],
  [" \n\t", /is empty/],
  ["{", /not whole JSON/],
  [`${jsonOf(makeTask())}}`, /not whole JSON/],
  ["[]", /not an export of Tend/],
  ['{"format":"other","version":1,"tasks":[]}', /not an export of Tend/],
  ['{"format":"tend","version":"1","tasks":[]}', /not an export of Tend/],
  ['{"format":"tend","version":2,"tasks":[]}', /newer version of Tend/],
  ['{"format":"tend","version":1}', /no list of tasks/],
  ["Pay rent", /not whole JSON/],
  [new Uint8Array([0x7b, 0xff, 0xfe]), /not text in UTF-8/],
  [new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), /not text in UTF-8/],
  [new Uint8Array([0x1f, 0x8b, 8, 0]), /is a gzip archive\. Unpack it/],
  ["%PDF-1.7", /is a PDF.*Export your tasks as CSV or JSON/],
  ["\ufeff%PDF", /not whole JSON/],
  [new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]), /old Office program\. Save it as CSV/],
  [new Uint8Array([0x89, 0x50, 0x4e, 0x47]), /is a picture/],
  [new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), /is a picture/],
  ["7z\xbc", /not whole JSON/],
  [new Uint8Array([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), /is a 7z archive/],
  ["{\\rtf1 Pay rent}", /formatted document/],
  ["SQLite format 3\0", /a database/],
  ["BEGIN:VCALENDAR\r\n", /is a calendar.*an export as JSON/],
  [" <!DOCTYPE html><title>Sign in</title>", /is a web page/],
  ['<?xml version="1.0"?><opml/>', /is an XML file/],
  [new Uint8Array(20 * 1024 * 1024 + 1), /larger than 20 MB/],
])("[X-3] file %# cannot be read, and says why", async (content, reason) => {
  await expect(read(content)).rejects.toThrow(reason);
});

test("[X-3] each task that cannot be taken is named, and the others are taken", async () => {
  const { entries, faults } = await read(
    jsonOf(
      { id, title: "Fine" },
      { id, title: "Again" },
      { id: id.toUpperCase(), title: "And again" },
      { title: "Without" },
      null,
      { id: "x", title: "" },
      { id: id.replace("0", "1"), title: "A", due_time: "09:00", time_zone: "CET", tags: ["a b"] },
      { id: id.replace("0", "2"), title: "\ud800" },
      {
        id: id.replace("0", "3"),
        title: "A",
        description: "\u0001".repeat(10_000),
        tags: tagsOf(),
      },
    ),
  );
  expect(entries).toMatchObject([{ place: "Task 1", task: { title: "Fine" } }]);
  expect(faults.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
    "Task 4: It has no id.",
    "Task 5: This is not a task.",
    "Task 2: A task above it has the same id.",
    "Task 3: A task above it has the same id.",
    "Task 6: id: Give a UUID. title: Write a title of 1 to 200 characters.",
    expect.stringMatching(/^Task 7: time_zone: .*tags: .*due_time: A time needs a day/),
    expect.stringMatching(/^Task 8: title: Remove the NUL character or the half/),
    "Task 9: It is larger than the 64 KiB that can be sent.",
  ]);
});

/** The 20 tags of the largest size in JSON. */
const tagsOf = () =>
  Array.from({ length: 20 }, (_, index) =>
    `${"\u0001".repeat(48)}${String(index).padStart(2)}`.replace(" ", "0"),
  );

test("[X-1] fields that are not known here are left out and named", async () => {
  const { entries, remarks } = await read(jsonOf({ id, title: "Fine", mood: "good", version: 7 }));
  expect(entries[0]?.task).toEqual({ id, title: "Fine" });
  expect(remarks).toEqual(["Left out, since not known here: mood."]);
});
