import type { Task } from "@tend/contracts";
import { whoIsHere } from "./here.ts";
import { openDatabase, transact } from "./indexed-db.ts";
import type { Snapshot } from "./snapshot.ts";
import { upgradeTask } from "./stored-task.ts";
import type { Counts } from "./task-list.ts";

/** The list of a person as the server last told it, for opening without a network. */
export interface KeptList extends Snapshot {
  readonly user: { readonly id: string; readonly name: string };
  readonly counts: Counts;
}

/** Raised when older programs cannot read a list any more; they drop it then. */
const format = 1;

/** Keeps a list in place of whatever was kept: one person's at a time. */
export const keepList = (list: KeptList): Promise<unknown> =>
  inStore<unknown>("readwrite", (store) => {
    // Signed out meanwhile, in this tab or in another.
    if (whoIsHere() !== list.user.id) return store.count();
    store.clear();
    return store.put({ format, ...list }, list.user.id);
  });

export const readKeptList = async (userId: string): Promise<KeptList | undefined> =>
  parseKeptList(await inStore("readonly", (store) => store.get(userId)));
/** Whoever it is of, unless somebody has signed in meanwhile. */
export const dropEveryKeptList = (): Promise<unknown> =>
  inStore<unknown>("readwrite", (store) => (whoIsHere() === null ? store.clear() : store.count()));


export const dropKeptList = (userId: string): Promise<unknown> =>
  inStore("readwrite", (store) => store.delete(userId));

/** Undefined for what another version kept in another way. */
export function parseKeptList(value: unknown): KeptList | undefined {
  if (!isKeptList(value)) return undefined;
  const { user, counts, complete } = value;
  return { user, counts, complete, tasks: value.tasks.map(upgradeTask) };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** As far as this program relies on the shape. */
const isKeptList = (value: unknown): value is KeptList =>
  isRecord(value) &&
  value.format === format &&
  isRecord(value.user) &&
  typeof value.user.id === "string" &&
  typeof value.user.name === "string" &&
  typeof value.complete === "boolean" &&
  isCounts(value.counts) &&
  Array.isArray(value.tasks) &&
  value.tasks.every(isTask);

const isCounts = (value: unknown): value is Counts =>
  isRecord(value) &&
  [value.all, value.pending, value.completed].every((count) => typeof count === "number");

const isTask = (value: unknown): value is Task =>
  isRecord(value) &&
  [value.id, value.title, value.created_at].every((text) => typeof text === "string") &&
  typeof value.completed === "boolean" &&
  (value.due_date === null || typeof value.due_date === "string");

const storeName = "lists";

async function inStore<T>(
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
