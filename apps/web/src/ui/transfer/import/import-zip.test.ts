import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { file as json } from "../export/export-json.ts";
import { textOf } from "../testing.ts";
import { readImportFile } from "./import-file.ts";

const today = "2026-11-21";
const read = (bytes: Uint8Array<ArrayBuffer>, name = "backup.zip") =>
  readImportFile(new File([bytes], name), today);

type Given = Readonly<Record<string, string>>;
const zipped = (files: Given, options: Zippable = {}) =>
  zipSync({
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
    ...options,
  });

const header = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,DATE_LANG";
const project = (...rows: readonly string[]) => [header, ...rows].join("\r\n");

test("[X-5] a backup of Todoist: each project with its name as a tag, in order", async () => {
  const { entries, faults, remarks } = await read(
    zipped({
      "Inbox [1].csv": project("task,Call Ann"),
      "Side project, new [22].csv": project(
        "section,Ideas",
        "task,Buy milk @shop",
        "task,A,b,1,1,,,x",
      ),
      "Home.csv": project("task,Buy milk", "task,Wash,,1,1,in 3 days,en"),
      "Nothing [4].csv": project(),
    }),
  );
  expect(entries.map(({ place, task: { title, tags } }) => [place, title, tags])).toEqual([
    ["Inbox, Line 2", "Call Ann", []],
    ["Side project, new, Line 3", "Buy milk", ["Side-project-new", "Ideas", "shop"]],
    ["Home, Line 2", "Buy milk", ["Home"]],
    ["Home, Line 3", "Wash", ["Home"]],
  ]);
  expect(faults).toMatchObject([
    { place: "Side project, new, Line 4", reason: expect.stringMatching(/8 cells for 7/) },
  ]);
  expect(remarks).toEqual([expect.stringMatching(/“in 3 days” \(Home, Line 3\)/)]);
});

test("[X-5] equal rows of two projects are two tasks, and a project alone gives those ids", async () => {
  const rows = project("task,Buy milk", "task,Buy milk", "task,Wash");
  const both = await read(zipped({ "Home [1].csv": rows, "Work [2].csv": rows }));
  const ids = both.entries.map(({ task }) => task.id);
  expect(new Set(ids).size).toBe(6);
  const alone = await readImportFile(new File([rows], "Home [1].csv"), today);
  expect(alone.entries.map(({ task }) => task.id)).toEqual(ids.slice(0, 3));
});

test("[X-5] an archive that was written as a stream, with names beyond ASCII", async () => {
  const streamed = Uint8Array.from(
    atob(
      "UEsDBBQACAgIAABQdF0AAAAAAAAAAAAAAAAXAAAAS8O8Y2hlIFsyMjAzMzA2MTQxXS5jc3YLiQxw1XH29wtx9Qvh5SpJLM7WCUisVChKzSuBcpWcSit1FHIzc7KVeLkAUEsHCPDOjCQrAAAALwAAAFBLAQIUAxQACAgIAABQdF3wzowkKwAAAC8AAAAXAAAAAAAAAAAAAACAAQAAAABLw7xjaGUgWzIyMDMzMDYxNDFdLmNzdlBLBQYAAAAAAQABAEUAAABwAAAAAAA=",
    ),
    (sign) => sign.charCodeAt(0),
  );
  const { entries } = await read(streamed);
  expect(entries.map(({ task: { title, tags } }) => [title, tags])).toEqual([
    ["Pay rent", ["Küche"]],
    ["Buy, milk", ["Küche"]],
  ]);
});

test("[X-5] an export of Tend that was packed, stored or with its folder", async () => {
  const text = await textOf(json, [makeTask({ title: "Pay rent" })]);
  for (const archive of [
    zipped({ "tend.json": text }),
    zipped({ "__MACOSX/._tend.json": "x", "My files/tend.json": text, "My files/.DS_Store": "y" }),
    zipped({}, { "tend.json": [strToU8(text), { level: 0 }] }),
  ]) {
    const { entries, faults, remarks } = await read(archive);
    expect(entries).toMatchObject([{ task: { title: "Pay rent" } }]);
    expect({ faults, remarks }).toEqual({ faults: [], remarks: [] });
  }
});

test("[X-5] an archive of Google Takeout", async () => {
  const items = [{ title: "My Tasks", items: [{ id: "a", title: "Pay rent" }] }];
  const { entries, remarks } = await read(
    zipped({
      "Takeout/Tasks/Tasks.json": JSON.stringify({ kind: "tasks#taskLists", items }),
      "Takeout/archive_browser.html": "<html>",
    }),
  );
  expect(entries).toMatchObject([{ place: "My Tasks, task 1", task: { title: "Pay rent" } }]);
  expect(remarks).toEqual(["Left out of the ZIP: Takeout/archive_browser.html."]);
});

test("[X-5] what cannot be taken of an archive is named", async () => {
  const { entries, faults, remarks } = await read(
    zipped({
      "Home.csv": project("task,A"),
      "other.csv": "x,y\n1,2",
      "half.json": "{",
      "none.csv": "",
      "a.html": "<html>",
      "b/c.pdf": "%PDF",
    }),
  );
  expect(entries).toHaveLength(1);
  expect(faults.map(({ place }) => place)).toEqual(["other.csv", "half.json", "none.csv"]);
  expect(remarks).toEqual(["Left out of the ZIP: a.html, b/c.pdf."]);
});

const large = "y".repeat(1024 * 1024);

test.each([
  ["a workbook", zipped({ "[Content_Types].xml": "x", "xl/workbook.xml": "y" }), /Excel workbook/],
  ["a sheet of LibreOffice", zipped({ mimetype: "x", "content.xml": "y" }), /Save it as CSV/],
  ["a sheet of Numbers", zipped({ "Index/Document.iwa": "y" }), /Save it as CSV/],
  ["a letter", zipped({ "word/document.xml": "y" }), /Export your tasks/],
  ["pictures", zipped({ "a.png": "y" }), /neither a CSV nor a JSON file/],
  ["nothing", zipped({}), /neither a CSV nor a JSON file/],
  ["one that is no template", zipped({ "a.csv": "x,y" }), /^Nothing in this ZIP.* a\.csv: This/],
  ["half of it", zipped({ "a.csv": large }).slice(0, 400), /damaged, not whole/],
  ["its first bytes", zipped({ "a.csv": "x,y" }).slice(0, 20), /damaged|neither a CSV/],
  ["another way of packing", packedBy(99), /damaged/],
  [
    "a bomb",
    zipped(Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`${at}.csv`, large]))),
    /larger than 20 MB/,
  ],
  ["a bomb in one file", zipped({ "a.csv": large.repeat(64) }), /larger than 20 MB/],
  ["a bomb that lies about it", lying(zipped({ "a.csv": large.repeat(64) })), /larger than 20 MB/],
])("[X-5] a ZIP of %s cannot be read, and says why", async (_, archive, reason) => {
  await expect(read(archive)).rejects.toThrow(reason);
});

/** The archive with ten bytes as the size of its file. */
function lying(archive: Uint8Array<ArrayBuffer>) {
  const view = new DataView(archive.buffer, archive.byteOffset);
  view.setUint32(22, 10, true);
  return archive;
}

/** An archive whose file is packed by a method of this number. */
function packedBy(method: number) {
  const archive = zipped({ "a.csv": "x,y" });
  new DataView(archive.buffer).setUint16(8, method, true);
  return archive;
}
