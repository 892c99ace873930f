import type { Task } from "@tend/contracts";
import { momentOf } from "#ui/time/zoned-time.ts";
import type { ExportFile } from "./export-file.ts";

/** A text escaped by RFC 5545, 3.3.11, without control characters, which it does not allow. */
const escaped = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, "")
    .replace(/[\\;,]/g, "\\$&")
    .replaceAll("\n", "\\n");

const octetsOf = (letter: string): number => {
  const code = letter.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
};

/** A line folded by RFC 5545, 3.1: at most 75 octets, and no letter is split. */
function folded(line: string): string {
  let text = "";
  let octets = 0;
  for (const letter of line) {
    const more = octetsOf(letter);
    if (octets + more > 75) {
      text += "\r\n ";
      octets = 1;
    }
    text += letter;
    octets += more;
  }
  return `${text}\r\n`;
}

const digits = (text: string): string => text.replace(/[-:]/g, "");

/** An instant in the format of iCalendar: 20261124T093000Z. */
const utc = (instant: string): string => `${digits(instant).slice(0, 15)}Z`;

function due({ due_date, due_time, time_zone }: Task): string | undefined {
  if (due_date === null) return undefined;
  if (due_time === null) return `DUE;VALUE=DATE:${digits(due_date)}`;
  const moment =
    time_zone === null ? "" : (momentOf(due_date, due_time, time_zone)?.toISOString() ?? "");
  // A time without a zone, in an unknown zone, or outside the years of four digits is written as
  // the clock shows it.
  return /^\d{4}-/.test(moment)
    ? `DUE:${utc(moment)}`
    : `DUE:${digits(due_date)}T${digits(due_time)}00`;
}

const priorities = { none: undefined, low: 9, medium: 5, high: 1 } as const;

function todo(task: Task, stamp: string): string {
  const { description, tags, completed } = task;
  const priority = priorities[task.priority];
  return [
    "BEGIN:VTODO",
    `UID:${task.id}`,
    `DTSTAMP:${stamp}`,
    `CREATED:${utc(task.created_at)}`,
    `LAST-MODIFIED:${utc(task.updated_at)}`,
    `SUMMARY:${escaped(task.title)}`,
    description && `DESCRIPTION:${escaped(description)}`,
    due(task),
    priority && `PRIORITY:${priority}`,
    tags.length > 0 && `CATEGORIES:${tags.map(escaped).join(",")}`,
    `STATUS:${completed ? "COMPLETED" : "NEEDS-ACTION"}`,
    // The time of completion is not stored; the last change is the nearest to it.
    completed && `COMPLETED:${utc(task.updated_at)}`,
    "END:VTODO",
  ]
    .map((line) => (line ? folded(line) : ""))
    .join("");
}

/** iCalendar to-dos, for calendar programs. */
export const file: ExportFile = {
  ending: "ics",
  type: "text/calendar",
  trash: false,
  async *write(pages, exportedAt) {
    yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tend//Tend//EN\r\n";
    const stamp = utc(exportedAt);
    for await (const tasks of pages) yield tasks.map((task) => todo(task, stamp)).join("");
    yield "END:VCALENDAR\r\n";
  },
};
