import type { Task } from "@tend/contracts";
import { limits, tagKey } from "@tend/contracts/limits";
import { draftOf, RowIds } from "#ui/transfer/import/draft-of.ts";
import { type CsvRow, type CsvTable, findTable } from "#ui/transfer/import/formats/csv-table.ts";
import { shortened } from "#ui/transfer/import/formats/notes.ts";
import { Remarks } from "#ui/transfer/import/formats/remarks.ts";
import { isTag, isWholeAsTag, tagOf, tagsByKey } from "#ui/transfer/import/formats/tag-of.ts";
import { unhurried } from "#ui/transfer/import/formats/unhurried.ts";
import { zoneNamed } from "#ui/transfer/import/formats/zone-named.ts";
import type { Draft, FileContent, FileFault } from "#ui/transfer/import/import-draft.ts";
import { canonicalText } from "#ui/transfer/import/same-text.ts";
import { readAttachments } from "./todoist-attachments.ts";
import { dateReader } from "./todoist-date.ts";
import { todoistWords } from "./todoist-remarks.ts";

type TodoistRemarks = Remarks<keyof ReturnType<typeof todoistWords>>;

const priorities = new Map<string, Task["priority"]>([
  ["1", "high"],
  ["2", "medium"],
  ["3", "low"],
  ["4", "none"],
  // An empty priority is the highest to Todoist's own import, which nobody means by it.
  ["", "none"],
]);

/** Columns that have a place of their own in a task, or nothing in them that is lost. */
const known: ReadonlySet<string> = new Set(
  "TYPE CONTENT DESCRIPTION PRIORITY INDENT AUTHOR RESPONSIBLE DATE DATE_LANG TIMEZONE DURATION DURATION_UNIT DEADLINE DEADLINE_LANG".split(
    " ",
  ),
);

const none: ReadonlySet<string> = new Set();

/** The depth to which Todoist nests tasks. */
const deepest = 5;

/** A task of the file; its comments follow in later rows. */
interface Row {
  readonly line: CsvRow;
  /** The name of the project, also where it makes no tag. */
  readonly file: string;
  readonly project: string | undefined;
  readonly section: string;
  readonly parent: string | undefined;
  readonly comments: string[];
}

/** Columns that no other table has. */
const own = ["INDENT", "DATE_LANG", "DURATION_UNIT", "DEADLINE_LANG"];

const types: ReadonlySet<string> = new Set(["", "task", "section", "note", "meta"]);

/** Todoist's table in a file, known by its own columns, or by having no other columns and types. */
export function findTodoist(text: string): CsvTable | undefined {
  const table = findTable(text, (names) => names.includes("TYPE") && names.includes("CONTENT"));
  if (!table) return undefined;
  const names = table.columns.map((name) => name.toUpperCase());
  const isTyped = table.rows.every(
    ({ fault, cell }) => fault !== undefined || types.has(cell("TYPE").toLowerCase()),
  );
  const isAlone = isTyped && names.every((name) => name === "" || known.has(name));
  return isAlone || own.some((name) => names.includes(name)) ? table : undefined;
}

export interface TodoistProject {
  /** The name, a tag of its tasks; undefined where a file holds one project alone. */
  readonly name?: string;
  /** The name in messages, where it is not `name`. */
  readonly label?: string;
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
  const isSigned = new Set(authorsOf(projects)).size > 1;
  const rows: Row[] = [];
  const faults: FileFault[] = [];
  for (const project of projects) {
    for (const place of project.table.above) {
      faults.push({
        place: placeIn(project, place),
        reason: "It is above the names of the columns.",
      });
    }
    for (const row of rowsOf(project, isSigned, faults, remarks)) rows.push(row);
  }
  const ids = await idsOf(rows);
  const drafts: Draft[] = [];
  for await (const row of unhurried(rows)) {
    drafts.push(draftOfRow(row, ids.get(row) ?? "", readDate, remarks));
  }
  return { drafts, faults, remarks: remarks.sentences() };
}

const authorsOf = (projects: readonly TodoistProject[]): readonly string[] =>
  projects.flatMap(({ table }) => table.rows.map(({ cell }) => cell("AUTHOR")).filter(Boolean));

/** The ids of rows, made in the order of project names, whatever the order in an archive. */
async function idsOf(rows: readonly Row[]): Promise<ReadonlyMap<Row, string>> {
  const ids = new RowIds();
  const found = new Map<Row, string>();
  const byFile = rows.toSorted(
    ({ file }, other) => Number(file > other.file) - Number(file < other.file),
  );
  for await (const row of unhurried(byFile)) {
    const cells = ["CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "DATE"].map(row.line.cell);
    found.set(row, ids.idOf([row.section, ...cells], row.file));
  }
  return found;
}

const placeIn = ({ name, label = name }: TodoistProject, place: string): string =>
  label ? `${label}, ${place}` : place;

function rowsOf(
  project: TodoistProject,
  isSigned: boolean,
  faults: FileFault[],
  remarks: TodoistRemarks,
): readonly Row[] {
  const rows: Row[] = [];
  const name = project.name?.toLowerCase() === "inbox" ? undefined : project.name;
  const parents: string[] = [];
  let section = "";
  /** The task that a note belongs to. */
  let last: Row | undefined;
  /** The section, while no task has followed it. */
  let empty: string | undefined;
  /** Reports a row, and detaches the next rows from the task before. */
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
      // No section is better than a wrong one.
      if (line.rest(none).some(([, text]) => /^section\b/im.test(text))) section = "";
      continue;
    }
    switch (line.cell("TYPE").toLowerCase()) {
      case "task": {
        const depth = Math.max(0, (indentOf(line) ?? 1) - 1);
        last = {
          line,
          file: canonicalText(project.name ?? ""),
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
        const author = line.cell("AUTHOR");
        if (author !== "" && !isSigned) remarks.note("left out", "who wrote a comment");
        const said = author !== "" && isSigned ? `${author}: ${content}` : content;
        if (last) last.comments.push([said, ...more].join("\n"));
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

/** Columns that Todoist also fills, without meaning, in the rows of sections and notes. */
const withoutTask: ReadonlySet<string> = new Set(
  "TYPE CONTENT PRIORITY INDENT AUTHOR DATE_LANG TIMEZONE DURATION_UNIT DEADLINE_LANG".split(" "),
);

const indentOf = (line: CsvRow): number | undefined =>
  /^[1-9]\d?$/.test(line.cell("INDENT")) ? Number(line.cell("INDENT")) : undefined;

function draftOfRow(
  { line, project, section, parent, comments }: Row,
  id: string,
  readDate: ReturnType<typeof dateReader>,
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
  if (priority === undefined) remarks.note("unread", `PRIORITY “${cell("PRIORITY")}” (${place})`);
  if (cell("AUTHOR") !== "") remarks.note("left out", "who wrote a task");
  if (cell("TIMEZONE") !== "" && !due?.due_time) {
    remarks.note("left out", "the time zone of what has no time");
  }
  const others = line.rest(known);
  for (const [column] of others) remarks.note("column", column);
  return draftOf(
    {
      place,
      id,
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

/** A title without its asterisk: "* Packing list" is a header, without a checkbox in Todoist. */
const withoutAsterisk = (content: string): string => content.replace(/^\*\s+(?=\S)/, "");

/** Reads words with @ as tags, as many as a task may have; the other words are the title. */
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

/** The duration: "30 minute". Todoist writes the unit None where there is none. */
const durationOf = ({ cell }: CsvRow): string =>
  cell("DURATION") && `${cell("DURATION")} ${cell("DURATION_UNIT")}`.trim();
