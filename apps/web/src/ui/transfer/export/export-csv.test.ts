import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { anyTasks, exportedText } from "../testing.ts";
import { file } from "./export-csv.ts";

const read = (text: string) =>
  Papa.parse<Record<string, string>>(text, { header: true, newline: "\r\n" });

test("[X-2] a row of names, then a row for each task, in UTF-8 with its mark", async () => {
  const task = makeTask({
    id: "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
    title: 'Say "hello", twice',
    tags: ["home", "money"],
    due_date: "2026-12-01",
  });
  expect(await exportedText(file, [task])).toBe(
    "\ufeffid,title,description,completed,due_date,due_time,time_zone,priority,tags,position,created_at,updated_at,deleted_at,version\r\n" +
      '0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47,"Say ""hello"", twice",,false,2026-12-01,,,none,"home,money",i,2026-11-24T09:30:00.000Z,2026-11-24T09:30:00.000Z,,1\r\n',
  );
});

test.each([
  ...[
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\r\n=1",
    "=1\n2",
    "'-1",
    "''=1",
    "'\n=1",
  ],
  // Full-width signs, which spreadsheets in Japanese or Chinese take for the same.
  ...["＝1+1", "＋1", "－1", "＠SUM(A1)", "'＝1"],
])("[X-2] %j is no formula", async (text) => {
  const { data } = read(await exportedText(file, [makeTask({ title: text, description: text })]));
  expect(data[0]).toMatchObject({ title: `'${text}`, description: `'${text}` });
});

test("[X-2] whatever is written can be read again, and no cell is a formula", () =>
  fc.assert(
    fc.asyncProperty(anyTasks, async (tasks) => {
      const { data, errors } = read((await exportedText(file, tasks)).replace(/\r\n$/, ""));
      expect(errors.filter(({ type }) => type !== "Delimiter")).toEqual([]);
      const plain = (cell = "") => cell.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, "");
      expect(
        data.map(({ id, title, description, tags }) => [
          id,
          ...[title, description, tags].map(plain),
        ]),
      ).toEqual(
        tasks.map(({ id, title, description, tags }) => [
          id,
          title,
          description ?? "",
          tags.join(","),
        ]),
      );
      for (const cell of data.flatMap((row) => Object.values(row))) {
        expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }
    }),
  ));
