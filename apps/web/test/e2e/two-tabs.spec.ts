import type { Page } from "@playwright/test";
import { startYardstick, tolerance, type Yardstick } from "../yardstick.ts";
import { workerReady } from "./support/device.ts";
import { expect, test } from "./support/person.ts";

const row = (page: Page, title: string) =>
  page.getByRole("list", { name: "Tasks" }).getByRole("listitem").filter({ hasText: title });

/** Measures durations, corrected for other load of the machine. */
let yardstick: Yardstick;

test.beforeAll(async () => {
  yardstick = await startYardstick();
});

test.afterAll(() => yardstick.end());

async function expectInTime(seen: () => Promise<void>): Promise<void> {
  const [, time] = await yardstick.timed(seen);
  expect(time).toBeLessThan(1_000 * tolerance);
}

async function openTabs(page: Page): Promise<readonly [Page, Page]> {
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await tab.goto("/tasks");
    await expect(tab.getByRole("button", { name: "Add task" })).toBeEnabled();
  }
  return [page, other];
}

async function walk(here: Page, there: Page): Promise<void> {
  const box = here.getByRole("textbox", { name: "Add a task" });
  await box.fill("Pay rent");
  await box.press("Enter");
  await expectInTime(() => expect(row(there, "Pay rent")).toBeVisible());

  await here.getByRole("checkbox", { name: "Pay rent" }).check();
  await expectInTime(() => expect(there.getByRole("checkbox", { name: "Pay rent" })).toBeChecked());

  await here.getByRole("button", { name: "Edit Pay rent" }).click();
  const form = here.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Title").fill("Pay the rent");
  await form.getByRole("button", { name: "Save task" }).click();
  await expectInTime(() => expect(row(there, "Pay the rent")).toBeVisible());

  await here.getByRole("button", { name: "Actions for Pay the rent" }).click();
  await here.getByRole("menuitem", { name: "Delete task" }).click();
  await expectInTime(() => expect(row(there, "Pay the rent")).toHaveCount(0));
  await here.locator("main").focus();
  await here.keyboard.press("ControlOrMeta+z");
  await expectInTime(() => expect(row(there, "Pay the rent")).toBeVisible());
}

test("two tabs agree within a second, whatever is done in one", async ({ page, person }) => {
  const [here, there] = await openTabs(page);
  await walk(here, there);
  await expect
    .poll(async () => (await person.api.listTasks()).body.map(({ title }) => title))
    .toEqual(["Pay the rent"]);
});

test("without a network, too, and both send it once", async ({ page, context, person }) => {
  const [here, there] = await openTabs(page);
  await workerReady(page);
  await context.setOffline(true);
  await walk(here, there);
  await context.setOffline(false);
  await expect
    .poll(async () => (await person.api.listTasks()).body.map(({ title }) => title))
    .toEqual(["Pay the rent"]);
  for (const tab of [here, there]) await expect(row(tab, "Pay the rent")).toHaveCount(1);
});
