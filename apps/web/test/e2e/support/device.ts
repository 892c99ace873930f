import type { Page } from "@playwright/test";
import { expect } from "./person.ts";

/** All values in a store of one of the browser's databases. */
const storedIn = (page: Page, database: string, store: string): Promise<readonly unknown[]> =>
  page.evaluate(
    async ([database = "", store = ""]) => {
      // Opening a missing database would make one.
      if (!(await indexedDB.databases()).some(({ name }) => name === database)) return [];
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const opened = await done(indexedDB.open(database));
      const all = await done(opened.transaction(store).objectStore(store).getAll());
      opened.close();
      return all;
    },
    [database, store],
  );

/** The titles in the list that the device stores for opening without a network. */
export const keptTitles = async (page: Page): Promise<readonly string[]> => {
  const lists = (await storedIn(page, "tend", "lists")) as { tasks: { title: string }[] }[];
  return lists.flatMap(({ tasks }) => tasks.map(({ title }) => title));
};

/** The titles of the tasks whose changes wait in IndexedDB to be sent. */
export const keptChanges = async (page: Page): Promise<readonly string[]> => {
  const changes = (await storedIn(page, "tend-changes", "changes")) as {
    task: { title: string };
  }[];
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
