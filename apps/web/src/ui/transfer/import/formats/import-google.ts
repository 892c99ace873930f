import type { Task } from "@tend/contracts";
import { isRecord, type JsonObject } from "#ui/tasks/model/read-value.ts";
import { draftOf, RowIds } from "#ui/transfer/import/draft-of.ts";
import type { Draft, FileContent, FileFault } from "#ui/transfer/import/import-draft.ts";
import { draftWords, Remarks, undatedWords } from "./remarks.ts";
import { isWholeAsTag, tagOf } from "./tag-of.ts";
import { unhurried } from "./unhurried.ts";
import { isShown } from "./wall-clock.ts";

/** The types of fields that a task has as well, or that are reported as left out. */
const known = new Map([
  ...["kind", "id", "etag", "title", "notes", "status", "due", "parent", "created", "updated"].map(
    (name) => [name, "string"] as const,
  ),
  ...["completed", "position", "selfLink", "webViewLink", "task_type"].map(
    (name) => [name, "string"] as const,
  ),
  ["deleted", "boolean"] as const,
  ["hidden", "boolean"] as const,
]);

const leftOut = [
  ["when a task was made or changed", ["created", "updated"]],
  ["when a task was completed", ["completed"]],
  ["its address in Google Tasks", ["selfLink", "webViewLink"]],
  ["how Google Tasks orders and marks tasks", ["position", "etag", "task_type"]],
] as const;

const words = {
  undated: undatedWords,
  ...draftWords,
};

type GoogleRemarks = Remarks<keyof typeof words>;

/** The file that Google Takeout names Tasks.json. */
export const isGoogleTasks = (content: unknown): content is JsonObject =>
  isRecord(content) && content.kind === "tasks#taskLists";

/** X-6: reads the lists of Google Tasks, as Takeout saves them. */
export async function readGoogleTasks(content: JsonObject): Promise<FileContent> {
  const remarks = new Remarks(words);
  const ids = new RowIds();
  const drafts: Draft[] = [];
  const faults: FileFault[] = [];
  const lists = arrayOf(content.items);
  for (const [at, list] of lists.entries()) {
    if (!isRecord(list)) {
      faults.push({ place: `List ${at + 1}`, reason: "This is not a list of tasks." });
      continue;
    }
    const name = textIn(list.title);
    const tasks = arrayOf(list.items);
    const titles = new Map(
      tasks.filter(isRecord).map((task) => [textIn(task.id), textIn(task.title).trim()] as const),
    );
    titles.delete("");
    for await (const [index, task] of unhurried([...tasks.entries()])) {
      const place = `${name || `List ${at + 1}`}, task ${index + 1}`;
      // The name of the list counts only where there are several.
      const own = { place, list: lists.length > 1 ? name : "", titles };
      if (isRecord(task)) drafts.push(draftOfTask(task, own, ids, remarks));
      else faults.push({ place, reason: "This is not a task." });
    }
  }
  return { drafts, faults, remarks: remarks.sentences() };
}

interface Own {
  readonly place: string;
  readonly list: string;
  /** The titles of the list's tasks by their ids. */
  readonly titles: ReadonlyMap<string, string>;
}

function draftOfTask(
  task: JsonObject,
  { place, list, titles }: Own,
  ids: RowIds,
  remarks: GoogleRemarks,
): Draft {
  const [id, title, notes] = [textIn(task.id), textIn(task.title).trim(), textIn(task.notes)];
  const written = textIn(task.due);
  const due = readDue(written);
  if (written !== "" && !due) remarks.note("undated", `“${written}” (${place})`);
  for (const [what, names] of leftOut) {
    if (names.some((name) => textIn(task[name]) !== "")) remarks.note("left out", what);
  }
  const more = Object.entries(task)
    .filter(([name, value]) => !isTaken(name, value) && !isEmpty(value))
    .map(([name, value]) => [name, asText(value)] as const);
  for (const [name] of more) remarks.note("column", name);
  const status = textIn(task.status);
  if (!statuses.has(status)) remarks.note("unread", `status “${status}” (${place})`);
  const parent = textIn(task.parent);
  return draftOf(
    {
      place,
      id: ids.idOf(["Google Tasks", ...(id ? [id] : ["", list, title, notes])]),
      title,
      texts: [notes.trim(), ...arrayOf(task.links).map(linkOf)],
      lines: [
        ["Part of", titles.get(parent) ?? parent],
        ["List in Google Tasks", isWholeAsTag(list) ? "" : list],
        ["Date in Google Tasks", due ? "" : written],
        ["Status in Google Tasks", statuses.has(status) ? "" : status],
        ...more,
      ],
      ...(due ?? { due_date: null, due_time: null, time_zone: null }),
      // A hidden task is one that was completed and cleared from the list.
      completed: status === "completed" || (task.hidden === true && status === ""),
      tags: [tagOf(list)].filter(Boolean),
      trashed: task.deleted === true,
    },
    (kind, at) => remarks.note(kind, at),
  );
}

const isTaken = (name: string, value: unknown): boolean =>
  known.get(name) === typeof value || (name === "links" && Array.isArray(value));

const statuses: ReadonlySet<string> = new Set(["", "needsAction", "completed"]);

/** Reads a due day, which Google writes as the instant at which it begins in UTC. */
function readDue(text: string): Pick<Task, "due_date" | "due_time" | "time_zone"> | undefined {
  const written = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d):\d\d(?:\.\d+)?Z)?$/.exec(text);
  const [, due_date = "", clock = "00:00"] = written ?? [];
  if (!isShown(due_date, clock)) return undefined;
  return clock === "00:00"
    ? { due_date, due_time: null, time_zone: null }
    : { due_date, due_time: clock, time_zone: "UTC" };
}

/** A link of a task, such as the mail from which it was made. */
function linkOf(link: unknown): string {
  if (!isRecord(link)) return asText(link);
  const parts = [link.description ?? link.title, link.link ?? link.url].map(textIn).filter(Boolean);
  return parts.length > 0 ? `Link: ${parts.join(", ")}` : asText(link);
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0);
const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
const asText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
