import type { Task } from "@tend/contracts";
import { limits } from "@tend/contracts/limits";
import { addDays } from "#ui/quick-add/calendar.ts";
import { draftOf, RowIds } from "#ui/transfer/import/draft-of.ts";
import type { Draft, FileContent, FileFault } from "#ui/transfer/import/import-draft.ts";
import { type CsvRow, type CsvTable, findTable } from "./csv-table.ts";
import { countOf, draftWords, Remarks, someOf, undatedWords } from "./remarks.ts";
import { isTag, isWholeAsTag, tagOf, tagsByKey } from "./tag-of.ts";
import { unhurried } from "./unhurried.ts";
import { isShown, wallClock } from "./wall-clock.ts";
import { zoneNamed } from "./zone-named.ts";

/** Columns that have a place of their own in a task, or are named as left out. */
const known: ReadonlySet<string> = new Set([
  ...["FOLDER NAME", "LIST NAME", "TITLE", "KIND", "TAGS", "CONTENT", "IS CHECK LIST"],
  ...["START DATE", "DUE DATE", "REMINDER", "REPEAT", "PRIORITY", "STATUS", "CREATED TIME"],
  ...["COMPLETED TIME", "ORDER", "TIMEZONE", "IS ALL DAY", "IS FLOATING", "COLUMN NAME"],
  ...["COLUMN ORDER", "VIEW MODE", "TASKID", "PARENTID"],
]);

const leftOut = [
  ["when a task was made", ["CREATED TIME"]],
  ["when a task was completed", ["COMPLETED TIME"]],
  ["how TickTick orders and shows tasks", ["ORDER", "COLUMN ORDER", "VIEW MODE"]],
] as const;

const priorities = new Map<string, Task["priority"]>([
  ["5", "high"],
  ["3", "medium"],
  ["1", "low"],
  ["0", "none"],
  ["", "none"],
]);

/** Whether a status means completed: open, completed, archived. */
const statuses = new Map([
  ["0", false],
  ["", false],
  ["1", true],
  ["2", true],
  // "Won't do" counts as completed, and the notes say so.
  ["-1", true],
]);

const words = {
  undated: undatedWords,
  repeat: (at: readonly string[]) =>
    `${countOf(at, "task repeats", "tasks repeat")} in TickTick, and will be there once, with the rule in the notes: ${someOf(at)}.`,
  reminder: (at: readonly string[]) =>
    `${countOf(at, "task has", "tasks have")} a reminder, which will be kept in the notes: ${someOf(at)}.`,
  note: (at: readonly string[]) =>
    `${countOf(at, "note", "notes")} will be tasks here: ${someOf(at)}.`,
  "not done": (at: readonly string[]) =>
    `${countOf(at, "task is", "tasks are")} marked as not to be done, and will be completed here: ${someOf(at)}.`,
  ...draftWords,
};

const needed = ["LIST NAME", "TITLE", "STATUS", "DUE DATE"];

/** Columns that no other table has. */
const own = ["IS CHECK LIST", "IS ALL DAY", "IS FLOATING"];

/** TickTick's table in a file, known by its own columns, or by the values in common ones. */
export function findTickTick(text: string): CsvTable | undefined {
  const table = findTable(text, (names) => needed.every((name) => names.includes(name)));
  if (!table) return undefined;
  const names = table.columns.map((name) => name.toUpperCase());
  const isItsRow = ({ fault, cell }: CsvRow) =>
    fault !== undefined ||
    (statuses.has(cell("STATUS")) && (cell("DUE DATE") === "" || moment.test(cell("DUE DATE"))));
  return own.some((name) => names.includes(name)) || table.rows.every(isItsRow) ? table : undefined;
}

/** reads a backup of TickTick. */
export async function readTickTick({ rows }: CsvTable): Promise<FileContent> {
  const remarks = new Remarks(words);
  const ids = new RowIds();
  const titles = new Map(rows.map(({ cell }) => [cell("TASKID"), cell("TITLE")] as const));
  // A task without a parent is not part of one without an id.
  titles.delete("");
  const drafts: Draft[] = [];
  const faults: FileFault[] = [];
  for await (const row of unhurried(rows)) {
    if (row.fault === undefined) drafts.push(draftOfRow(row, titles, ids, remarks));
    else faults.push({ place: row.place, reason: row.fault });
  }
  return { drafts, faults, remarks: remarks.sentences() };
}

type TickTickRemarks = Remarks<keyof typeof words>;

