import { getActiveUser } from "#ui/device/active-user.ts";
import { openDatabase, transact } from "#ui/device/indexed-db.ts";
import { type Counts, countTasks } from "#ui/tasks/model/counts.ts";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import type { Snapshot } from "./snapshot.ts";
import { readTask } from "./stored-task.ts";

/** The list of a person as the server last told it, for opening without a network. */
export interface CachedList extends Snapshot {
  readonly user: { readonly id: string; readonly name: string };
  readonly counts: Counts;
}

/** Raised when older programs cannot read a list any more; they drop it then. */
const format = 1;

/** Keeps a list in place of whatever was kept: one person's at a time. */
export const writeCachedList = (list: CachedList): Promise<unknown> =>
  inStore<unknown>("readwrite", (store) => {
    // Signed out meanwhile, in this tab or in another.
    if (getActiveUser() !== list.user.id) return store.count();
    store.clear();
    return store.put({ format, ...list }, list.user.id);
  });

export const readCachedList = async (userId: string): Promise<CachedList | undefined> =>
  parseCachedList(await inStore("readonly", (store) => store.get(userId)));

export const deleteCachedList = (userId: string): Promise<unknown> =>
  inStore("readwrite", (store) => store.delete(userId));

/** Undefined for what another version kept in another way. A task that cannot be read is left out. */
export function parseCachedList(value: unknown): CachedList | undefined {
  if (!isRecord(value) || value.format !== format || !Array.isArray(value.tasks)) return undefined;
  const { user, counts } = value;
  if (!isRecord(user) || typeof user.id !== "string") return undefined;
  const tasks = value.tasks.map(readTask).filter((task) => task !== undefined);
  return {
    user: { id: user.id, name: typeof user.name === "string" ? user.name : "" },
    counts: isCounts(counts) ? counts : countTasks(tasks),
    complete: value.complete === true && tasks.length === value.tasks.length,
    tasks,
  };
}

const isCounts = (value: unknown): value is Counts =>
  isRecord(value) &&
  [value.all, value.pending, value.completed].every((count) => Number.isSafeInteger(count));

const storeName = "lists";

/** Runs one transaction on the kept lists. */
export async function inStore<T>(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => Pick<IDBRequest<T>, "result">,
): Promise<T> {
  const database = await openDatabase("tend", storeName);
  try {
    return await transact(database, storeName, mode, run);
  } finally {
    database.close();
  }
}
