import { type IDBPDatabase, openDB } from "idb";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import { former } from "./former-databases.ts";
import { knownTask } from "./known-task.ts";
import type { PersonDatabase } from "./person-database.ts";
import { readTask } from "./stored-task.ts";

type Former = (typeof former)[keyof typeof former];

/**
 * Moves what an older version of this program stored of a person into their database. It goes from
 * the old place once it is in the new one. A tab of that version may still be open: what it stores
 * later is moved the next time.
 */
export async function takeOver(userId: string, database: PersonDatabase): Promise<void> {
  await takeOverMutations(userId, database);
  await inFormer(former.lists, async (old, store) => {
    const list: unknown = await old.get(store, userId);
    if (list === undefined) return;
    const tasks = isRecord(list) && Array.isArray(list.tasks) ? list.tasks : [];
    const read = tasks.map(readTask).filter((task) => task !== undefined);
    await database.putFormerList(read.map(knownTask));
    await old.delete(store, userId);
  });
}

/** Moves the mutations alone, of a person whose tasks must not be shown. */
export async function takeOverMutations(userId: string, database: PersonDatabase): Promise<void> {
  await inFormer(former.mutations, async (old, store) => {
    const own = IDBKeyRange.bound([userId], [userId, []]);
    const found: readonly unknown[] = await old.getAll(store, own);
    const mutations = found.filter(hasId);
    if (mutations.length === 0) return;
    await database.settle({ known: [], removed: [], added: mutations });
    await Promise.all(mutations.map(({ id }) => old.delete(store, [userId, id])));
  });
}

/** Deletes what an older version stored of a person. */
export async function eraseFormer(userId: string): Promise<void> {
  await inFormer(former.mutations, (old, store) =>
    old.delete(store, IDBKeyRange.bound([userId], [userId, []])),
  );
  await eraseFormerList(userId);
}

export const eraseFormerList = (userId: string): Promise<void> =>
  inFormer(former.lists, (old, store) => old.delete(store, userId));

const hasId = (value: unknown): value is { readonly id: string } =>
  isRecord(value) && typeof value.id === "string";

/** Runs on an old database, if it is there. */
async function inFormer(
  { name, store }: Former,
  run: (database: IDBPDatabase, store: string) => Promise<unknown>,
): Promise<void> {
  const database = await openExisting(name);
  if (!database) return;
  try {
    if (database.objectStoreNames.contains(store)) await run(database, store);
  } finally {
    database.close();
  }
}

/** Opens a database; undefined where there is none, and none is made. */
async function openExisting(name: string): Promise<IDBPDatabase | undefined> {
  let isMissing = false;
  try {
    return await openDB(name, undefined, {
      upgrade(_database, _before, _after, transaction) {
        isMissing = true;
        transaction.done.catch(() => {});
        transaction.abort();
      },
    });
  } catch (error) {
    if (isMissing) return undefined;
    throw error;
  }
}
