import type { Task } from "@tend/contracts";
import { limits, tagKey } from "@tend/contracts/limits";
import type { CsvRow, CsvTable } from "./csv-table.ts";
import { draftOf, RowIds } from "./draft-of.ts";
import type { Draft, FileContent, FileFault } from "./import-draft.ts";
import { shortened } from "./notes.ts";
import { Remarks } from "./remarks.ts";
import { isTag, isWholeAsTag, tagOf, tagsByKey } from "./tag-of.ts";
import { readAttachments } from "./todoist-attachments.ts";
import { dateReader } from "./todoist-date.ts";
import { todoistWords } from "./todoist-remarks.ts";
import { unhurried } from "./unhurried.ts";
import { zoneNamed } from "./zone-named.ts";

type TodoistRemarks = Remarks<keyof ReturnType<typeof todoistWords>>;

const priorities = new Map<string, Task["priority"]>([
  ["1", "high"],
  ["2", "medium"],
  ["3", "low"],
  ["4", "none"],
  // Todoist's own import makes it the highest; nobody who left it empty meant that.
  ["", "none"],
]);

/** Columns that have a place of their own in a task, or nothing in them that is lost. */
const known: ReadonlySet<string> = new Set(
  "TYPE CONTENT DESCRIPTION PRIORITY INDENT AUTHOR RESPONSIBLE DATE DATE_LANG TIMEZONE DURATION DURATION_UNIT DEADLINE DEADLINE_LANG".split(
    " ",
  ),
);

const none: ReadonlySet<string> = new Set();

/** Todoist nests tasks so deep at most. */
const deepest = 5;

/** A task of the file; the notes below it come after it is made. */
interface Row {
  readonly line: CsvRow;
  readonly project: string | undefined;
  readonly section: string;
  readonly parent: string | undefined;
  readonly comments: string[];
}

export const isTodoist = (names: readonly string[]): boolean =>
  names.includes("TYPE") && names.includes("CONTENT");

export interface TodoistProject {
  /** Its name, where more than one can be in a file; a tag of its tasks. */
  readonly name?: string;
  readonly table: CsvTable;
}

/**
 * reads projects that Todoist exported as templates. `today` is the person's day, from which
 * "tomorrow" counts.
 */
export async function readTodoist(
  projects: readonly TodoistProject[],
  today: string,
): Promise<FileContent> {
  const remarks = new Remarks(todoistWords(today));
  const readDate = dateReader(today);
  const ids = new RowIds();
  const drafts: Draft[] = [];
  const faults: FileFault[] = [];
  for (const project of projects) {
    for (const place of project.table.above) {
      faults.push({
        place: placeIn(project, place),
        reason: "It is above the names of the columns.",
      });
    }
    for await (const row of unhurried(rowsOf(project, faults, remarks))) {
      drafts.push(draftOfRow(row, readDate, ids, remarks));
    }
  }
  return { drafts, faults, remarks: remarks.sentences() };
}

const placeIn = ({ name }: TodoistProject, place: string): string =>
  name ? `${name}, ${place}` : place;

function rowsOf(
  project: TodoistProject,
  faults: FileFault[],
  remarks: TodoistRemarks,
): readonly Row[] {
  const rows: Row[] = [];
  const name = project.name?.toLowerCase() === "inbox" ? undefined : project.name;
  const parents: string[] = [];
  let section = "";
  /** The task that a note belongs to. */
  let last: Row | undefined;
  /** The section, while no task of it has come. */
  let empty: string | undefined;
  /** What follows must not be taken for a part of the task before. */
  const refuse = (place: string, reason: string) => {
    faults.push({ place, reason });
    last = undefined;
    const unclear = `not clear, since ${place} was not taken`;
    parents.splice(0, parents.length, ...Array.from({ length: deepest }, () => unclear));
  };
  for (const row of project.table.rows) {
    const line = { ...row, place: placeIn(project, row.place) };
    const content = line.cell("CONTENT");
    if (line.fault !== undefined) {
      refuse(line.place, line.fault);
      // Better in no section than in the one before.
      if (line.rest(none).some(([, text]) => /^section\b/im.test(text))) section = "";
      continue;
    }
    switch (line.cell("TYPE").toLowerCase()) {
      case "task": {
        const depth = Math.max(0, (indentOf(line) ?? 1) - 1);
        last = {
          line,
          project: name,
          section,
          parent: parents.slice(0, depth).at(-1),
          comments: [],
        };
        parents.splice(depth, parents.length, readLabels(withoutAsterisk(content)).title);
        rows.push(last);
        empty = undefined;
        break;
      }
      case "section": {
        section = content;
        parents.length = 0;
        last = undefined;
        if (empty !== undefined) remarks.note("empty section", empty);
        empty = content;
        for (const [column, value] of line.rest(withoutTask)) {
          const reason = `Of a section only the name is taken, not ${column}: ${shortened(value, 100)}`;
          faults.push({ place: line.place, reason });
        }
        break;
      }
      case "note": {
        const more = line.rest(withoutTask).map(([column, value]) => `${column}: ${value}`);
        if (last) last.comments.push([content, ...more].join("\n"));
        else faults.push({ place: line.place, reason: "There is no task above this note." });
        break;
      }
      case "meta":
        remarks.note("left out", "how Todoist shows the project");
        break;
      default:
        refuse(line.place, "Its TYPE is neither task, section nor note.");
    }
  }
  if (empty !== undefined) remarks.note("empty section", empty);
  return rows;
}

