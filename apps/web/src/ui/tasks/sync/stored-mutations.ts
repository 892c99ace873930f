import { isRecord } from "#ui/tasks/model/read-value.ts";
import type { Mutation } from "./mutation.ts";
import { readFields, readTask } from "./stored-task.ts";

/** The mutations that lie in local storage under this prefix. */
export const readLocal = (storage: Storage | undefined, prefix: string): readonly Mutation[] =>
  Object.keys(storage ?? {})
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => parseText(storage?.getItem(key)) ?? []);

export function parseText(text: string | null | undefined): Mutation | undefined {
  try {
    return parseMutation(JSON.parse(text ?? "null"));
  } catch {
    return undefined;
  }
}

/** A stored mutation; undefined where another version, or a person, wrote what cannot be read. */
export function parseMutation(value: unknown): Mutation | undefined {
  if (!isRecord(value) || typeof value.id !== "string") return undefined;
  const task = readTask(value.task);
  if (task === undefined) return undefined;
  // What a newer program stores beside them stays.
  const { id, kind, fields, before, send_at, ...rest } = value;
  if (kind === "create" || kind === "restore") return { ...rest, id, kind, task };
  if (kind === "delete") {
    return { ...rest, id, kind, task, send_at: Number.isFinite(send_at) ? Number(send_at) : 0 };
  }
  if (kind !== "set" || !isRecord(fields)) return undefined;
  const set = readFields(fields);
  // A set without fields would be refused for ever.
  if (Object.keys(set).length === 0) return undefined;
  const { version, ...seen } = isRecord(before) ? readFields(before) : {};
  return {
    ...rest,
    id,
    kind,
    task,
    fields: set,
    ...(version !== undefined && { before: { ...seen, version } }),
  };
}
