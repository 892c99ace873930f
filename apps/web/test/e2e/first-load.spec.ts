import { gzipSync } from "node:zlib";
import { expect, test } from "./person.ts";

/** Kilobytes, gzip: Next and React alone take 131 of them. */
const budget = 185;

test("/tasks loads at most 185 kB of script at first", async ({ page, person }, { project }) => {
  test.skip(project.name !== "1280", "the scripts are the same at every width");
  await person.api.createTask({ body: { title: "Pay rent" } });
  const html = await (await page.request.get("/tasks")).text();
  const sources = [...html.matchAll(/<script[^>]*\ssrc="([^"]+)"[^>]*>/g)]
    .filter(([tag]) => !/nomodule/i.test(tag))
    .map(([, source = ""]) => source);
  expect(sources.length).toBeGreaterThan(3);
  let bytes = 0;
  for (const source of new Set(sources)) {
    bytes += gzipSync(await (await page.request.get(source)).body()).length;
  }
  expect(bytes / 1000).toBeLessThanOrEqual(budget);
});

test("the first view of /tasks holds the tasks without any script", async ({
  browser,
  page,
  person,
  baseURL,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  const context = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  const scriptless = await context.newPage();
  await scriptless.goto("/tasks");
  await expect(scriptless.getByText("Pay rent")).toBeVisible();
  await context.close();
});
