import { NewTask, Task } from "@tend/contracts/task";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import { jsonVersion } from "#ui/transfer/export/export-json.ts";
import {
  type Draft,
  type FileContent,
  type FileFault,
  UnreadableFile,
} from "#ui/transfer/import/import-draft.ts";
import { isGoogleTasks, readGoogleTasks } from "./import-google.ts";

/** The fields that a person sets. The other fields of a task are the server's. */
const taken: readonly string[] = Object.keys(NewTask.shape);
const known: ReadonlySet<string> = new Set([...taken, ...Object.keys(Task.shape)]);

/**
 * Reads an export of Tend or of another program that saves JSON.
 *
 * @throws UnreadableFile
 */
export async function readJson(text: string): Promise<FileContent> {
  const content = parse(text);
  return isGoogleTasks(content) ? readGoogleTasks(content) : readTend(content);
}

/** reads a file that the account page exported. */
function readTend(content: unknown): FileContent {
  const drafts: Draft[] = [];
  const faults: FileFault[] = [];
  const unknown = new Set<string>();
  for (const [index, entry] of tasksOf(content).entries()) {
    const place = `Task ${index + 1}`;
    if (!isRecord(entry)) {
      faults.push({ place, reason: "This is not a task." });
    } else if (typeof entry.id !== "string") {
      // A task without its id would be made again by a second import.
      faults.push({ place, reason: "It has no id." });
    } else {
      const given = Object.entries(entry);
      for (const [name] of given) if (!known.has(name)) unknown.add(name);
      const fields = Object.fromEntries(given.filter(([name]) => taken.includes(name)));
      drafts.push({ place, fields, trashed: (entry.deleted_at ?? null) !== null });
    }
  }
  const names = [...unknown].join(", ");
  return { drafts, faults, remarks: names ? [`Left out, since not known here: ${names}.`] : [] };
}

function tasksOf(content: unknown): readonly unknown[] {
  if (!isRecord(content) || content.format !== "tend" || typeof content.version !== "number") {
    throw new UnreadableFile(
      "This JSON file is not an export of Tend. Choose a file that was saved by Export as JSON, or Tasks.json of Google Takeout.",
    );
  }
  if (content.version > jsonVersion) {
    throw new UnreadableFile(
      "This file was made by a newer version of Tend. Reload this page and choose it again.",
    );
  }
  if (!Array.isArray(content.tasks)) {
    throw new UnreadableFile("This file holds no list of tasks. Export it once more.");
  }
  return content.tasks;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableFile(
      "This file is not whole JSON: it may have been cut off or changed. Export it once more.",
    );
  }
}
