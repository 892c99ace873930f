import { keyPrefix } from "./browser-storage.ts";
import type { Change } from "./change.ts";
import { upgradeTask } from "./stored-task.ts";

/** Where unsent changes outlive the page. One entry each, so that two tabs never overwrite. */
export interface ChangeStorage {
  /** In the order of the doing. */
  read(): readonly Change[];
  /** False: the browser has no room or no permission, so the change lives in memory only. */
  write(change: Change): boolean;
  remove(id: string): void;
  /** Whether a storage event is about these changes; its key is null when all was cleared. */
  owns(key: string | null): boolean;
}

export function createChangeStorage(storage: Storage | undefined, userId: string): ChangeStorage {
  const prefix = keyPrefix("change", userId);
  return {
    read() {
      if (!storage) return [];
      return Object.keys(storage)
        .filter((key) => key.startsWith(prefix))
        .map((key) => parseChange(storage.getItem(key)))
        .filter((change) => change !== undefined)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    write(change) {
      try {
        storage?.setItem(prefix + change.id, JSON.stringify(change));
        return storage !== undefined;
      } catch {
        return false;
      }
    },
    remove: (id) => storage?.removeItem(prefix + id),
    owns: (key) => key === null || key.startsWith(prefix),
  };
}

/** Undefined for what another version wrote, or somebody by hand. */
function parseChange(text: string | null): Change | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isChange(value) ? { ...value, task: upgradeTask(value.task) } : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** As far as this program relies on the shape; the server checks the values. */
const isChange = (value: unknown): value is Change =>
  isRecord(value) &&
  typeof value.id === "string" &&
  isRecord(value.task) &&
  typeof value.task.id === "string" &&
  typeof value.task.title === "string" &&
  typeof value.task.created_at === "string" &&
  (value.kind === "create" ||
    value.kind === "restore" ||
    (value.kind === "set" && isRecord(value.fields)) ||
    (value.kind === "delete" && typeof value.send_at === "number"));
