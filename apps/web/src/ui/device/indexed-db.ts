/**
 * Opens a database of one store, and makes the store where it is missing. The version does not
 * matter, since another program may have raised it.
 */
export async function openDatabase(name: string, store: string): Promise<IDBDatabase> {
  const database = await open(name, store);
  if (database.objectStoreNames.contains(store)) return database;
  database.close();
  return open(name, store, database.version + 1);
}

const open = (name: string, store: string, version?: number): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      const { result } = request;
      if (!result.objectStoreNames.contains(store)) result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Runs one transaction, and resolves once it is committed. */
export const transact = <T>(
  database: IDBDatabase,
  storeName: string,
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => Pick<IDBRequest<T>, "result">,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, mode);
    const request = run(transaction.objectStore(storeName));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.commit();
  });
