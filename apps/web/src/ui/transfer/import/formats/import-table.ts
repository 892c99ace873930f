import { limits } from "@tend/contracts/limits";
import { draftOf, RowIds } from "#ui/transfer/import/draft-of.ts";
import type { Draft, FileContent, FileFault } from "#ui/transfer/import/import-draft.ts";
import type { CsvRow, CsvTable } from "./csv-table.ts";
import { Remarks, someOf } from "./remarks.ts";
import { type ColumnChoice, columnFields } from "./table-columns.ts";
import { completedOf, priorityOf } from "./table-words.ts";
import { isWholeAsTag, tagOf, tagsByKey } from "./tag-of.ts";
import { dateReader } from "./todoist/todoist-date.ts";
import { todoistWords } from "./todoist/todoist-remarks.ts";
import { unhurried } from "./unhurried.ts";

const title = columnFields[0].names;

/** Whether a first line can name columns: it has several, or one that is named as a title. */
export const isNamed = (names: readonly string[]): boolean =>
  names.filter(Boolean).length > 1 || names.some((name) => title.test(name));

/** reads any table by the columns that a person chose. */
export async function readTable(
  { columns, rows }: CsvTable,
  choice: ColumnChoice,
  today: string,
): Promise<FileContent> {
  const remarks = new Remarks(todoistWords(today));
  const ids = new RowIds();
  const readDate = dateReader(today);
  const chosen = new Set(Object.values(choice));
  const drafts: Draft[] = [];
  const faults: FileFault[] = [];

  const draftOfRow = ({ place, cells }: CsvRow): Draft => {
    const cell = (index: number | undefined) =>
      index === undefined ? "" : (cells[index]?.trim() ?? "");
    const date = cell(choice.due_date);
    const due = date === "" ? undefined : readDate(date, "en");
    if (date !== "" && (!due || due.by)) remarks.note(due?.by ?? "undated", `“${date}” (${place})`);
    const priority = priorityOf(cell(choice.priority));
    const completed = completedOf(cell(choice.completed));
    const { tags, others } = readTags(cell(choice.tags));
    const nameOf = (index: number | undefined) =>
      columns[index ?? -1] || `Column ${(index ?? 0) + 1}`;
    const noteUnread = (index: number | undefined) =>
      remarks.note("unread", `${nameOf(index)} “${cell(index)}” (${place})`);
    if (priority === undefined) noteUnread(choice.priority);
    if (completed === undefined) noteUnread(choice.completed);
    const more = cells.flatMap((value, index) =>
      chosen.has(index) || value.trim() === "" ? [] : [[nameOf(index), value.trim()] as const],
    );
    for (const [name] of more) remarks.note("column", name);
    return draftOf(
      {
        place,
        id: ids.idOf(["CSV", ...cells.map((value) => value.trim())]),
        title: cell(choice.title),
        texts: [cell(choice.description)],
        lines: [
          [nameOf(choice.due_date), due && !due.by ? "" : date],
          [nameOf(choice.priority), priority === undefined ? cell(choice.priority) : ""],
          [nameOf(choice.completed), completed === undefined ? cell(choice.completed) : ""],
          [nameOf(choice.tags), others.join(", ")],
          ...more,
        ],
        due_date: due?.due_date ?? null,
        due_time: due?.due_time ?? null,
        time_zone: due?.due_time ? (due.time_zone ?? null) : null,
        priority: priority ?? "none",
        completed: completed ?? false,
        tags,
      },
      (kind, at) => remarks.note(kind, at),
    );
  };

  for await (const row of unhurried(rows)) {
    if (row.fault === undefined) drafts.push(draftOfRow(row));
    else faults.push({ place: row.place, reason: row.fault });
  }
  return { drafts, faults, remarks: [...firstLine(columns), ...remarks.sentences()] };
}

/** The first line as a possible task, unless a name in it is known: a list may have no names. */
const firstLine = (columns: readonly string[]): readonly string[] =>
  columns.some((name) => columnFields.some(({ names }) => names.test(name)))
    ? []
    : [
        `The first line is taken for the names of the columns, and makes no task: ${someOf(columns.filter(Boolean))}.`,
      ];

function readTags(text: string) {
  const names = text
    .split(/[,;|]/)
    .map((name) => name.trim())
    .filter(Boolean);
  const tags = [...tagsByKey(names.map(tagOf).filter(Boolean)).values()];
  return {
    tags: tags.slice(0, limits.tags),
    others: [...names.filter((name) => !isWholeAsTag(name)), ...tags.slice(limits.tags)],
  };
}