function draftOfRow(
  row: CsvRow,
  titles: ReadonlyMap<string, string>,
  ids: RowIds,
  remarks: TickTickRemarks,
): Draft {
  const { place, cell } = row;
  const [title, list, content] = [cell("TITLE"), cell("LIST NAME"), cell("CONTENT")];
  const date = cell("DUE DATE") || cell("START DATE");
  const began = cell("START DATE") === date ? "" : cell("START DATE");
  const [start, end] = [readDue(began, row), readDue(date, row)];
  const due = end && lastDay(start, end);
  for (const [text, read] of [[date, due] as const, [began, start] as const]) {
    if (text !== "" && !read) remarks.note("undated", `“${text}” (${place})`);
  }
  const isOneDay = start?.due_date === due?.due_date && !start?.due_time && !due?.due_time;
  const priority = priorities.get(cell("PRIORITY"));
  const completed = statuses.get(cell("STATUS"));
  if (priority === undefined) remarks.note("unread", `Priority “${cell("PRIORITY")}” (${place})`);
  if (completed === undefined) remarks.note("unread", `Status “${cell("STATUS")}” (${place})`);
  const { tags, others } = readTags(list, cell("TAGS"));
  const more = row.rest(known);
  for (const [column] of more) remarks.note("column", column);
  if (cell("STATUS") === "-1") remarks.note("not done", place);
  if (cell("KIND").toUpperCase() === "NOTE") remarks.note("note", place);
  if (cell("REPEAT") !== "") remarks.note("repeat", place);
  if (cell("REMINDER") !== "") remarks.note("reminder", place);
  for (const [what, columns] of leftOut) {
    if (columns.some((column) => cell(column) !== "")) remarks.note("left out", what);
  }
  if (cell("TIMEZONE") !== "" && !due?.due_time) {
    remarks.note("left out", "the time zone of what has no time");
  }
  const created = cell("CREATED TIME");
  return draftOf(
    {
      place,
      // The time of creation and the title identify a task, also after changes in TickTick.
      id: ids.idOf(["TickTick", title, ...(created ? [created] : ["", list, content])]),
      title,
      texts: [content],
      lines: [
        ["Part of", titles.get(cell("PARENTID")) ?? cell("PARENTID")],
        ["Folder in TickTick", cell("FOLDER NAME")],
        ["List in TickTick", isInbox(list) || isWholeAsTag(list) ? "" : list],
        ["Column in TickTick", cell("COLUMN NAME")],
        ["Tags in TickTick", others.join(", ")],
        ["Start in TickTick", start ? (isOneDay ? "" : inWords(start)) : began],
        ["Date in TickTick", due ? "" : date],
        ["Time zone in TickTick", due?.due_time && !zoneOf(row) ? cell("TIMEZONE") : ""],
        ["Repeats in TickTick", cell("REPEAT")],
        ["Reminder in TickTick", cell("REMINDER")],
        ["Priority in TickTick", priority === undefined ? cell("PRIORITY") : ""],
        ["Status in TickTick", completed === undefined ? cell("STATUS") : ""],
        ["Status in TickTick", cell("STATUS") === "-1" ? "not to be done" : ""],
        ...more,
      ],
      ...(due ?? { due_date: null, due_time: null, time_zone: null }),
      priority: priority ?? "none",
      completed: completed ?? false,
      tags,
    },
    (kind, at) => remarks.note(kind, at),
  );
}

const isTrue = (text: string): boolean => text.toLowerCase() === "true";
const isInbox = (list: string): boolean => list.toLowerCase() === "inbox";
const zoneOf = ({ cell }: CsvRow): string | null => zoneNamed(cell("TIMEZONE"));

const moment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)$/;

/** Reads a due date, an instant in UTC; that of a whole day is its start in the task's zone. */
function readDue(text: string, row: CsvRow) {
  const [, clock = "", offset = ""] = moment.exec(text) ?? [];
  if (!isShown(clock.slice(0, 10), clock.slice(11, 16))) return undefined;
  const instant = new Date(`${clock}${offset.replace(/^(.\d\d)(\d\d)$/, "$1:$2")}`);
  const zone = zoneOf(row);
  if (isTrue(row.cell("IS ALL DAY"))) {
    // A day without a zone begins within half a day of its start in UTC.
    const within = zone ? instant : new Date(instant.getTime() + 12 * 3_600_000);
    const shown = wallClock(within, zone ?? "UTC");
    return shown && { due_date: shown.day, due_time: null, time_zone: null };
  }
  const shown = wallClock(instant, zone ?? "UTC");
  const isFloating = isTrue(row.cell("IS FLOATING"));
  return (
    shown && {
      due_date: shown.day,
      due_time: shown.time,
      time_zone: isFloating ? null : (zone ?? "UTC"),
    }
  );
}

type Due = NonNullable<ReturnType<typeof readDue>>;

/** The last of several whole days, whose end is written as the start of the next day. */
const lastDay = (start: Due | undefined, end: Due): Due =>
  start && !start.due_time && !end.due_time && start.due_date < end.due_date
    ? { ...end, due_date: addDays(end.due_date, -1) ?? end.due_date }
    : end;

const inWords = ({ due_date, due_time }: Due): string =>
  due_time === null ? due_date : `${due_date} ${due_time}`;

/** The list and the tags; names that can be no tag, or are too many, go into the notes. */
function readTags(list: string, text: string) {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const first = isInbox(list) ? "" : tagOf(list);
  const wanted = [first, ...names.map((name) => (isTag(name) ? name : tagOf(name)))];
  const tags = [...tagsByKey(wanted.filter(Boolean)).values()];
  return {
    tags: tags.slice(0, limits.tags),
    others: [...names.filter((name) => !isWholeAsTag(name)), ...tags.slice(limits.tags)],
  };
}
