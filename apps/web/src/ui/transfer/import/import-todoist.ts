import { codePoints, limits, tagKey } from "@tend/contracts/limits";
import { Tag, TimeZone } from "@tend/contracts/task";
import Papa from "papaparse";
import { v5 as uuidv5 } from "uuid";
import { type Draft, type FileContent, type FileFault, UnreadableFile } from "./import-draft.ts";
import { canonicalText } from "./same-text.ts";
import { readTodoistDate } from "./todoist-date.ts";

/** Ids are made in this space of names; with another, a second import would make all tasks again. */
const namespace = "a7d2b246-ab53-42e6-973e-6a9395fd8c0b";

const priorities = new Map([
  ["1", "high"],
  ["2", "medium"],
  ["3", "low"],
  ["4", "none"],
  // Todoist's own import makes it the highest; nobody who left it empty meant that.
  ["", "none"],
]);

type Cells = (column: string) => string;

/** A task of the file; the notes below it come after it is made. */
interface Row {
  readonly place: string;
  readonly cells: Cells;
  readonly section: string;
  readonly parent: string | undefined;
  readonly comments: string[];
}

/**
 * reads a project that Todoist exported as a template. `today` is the person's day, from which
 * "tomorrow" counts.
 */
export function readTodoist(text: string, today: string): FileContent {
  const { rows, faults } = rowsOf(text);
  const ids = new Map<string, number>();
  const counts = { cut: 0, undated: 0 };
  const drafts = rows.map((row) => draftOf(row, today, ids, counts));
  return { drafts, faults, remarks: remarksOf(counts) };
}

function rowsOf(text: string): { rows: readonly Row[]; faults: readonly FileFault[] } {
  const { data, errors } = Papa.parse<string[]>(text, { delimitersToGuess: [",", ";", "\t"] });
  const [header = [], ...lines] = data;
  const columns = header.map((name) => name.trim().toUpperCase());
  if (!columns.includes("TYPE") || !columns.includes("CONTENT"))
    throw new UnreadableFile(why(columns));

  const rows: Row[] = [];
  const faults: FileFault[] = [];
  const parents: string[] = [];
  let section = "";
  let last: Row | undefined;
  let nextLine = 1 + linesOf(header);
  for (const line of lines) {
    const place = `Line ${nextLine}`;
    nextLine += linesOf(line);
    if (line.every((cell) => cell.trim() === "")) continue;
    const cells: Cells = (column) => line[columns.indexOf(column)]?.trim() ?? "";
    const content = cells("CONTENT");
    switch (cells("TYPE").toLowerCase()) {
      case "task": {
        const depth = Math.max(0, (Number.parseInt(cells("INDENT"), 10) || 1) - 1);
        last = { place, cells, section, parent: parents.slice(0, depth).at(-1), comments: [] };
        parents.splice(depth, parents.length, readLabels(content).title);
        rows.push(last);
        break;
      }
      case "section":
        section = content;
        parents.length = 0;
        last = undefined;
        break;
      case "note":
        if (last) last.comments.push(content);
        else faults.push({ place, reason: "There is no task above this note." });
        break;
      // How Todoist shows the project.
      case "meta":
        break;
      default:
        faults.push({ place, reason: "Its TYPE is neither task, section nor note." });
    }
  }
  if (errors.some(({ type }) => type === "Quotes")) {
    const reason = "A quotation mark is not closed: what follows cannot be told apart.";
    faults.push({ place: rows.at(-1)?.place ?? "Line 1", reason });
  }
  return { rows, faults };
}

const why = (columns: readonly string[]): string =>
  columns.includes("ID") && columns.includes("TITLE")
    ? "CSV exports of Tend are for spreadsheets. To import your tasks, choose an export as JSON."
    : "This file is neither a JSON export of Tend nor a CSV template of Todoist, whose first line names the columns TYPE and CONTENT.";

