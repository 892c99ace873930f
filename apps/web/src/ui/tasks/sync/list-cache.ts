import { getActiveUser } from "#ui/device/active-user.ts";
import { openDatabase, transact } from "#ui/device/indexed-db.ts";
import { type Counts, countTasks } from "#ui/tasks/model/counts.ts";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import type { Snapshot } from "./snapshot.ts";
import { readTask } from "./stored-task.ts";

/** The list of a person as the server last sent it, for opening without a network. */
export interface CachedList extends Snapshot {
  readonly user: { readonly id: string; readonly name: string };
  readonly counts: Counts;
}

/** The version of the format, raised when older programs cannot read it: they drop the list. */
const format = 1;

/** Stores a list in place of any other: that of one person at a time. */
export const writeCachedList = (list: CachedList): Promise<unknown> =>
  inStore<unknown>("readwrite", (store) => {
    // The person has signed out meanwhile, in this tab or in another.
    if (getActiveUser() !== list.user.id) return store.count();
    store.clear();
    return store.put({ format, ...list }, list.user.id);
  });

export const readCachedList = async (userId: string): Promise<CachedList | undefined> =>
  parseCachedList(await inStore("readonly", (store) => store.get(userId)));

export const deleteCachedList = (userId: string): Promise<unknown> =>
  inStore("readwrite", (store) => store.delete(userId));

/** A stored list, without tasks that cannot be read; undefined for one in another format. */
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

/** Runs one transaction on the stored lists. */
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
