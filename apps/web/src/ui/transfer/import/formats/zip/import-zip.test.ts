import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { file as json } from "#ui/transfer/export/export-json.ts";
import { readImportFile } from "#ui/transfer/import/import-file.ts";
import { exportedText } from "#ui/transfer/testing.ts";

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
  const text = await exportedText(json, [makeTask({ title: "Pay rent" })]);
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

test("[X-5] a name that begins with a dot hides nothing", async () => {
  const { entries, remarks } = await read(
    zipped({
      ".NET [1].csv": project("task,Learn"),
      "Backup/...and later [2].csv": project("task,Rest"),
      ".git/config": "x",
      "Backup/._.NET [1].csv": "x",
    }),
  );
  expect(entries.map(({ task: { title, tags } }) => [title, tags])).toEqual([
    ["Learn", [".NET"]],
    ["Rest", ["...and-later"]],
  ]);
  expect(remarks).toEqual(["Left out of the ZIP: .git/config."]);
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

test("[X-5] in an archive of more files than one, each place and remark names its file", async () => {
  const list = [{ title: "My Tasks", items: [{ id: "a", title: "Call", mood: "good" }, 1] }];
  const lists = JSON.stringify({ kind: "tasks#taskLists", items: list });
  const { entries, faults, remarks } = await read(
    zipped({
      "a/Tasks.json": lists,
      "b/Tasks.json": lists.replace('"a"', '"b"'),
      "Home [1].csv": project("task,A,,,,someday", "else,B"),
      "Home [2].csv": project("task,C", "else,D"),
    }),
  );
  expect(entries.map(({ place }) => place)).toEqual([
    "a/Tasks.json, My Tasks, task 1",
    "b/Tasks.json, My Tasks, task 1",
    "Home [1].csv, Line 2",
    "Home [2].csv, Line 2",
  ]);
  expect(faults.map(({ place }) => place)).toEqual([
    "a/Tasks.json, My Tasks, task 2",
    "b/Tasks.json, My Tasks, task 2",
    "Home [1].csv, Line 3",
    "Home [2].csv, Line 3",
  ]);
  expect(remarks).toEqual([
    expect.stringMatching(/^a\/Tasks\.json: Not known here.*mood/),
    expect.stringMatching(/^b\/Tasks\.json: Not known here.*mood/),
    expect.stringMatching(/“someday” \(Home \[1\]\.csv, Line 2\)/),
  ]);
});

test("[X-5] ids do not depend on the order of the files; equal rows stay apart", async () => {
  const rows = project("task,Buy milk", "task,Wash");
  const more = project("task,Buy milk", "task,Buy milk", "task,Wash");
  const byTag = async (files: Given) =>
    (await read(zipped(files))).entries
      .map(({ task: { id, tags, title } }) => `${tags} ${title} ${id}`)
      .toSorted();
  const one = await byTag({ "Home [1].csv": rows, "Work [2].csv": more, "Car [3].csv": rows });
  expect(await byTag({ "Work [2].csv": more, "Car [3].csv": rows, "Home [1].csv": rows })).toEqual(
    one,
  );
  expect(new Set(one.map((line) => line.split(" ").at(-1))).size).toBe(7);
  // Another row in one project does not change the other ids.
  const longer = await byTag({ "Home [1].csv": more, "Work [2].csv": more, "Car [3].csv": rows });
  expect(longer).toEqual(expect.arrayContaining(one));
});

test("[X-5] projects of one name are told apart too", async () => {
  const rows = project("task,Buy milk");
  const { entries } = await read(zipped({ "a/Home.csv": rows, "b/Home.csv": rows }));
  expect(new Set(entries.map(({ task }) => task.id)).size).toBe(2);
});

/** A small backup: one file packed and one as it is. */
const backup = () =>
  zipped(
    { "Home [1].csv": project("task,Wash", "task,Iron") },
    {
      "Work [2].csv": [strToU8(project("task,Call Ann", "task,Call Bob")), { level: 0 }],
    },
  );

test("[X-5] an archive that was cut anywhere is refused", async () => {
  const whole = backup();
  expect((await read(whole)).entries).toHaveLength(4);
  for (let length = 4; length < whole.length; length++) {
    await expect(read(whole.slice(0, length)), `cut at ${length}`).rejects.toThrow(
      /^This ZIP is damaged, not whole/,
    );
  }
});

test("[X-5] one that was cut within an archive that is in it is refused", async () => {
  const inner = zipped({}, { "x.csv": [strToU8(project("task,X")), { level: 0 }] });
  const outer = zipSync({
    "a.csv": strToU8(project("task,A")),
    "inner.zip": [inner, { level: 0 }],
    "b.csv": strToU8(project("task,B")),
  });
  expect((await read(outer)).entries).toHaveLength(2);
  const end = Buffer.from(outer).indexOf(Buffer.from(inner)) + inner.length;
  await expect(read(outer.slice(0, end))).rejects.toThrow(/damaged, not whole/);
});

test("[X-5] a byte that changed on the way is found", async () => {
  const whole = backup();
  const at = new TextDecoder("latin1").decode(whole).indexOf("Call Ann");
  for (const changed of [at, at + 5, at + 12]) {
    const other = whole.slice();
    other[changed] = (other[changed] ?? 0) ^ 1;
    await expect(read(other)).rejects.toThrow(/^This ZIP is damaged/);
  }
});

test("[X-5] a list of files that names one more, or none, is refused", async () => {
  const more = backup();
  new DataView(more.buffer).setUint16(more.length - 12, 3, true);
  await expect(read(more)).rejects.toThrow(/^This ZIP is damaged/);
  const fewer = backup();
  new DataView(fewer.buffer).setUint16(fewer.length - 12, 1, true);
  await expect(read(fewer)).rejects.toThrow(/^This ZIP is damaged/);
});

test("[X-5] an archive whose end is written as in ZIP64", async () => {
  const whole = backup();
  const end = whole.length - 22;
  const given = new DataView(whole.buffer);
  const more = new DataView(new ArrayBuffer(76));
  more.setUint32(0, 0x06064b50, true);
  more.setUint32(4, 44, true);
  more.setUint32(24, 2, true);
  more.setUint32(32, 2, true);
  more.setUint32(40, given.getUint32(end + 12, true), true);
  more.setUint32(48, given.getUint32(end + 16, true), true);
  more.setUint32(56, 0x07064b50, true);
  more.setUint32(64, end, true);
  more.setUint32(72, 1, true);
  given.setUint32(end + 8, 0xffffffff, true);
  given.setUint32(end + 16, 0xffffffff, true);
  const archive = new Uint8Array([
    ...whole.slice(0, end),
    ...new Uint8Array(more.buffer),
    ...whole.slice(end),
  ]);
  expect((await read(archive)).entries).toHaveLength(4);
});

test("[X-5] a word about the archive at its end changes nothing", async () => {
  const whole = backup();
  const words = strToU8("Backup of today");
  const named = new Uint8Array([...whole, ...words]);
  new DataView(named.buffer).setUint16(whole.length - 2, words.length, true);
  expect((await read(named)).entries).toHaveLength(4);
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