/** How many lines of the file a row takes. */
const linesOf = (row: readonly string[]): number =>
  row.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1);

function draftOf(
  { place, cells, section, parent, comments }: Row,
  today: string,
  ids: Map<string, number>,
  counts: { cut: number; undated: number },
): Draft {
  const { title, tags } = readLabels(cells("CONTENT"), tagOfSection(section));
  const date = cells("DATE");
  const due = date === "" ? undefined : readTodoistDate(date, cells("DATE_LANG"), today);
  const zone = due?.time_zone ?? TimeZone.safeParse(cells("TIMEZONE")).data ?? null;
  const priority = priorities.get(cells("PRIORITY"));
  const isCut = codePoints(title) > limits.title;
  if (isCut) counts.cut++;
  if (date !== "" && !due) counts.undated++;

  const more = [
    ["Part of", parent],
    ["Section in Todoist", isWholeAsTag(section) ? "" : section],
    ["Date in Todoist", due ? "" : date],
    ["Time zone in Todoist", due?.due_time && zone === null ? cells("TIMEZONE") : ""],
    ["Deadline in Todoist", cells("DEADLINE")],
    ["Duration in Todoist", durationOf(cells)],
    ["Assigned in Todoist to", cells("RESPONSIBLE")],
    ["Priority in Todoist", priority === undefined ? cells("PRIORITY") : ""],
  ]
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`);
  const notes = [isCut ? title : "", cells("DESCRIPTION"), ...comments, more.join("\n")];
  return {
    place,
    fields: {
      id: idOf(cells, section, ids),
      title: isCut ? `${[...title].slice(0, limits.title - 1).join("")}…` : title,
      description: notes.filter(Boolean).join("\n\n") || null,
      due_date: due?.due_date ?? null,
      due_time: due?.due_time ?? null,
      time_zone: due?.due_time ? zone : null,
      priority: priority ?? "none",
      tags,
    },
    trashed: false,
  };
}

/** a row of the same text has the same id; of equal rows in one file each has its own. */
function idOf(cells: Cells, section: string, ids: Map<string, number>): string {
  const own = ["CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "DATE"].map(cells);
  const key = JSON.stringify([section, ...own].map(canonicalText));
  const count = (ids.get(key) ?? 0) + 1;
  ids.set(key, count);
  return uuidv5(`${key} ${count}`, namespace);
}

const isTag = (text: string): boolean => Tag.safeParse(text).success;

/** A section as a tag, which has neither spaces nor commas; "" where nothing is left. */
function tagOfSection(section: string): string {
  const tag = section.replace(/^[#\s]+/, "").replace(/[\s\u0085,]+/g, "-");
  const short = [...tag].slice(0, limits.tag).join("");
  return isTag(short) ? short : "";
}

const isWholeAsTag = (section: string): boolean =>
  tagOfSection(section) !== "" && codePoints(section) <= limits.tag;

/** Words with @ become tags, as many as a task may have. What is left is the title. */
function readLabels(content: string, first = ""): { title: string; tags: readonly string[] } {
  const tags = new Map(first === "" ? [] : [[tagKey(first), first]]);
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
const durationOf = (cells: Cells): string =>
  cells("DURATION") && `${cells("DURATION")} ${cells("DURATION_UNIT")}`.trim();

function remarksOf({ cut, undated }: { cut: number; undated: number }): string[] {
  const remarks: string[] = [];
  if (cut > 0) {
    const what = cut === 1 ? "1 title is" : `${cut.toLocaleString("en")} titles are`;
    remarks.push(
      `${what} longer than ${limits.title} characters and will be cut. The whole text stands at the beginning of the notes.`,
    );
  }
  if (undated > 0) {
    const what = undated === 1 ? "1 date is" : `${undated.toLocaleString("en")} dates are`;
    remarks.push(`${what} not a day, such as “every Friday”, and will be kept in the notes.`);
  }
  return remarks;
}
