import type { Page } from "@playwright/test";
import { expect } from "./person.ts";

/** All values in a store of every person's database on this device. */
const storedIn = (page: Page, store: string): Promise<readonly unknown[]> =>
  page.evaluate(async (store) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found: unknown[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      if (!name.startsWith("tend:")) continue;
      const opened = await done(indexedDB.open(name));
      if (opened.objectStoreNames.contains(store)) {
        found.push(...(await done(opened.transaction(store).objectStore(store).getAll())));
      }
      opened.close();
    }
    return found;
  }, store);

interface KeptTask {
  readonly task: { readonly title: string; readonly deleted_at: string | null } | null;
}

/** The titles of the tasks that the device stores for opening without a network. */
export const keptTitles = async (page: Page): Promise<readonly string[]> => {
  const kept = (await storedIn(page, "tasks")) as readonly KeptTask[];
  return kept.flatMap(({ task }) => (task && task.deleted_at === null ? task.title : []));
};

/** The titles of the tasks whose changes wait in IndexedDB to be sent. */
export const keptChanges = async (page: Page): Promise<readonly string[]> => {
  const changes = (await storedIn(page, "mutations")) as { task: { title: string } }[];
  return changes.map(({ task }) => task.title);
};

/** Waits until the service worker has stored the page that opens without a network. */
export const workerReady = (page: Page): Promise<void> =>
  page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));

/** Waits until the device can open the app without a network, with these tasks. */
export async function expectKept(page: Page, titles: readonly string[]): Promise<void> {
  await workerReady(page);
  await expect.poll(async () => (await keptTitles(page)).toSorted()).toEqual(titles.toSorted());
}

/** The addresses in the service worker's caches, and their texts. */
export const cached = (page: Page): Promise<readonly { url: string; text: string }[]> =>
  page.evaluate(async () => {
    const found: { url: string; text: string }[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) {
        const text = await (await cache.match(url))?.text();
        found.push({ url: new URL(url).pathname, text: text ?? "" });
      }
    }
    return found;
  });

/** Makes one of the app's databases as another program may leave it: version, stores, content. */
export const leaveDatabase = (
  page: Page,
  name: string,
  version: number,
  stores: readonly string[],
  records: readonly (readonly [key: string | readonly string[], value: unknown])[] = [],
) =>
  page.evaluate(
    async ([name, version, stores, records]) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      await done(indexedDB.deleteDatabase(name));
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => {
        for (const store of stores) request.result.createObjectStore(store);
      };
      const database = await done(request);
      const [first] = stores;
      if (first !== undefined) {
        const transaction = database.transaction(first, "readwrite");
        for (const [key, value] of records) {
          transaction.objectStore(first).put(value, key as IDBValidKey);
        }
        await new Promise((resolve) => {
          transaction.oncomplete = resolve;
        });
      }
      database.close();
    },
    [name, version, stores, records] as const,
  );

/** Everything that the device stores of whatever site this page is of, in one text. */
export const everythingStored = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name = "" } of await indexedDB.databases()) {
      const opened = await done(indexedDB.open(name));
      found.push(name);
      for (const store of opened.objectStoreNames) {
        const records = opened.transaction(store).objectStore(store);
        found.push(await done(records.getAllKeys()), await done(records.getAll()));
      }
      opened.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const kept = await cache.match(request);
        if (!request.url.includes("/_next/static/")) found.push(request.url, await kept?.text());
      }
    }
    return JSON.stringify(found);
  });
