import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page, Response } from "@playwright/test";
import { networkAtRest } from "./support/network.ts";
import { budgets, moveIn, style } from "./support/pages.ts";
import { expect, test } from "./support/person.ts";

const web = fileURLToPath(new URL("../..", import.meta.url));

const pagesOnDisk = readdirSync(`${web}/src/app`, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /(?:^|\/)(?:page|not-found)\.tsx$/.test(path))
  .map((path) =>
    path === "not-found.tsx" ? "/no-such-page" : `/${path.replace(/\/?page\.tsx$/, "")}`,
  );

test("every page has a budget for its first load", () => {
  const missing = pagesOnDisk.filter((path) => !(path in budgets));
  expect(
    missing,
    "Pages without a budget. Give each a line in `budgets` of this file: measure its first load, add a little room, and ask what it could do without.",
  ).toEqual([]);
  expect(
    Object.keys(budgets).filter((path) => !pagesOnDisk.includes(path)),
    "Budgets without a page: take the line away.",
  ).toEqual([]);
});

/** Loads the page until the browser has fetched all that it fetches by itself. */
async function firstLoad(page: Page, path: string): Promise<readonly Response[]> {
  const responses: Response[] = [];
  page.on("response", (response) => responses.push(response));
  await page.goto(path);
  await networkAtRest(page);
  return responses;
}

const ofType = (responses: readonly Response[], type: string) =>
  responses.filter((response) => response.request().resourceType() === type);

async function kilobytes(responses: readonly Response[]): Promise<number> {
  let bytes = 0;
  for (const response of responses) {
    const body = await response.body();
    const isText = ["script", "stylesheet"].includes(response.request().resourceType());
    // The size is measured as sent: text is compressed from a kilobyte on.
    const isPacked = isText && body.length >= 1024;
    if (isPacked) expect(response.headers()["content-encoding"], response.url()).toBe("gzip");
    bytes += isPacked ? gzipSync(body).length : body.length;
  }
  return bytes / 1000;
}

/** A name that zod's core gives every schema, and that no minifier takes away. */
const zod = /\b_zod\b/;

test("a bundle with zod can be told from one without", () => {
  const chunks = `${web}/.next/server/chunks`;
  const bundles = readdirSync(chunks, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  expect(bundles.some((name) => zod.test(readFileSync(`${chunks}/${name}`, "utf8")))).toBe(true);
});

/** Slows the page down as on a slow phone, so that late shifts are seen. */
async function slowDown(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 200_000,
    uploadThroughput: 100_000,
  });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

interface Shift {
  readonly by: number;
  readonly what: string;
}

declare global {
  /** Defined in the browser by `watchShifts`. */
  function shiftsSoFar(): Shift[];
}

/** Records layout shifts from the first frame on. */
const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    const shifts: Shift[] = [];
    const note = (entries: PerformanceEntryList) => {
      // The cast is for layout-shift entries, which TypeScript does not know.
      for (const { value, sources } of entries as (PerformanceEntry & {
        value: number;
        sources: { node?: Node }[];
      })[]) {
        const moved = sources.map(({ node }) => node?.textContent?.slice(0, 40));
        shifts.push({ by: value, what: moved.join(" | ") });
      }
    };
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    globalThis.shiftsSoFar = () => {
      note(observer.takeRecords());
      return shifts;
    };
  });

/** Waits, by page, until the rest of a long list has been read. */
const whole: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "/tasks": (page) => expect(page.locator("[data-task]")).toHaveCount(120),
  "/tasks?status=completed": (page) =>
    expect(page.getByRole("button", { name: "Clear completed" })).toBeEnabled(),
};

/** Waits until the page is idle, and its last work is painted. */
const settled = (page: Page) =>
  page.evaluate(
    () => new Promise((seen) => requestIdleCallback(() => requestAnimationFrame(seen))),
  );

for (const [path, { seenBy, also = [], ...budget }] of Object.entries(budgets)) {
  for (const reader of seenBy) {
    test.describe(`${path} to ${reader}`, () => {
      test.beforeEach(async ({ makePerson, page, foreseen }) => {
        if (path === "/no-such-page") foreseen.push(/status of 404/);
        if (reader === "its owner") await moveIn(page, await makePerson());
      });

      test("loads no more than its budget, all of it found and no zod, and the fonts that it shows", async ({
        page,
      }) => {
        const responses = await firstLoad(page, path);
        expect(new URL(page.url()).pathname).toBe(path);
        const failed = responses.slice(1).filter((response) => response.status() >= 400);
        expect(failed.map((response) => response.url())).toEqual([]);
        const scripts = ofType(responses, "script");
        expect(scripts.length).toBeGreaterThan(3);
        const weights = {
          script: await kilobytes(scripts),
          style: await kilobytes(ofType(responses, "stylesheet")),
          font: await kilobytes(ofType(responses, "font")),
          image: await kilobytes(ofType(responses, "image")),
        };
        for (const [kind, most] of Object.entries({ image: 0, style, ...budget })) {
          const weight = weights[kind as keyof typeof weights];
          expect.soft(weight, `kB of ${kind}`).toBeLessThanOrEqual(most);
        }
        for (const script of scripts) expect(await script.text(), script.url()).not.toMatch(zod);

        const preloaded = await page
          .locator('link[rel="preload"][as="font"][crossorigin]')
          .evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href));
        const fetched = ofType(responses, "font").map((response) => response.url());
        expect(preloaded.length).toBeGreaterThan(0);
        // Each font is fetched once: a preload that the stylesheet cannot use would come twice.
        expect(fetched.toSorted()).toEqual(preloaded.toSorted());
        // A font is loaded by the text that needs it; one that is merely preloaded is not.
        const used = await page.evaluate(
          () => [...document.fonts].filter(({ status }) => status === "loaded").length,
        );
        expect(used).toBe(preloaded.length);
      });

      for (const address of [path, ...also]) {
        test(`${address} keeps still while it arrives on a slow phone`, async ({ page }) => {
          await slowDown(page);
          await watchShifts(page);
          await page.goto(address);
          await networkAtRest(page);
          await whole[address]?.(page);
          await settled(page);
          const shifts = await page.evaluate(() => shiftsSoFar());
          const sum = shifts.reduce((sum, { by }) => sum + by, 0);
          expect(sum, JSON.stringify(shifts)).toBeLessThan(0.01);
        });
      }
    });
  }
}

test("the first view of /tasks holds the tasks and their counts without any script", async ({
  browser,
  page,
  makePerson,
  baseURL,
}) => {
  const person = await makePerson();
  await moveIn(page, person);
  await person.api.createTask({ body: { title: "Pay rent" } });
  const context = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  const scriptless = await context.newPage();
  await scriptless.goto("/tasks");
  await expect(scriptless.getByText("Pay rent")).toBeVisible();
  for (const count of ["All 121", "Pending 80", "Completed 41"]) {
    await expect(scriptless.getByRole("link", { name: count, exact: true })).toBeVisible();
  }
  await context.close();
});

test("a fragment leads to its part of the API docs", async ({ page }) => {
  for (const id of ["updateTask", "precondition_failed"]) {
    await page.goto(`/docs#${id}`);
    await expect(page.locator(`#${id}`).first()).toBeInViewport();
    await page.goto("about:blank");
  }
  await page.goto("/docs#deleteTask");
  const top = async () => (await page.locator("#deleteTask").first().boundingBox())?.y;
  // The section begins below the bar.
  await expect.poll(top).toBeGreaterThan(50);
  await expect.poll(top).toBeLessThan(100);
});
