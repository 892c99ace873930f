import type { Task } from "@tend/contracts";
import { type Lister, taskPages } from "#ui/api/task-pages.ts";
import { part } from "#ui/kit/part.ts";

const files = {
  json: part(() => import("./export-json.ts")),
  csv: part(() => import("./export-csv.ts")),
  ics: part(() => import("./export-ics.ts")),
};

export type ExportKind = keyof typeof files;

export interface Exported {
  /** Null: there is nothing to export, and a calendar without entries would not be valid. */
  readonly blob: Blob | null;
  readonly ending: string;
  readonly count: number;
}

/** Reads all tasks, and makes a file of them if there are any. Rejects as every client method. */
export async function exportTasks(
  api: Lister,
  kind: ExportKind,
  signal: AbortSignal,
  onRead: (count: number) => void,
): Promise<Exported> {
  const { file } = await files[kind]();
  let count = 0;
  async function* counted(): AsyncGenerator<readonly Task[]> {
    for await (const tasks of taskPages(api, file.trash, signal)) {
      yield tasks;
      count += tasks.length;
      onRead(count);
    }
  }
  const parts: string[] = [];
  for await (const part of file.write(counted(), new Date().toISOString())) parts.push(part);
  signal.throwIfAborted();
  const blob = count > 0 ? new Blob(parts, { type: file.type }) : null;
  return { blob, ending: file.ending, count };
}
