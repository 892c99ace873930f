import { openDatabase, transact } from "#ui/device/indexed-db.ts";
import type { Mutation } from "./mutation.ts";

/** The mutations of one user in IndexedDB, which has room for all of them. */
export interface MutationDatabase {
  put(mutation: Mutation): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  /** The values as they are stored: another version may have written them. */
  read(): Promise<readonly unknown[]>;
  /** The values under these ids, in their order; undefined where there is none. */
  find(ids: readonly string[]): Promise<readonly unknown[]>;
  clear(): Promise<unknown>;
}

const storeName = "changes";

/** Each method rejects where the browser has no IndexedDB, or forbids it. */
export function createMutationDatabase(userId: string): MutationDatabase {
  let opened: Promise<IDBDatabase> | undefined;

  const connect = (): Promise<IDBDatabase> => {
    opened ??= openDatabase("tend-changes", storeName).then((database) => {
      // Another tab wants to delete or upgrade the database.
      database.onversionchange = () => database.close();
      database.onclose = () => {
        opened = undefined;
      };
      return database;
    });
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };

  const inStore = async <T>(
    mode: IDBTransactionMode,
    run: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => transact(await connect(), storeName, mode, run);

  const keyOf = (id: string) => [userId, id];
  const own = () => IDBKeyRange.bound([userId], [userId, []]);
  return {
    put: (mutation) => inStore("readwrite", (store) => store.put(mutation, keyOf(mutation.id))),
    remove: (id) => inStore("readwrite", (store) => store.delete(keyOf(id))),
    read: () => inStore<unknown[]>("readonly", (store) => store.getAll(own())),
    find: (ids) =>
      Promise.all(ids.map((id) => inStore<unknown>("readonly", (store) => store.get(keyOf(id))))),
    clear: () => inStore("readwrite", (store) => store.delete(own())),
  };
}
