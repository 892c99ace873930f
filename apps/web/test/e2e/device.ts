import type { Page } from "@playwright/test";
import { expect } from "./person.ts";

/** The titles on this device, in the list that it keeps for opening without a network. */
export const keptTitles = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    // Opening a database that is not there would make one.
    if (!(await indexedDB.databases()).some(({ name }) => name === "tend")) return [];
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open("tend"));
    const lists = await done(database.transaction("lists").objectStore("lists").getAll());
    database.close();
    return lists.flatMap(({ tasks }) => tasks.map(({ title }: { title: string }) => title));
  });

/** Until the service worker keeps the page that opens without a network. */
export const workerReady = (page: Page): Promise<void> =>
  page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));

/** Until this device can open the app without a network, with these tasks. */
export async function expectKept(page: Page, titles: readonly string[]): Promise<void> {
  await workerReady(page);
  await expect.poll(async () => (await keptTitles(page)).toSorted()).toEqual(titles.toSorted());
}

/** The addresses that the service worker keeps, and their texts. */
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
