import { limits } from "@tend/contracts/limits";
import { NewTask } from "@tend/contracts/task";
import { unhurried } from "./formats/unhurried.ts";
import type { FileContent, FileFault } from "./import-draft.ts";

/** A task that the API will take. */
export interface Entry {
  readonly place: string;
  readonly task: NewTask & { readonly id: string };
  readonly trashed: boolean;
}

export interface Checked extends Omit<FileContent, "drafts"> {
  readonly entries: readonly Entry[];
}

/** The bytes around a task in the body of a request. */
const envelope = 1024;

const encoder = new TextEncoder();

export const jsonBytes = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** Separates the tasks of a file that the API will take from those that it would refuse. */
export async function check({ drafts, faults, remarks }: FileContent): Promise<Checked> {
  const entries: Entry[] = [];
  const found: FileFault[] = [...faults];
  const ids = new Set<string>();
  for await (const { place, fields, trashed } of unhurried(drafts)) {
    const { data, error } = NewTask.safeParse(fields);
    if (data?.id === undefined) {
      found.push({ place, reason: (error?.issues ?? []).map(inWords).join(" ") });
    } else if (ids.has(data.id)) {
      found.push({ place, reason: "A task above it has the same id." });
    } else if (jsonBytes(data) > limits.body - envelope) {
      found.push({
        place,
        reason: `It is larger than the ${limits.body / 1024} KiB that can be sent.`,
      });
    } else {
      ids.add(data.id);
      entries.push({ place, task: { ...data, id: data.id }, trashed });
    }
  }
  return { entries, faults: found, remarks };
}

const inWords = ({ path, message }: { path: readonly PropertyKey[]; message: string }): string =>
  path.length > 0 ? `${String(path[0])}: ${message}` : message;
