import type { Task } from "@tend/contracts";
import { tagKey } from "@tend/contracts/limits";
import fc from "fast-check";
import { makeTask } from "#ui/tasks/testing.ts";
import type { ExportFile } from "./export/export-file.ts";

/** Texts that are hard to write in one of the formats. */
const hostileText = fc.constantFrom(
  ...["\n=1", "\r\n+1", "＝1+1", "＋1", "－1", "＠home", "'", "'="],
  ...['"', '""', "a,b;c", "=1+1", "=1\n2", "+49", "-1", "@home", "\ttab", "\rreturn", "\\n", "a\\"],
  ...[
    "line\nline",
    "line\r\nline",
    "DUE:20260101",
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "\u202eabc",
    "مهمة",
    "買い物",
  ],
  ...["\ufeff", "\u2028", "\u0007", "\u007f", "\u0085", "x".repeat(200), "😀".repeat(200)],
);

const text = (maxLength: number) =>
  fc.oneof(hostileText, fc.string({ unit: "grapheme", maxLength }), fc.string({ maxLength }));

/** Titles as the API stores them (T-2, T-3). */
const titles = text(60)
  .map((title) => title.replaceAll("\0", "").trim())
  .filter((title) => title !== "");
const storable = text(300).map((part) => part.replaceAll("\0", ""));

const tags = fc
  .array(fc.constantFrom("home", "Büro", "=1+1", "@work", "a;b", 'a"b', "仕事", "😀", "-"), {
    maxLength: 5,
  })
  .map((names) => [...new Map(names.map((name) => [tagKey(name), name])).values()]);

const days = fc
  .date({ min: new Date("0002-01-01"), max: new Date("9998-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const dues = fc.oneof(
  fc.constant({ due_date: null, due_time: null, time_zone: null }),
  fc.record({ due_date: days, due_time: fc.constant(null), time_zone: fc.constant(null) }),
  fc.record({
    due_date: days,
    due_time: fc.constantFrom("00:00", "02:30", "23:59"),
    time_zone: fc.constantFrom(null, "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC"),
  }),
);

const instant = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Any task that the API can answer with. */
export const anyTask: fc.Arbitrary<Task> = fc
  .record({
    id: fc.uuid(),
    title: titles,
    description: fc.option(storable),
    completed: fc.boolean(),
    priority: fc.constantFrom("none", "low", "medium", "high"),
    tags,
    due: dues,
    position: fc.stringMatching(/^[0-9a-z]{0,20}[1-9a-z]$/),
    created_at: instant,
    updated_at: instant,
    deleted_at: fc.option(instant),
  })
  .map(({ due, ...fields }) => makeTask({ ...fields, ...due }));

export const anyTasks = fc.uniqueArray(anyTask, { selector: ({ id }) => id, maxLength: 12 });

export const exportedAt = "2026-11-21T10:00:00.000Z";

/** The text of a file of these tasks, which are read in pages of this size. */
export async function exportedText(
  file: ExportFile,
  tasks: readonly Task[],
  page = 5,
): Promise<string> {
  async function* pages() {
    for (let from = 0; from < tasks.length; from += page) yield tasks.slice(from, from + page);
  }
  let text = "";
  for await (const part of file.write(pages(), exportedAt)) text += part;
  return text;
}