/** What Todoist writes into the rows of sections and notes as well, though it says nothing there. */
const withoutTask: ReadonlySet<string> = new Set(
  "TYPE CONTENT PRIORITY INDENT AUTHOR DATE_LANG TIMEZONE DURATION_UNIT DEADLINE_LANG".split(" "),
);

const indentOf = (line: CsvRow): number | undefined =>
  /^[1-9]\d?$/.test(line.cell("INDENT")) ? Number(line.cell("INDENT")) : undefined;

function draftOfRow(
  { line, project, section, parent, comments }: Row,
  readDate: ReturnType<typeof dateReader>,
  ids: RowIds,
  remarks: TodoistRemarks,
): Draft {
  const { place, cell } = line;
  const content = cell("CONTENT");
  const { title, tags } = readLabels(withoutAsterisk(content), [project, section]);
  if (withoutAsterisk(content) !== content) remarks.note("header", place);
  const date = cell("DATE");
  const due = date === "" ? undefined : readDate(date, cell("DATE_LANG"));
  if (date !== "" && (!due || due.by)) remarks.note(due?.by ?? "undated", `“${date}” (${place})`);
  const zone = due?.due_time ? (due.time_zone ?? zoneNamed(cell("TIMEZONE"))) : null;
  const priority = priorities.get(cell("PRIORITY"));
  if (cell("AUTHOR") !== "") remarks.note("left out", "who wrote a task");
  if (cell("TIMEZONE") !== "" && !due?.due_time) {
    remarks.note("left out", "the time zone of what has no time");
  }
  const others = line.rest(known);
  for (const [column] of others) remarks.note("column", column);
  const own = ["CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "DATE"].map(cell);
  return draftOf(
    {
      place,
      id: ids.idOf([section, ...own]),
      title,
      texts: [cell("DESCRIPTION"), ...comments].map((text) => {
        const { text: readable, count } = readAttachments(text);
        for (let index = 0; index < count; index++) remarks.note("attachment", place);
        return readable;
      }),
      lines: [
        ["Part of", parent],
        ["Project in Todoist", project && isWholeAsTag(project) ? "" : project],
        ["Section in Todoist", isWholeAsTag(section) ? "" : section],
        ["Date in Todoist", due && !due.by ? "" : date],
        ["Time zone in Todoist", due?.due_time && zone === null ? cell("TIMEZONE") : ""],
        ["Deadline in Todoist", cell("DEADLINE")],
        ["Duration in Todoist", durationOf(line)],
        ["Assigned in Todoist to", cell("RESPONSIBLE")],
        ["Priority in Todoist", priority === undefined ? cell("PRIORITY") : ""],
        ["Indent in Todoist", indentOf(line) === undefined ? cell("INDENT") : ""],
        ...others,
      ],
      due_date: due?.due_date ?? null,
      due_time: due?.due_time ?? null,
      time_zone: zone,
      priority: priority ?? "none",
      tags,
    },
    (kind, at) => remarks.note(kind, at),
  );
}

/** "* Packing list" is a header, which has no box to tick in Todoist. */
const withoutAsterisk = (content: string): string => content.replace(/^\*\s+(?=\S)/, "");

/** Words with @ become tags, as many as a task may have. What is left is the title. */
function readLabels(
  content: string,
  names: readonly (string | undefined)[] = [],
): { title: string; tags: readonly string[] } {
  const tags = tagsByKey(names.map((name = "") => tagOf(name)).filter(Boolean));
  const title = content
    .replace(/(?<=^|\s)@(\S+)(?:\s+|$)/g, (word, label: string) => {
      const isLabel = /\p{L}/u.test(label) && isTag(label);
      if (!isLabel || tags.size >= limits.tags) return word;
      if (!tags.has(tagKey(label))) tags.set(tagKey(label), label);
      return "";
    })
    .trim();
  return { title: title === "" ? content : title, tags: [...tags.values()] };
}

/** "30 minute"; Todoist writes the unit None where there is no duration. */
const durationOf = ({ cell }: CsvRow): string =>
  cell("DURATION") && `${cell("DURATION")} ${cell("DURATION_UNIT")}`.trim();
