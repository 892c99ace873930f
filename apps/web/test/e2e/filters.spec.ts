import type { Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { holdRequests } from "./support/hold.ts";
import { networkAtRest } from "./support/network.ts";
import { expect, test, workerless } from "./support/person.ts";
import { titles } from "./support/task-list.ts";

test.use(workerless);

const choice = (page: Page, name: "Due" | "Priority" | "Tag") =>
  page.getByRole("search", { name: "Filters" }).getByRole("combobox", { name });
const opener = (page: Page) => page.getByRole("button", { name: "Filters", exact: true });
const status = (page: Page, words: string) => page.getByRole("status").filter({ hasText: words });

/** A day, YYYY-MM-DD, in the zone of the tests' browser. */
const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toLocaleDateString("sv", {
    timeZone: "Europe/Berlin",
  });

test.beforeEach(async ({ person }) => {
  const some = [
    { title: "Pay rent", due_date: day(-2), priority: "high", tags: ["Home", "money"] },
    { title: "Renew passport", due_date: day(-3), completed: true },
    { title: "Call Grandma", due_date: day(0), tags: ["family"] },
    { title: "Water the plants", due_date: day(3), priority: "low", tags: ["home"] },
    { title: "Read a book" },
  ] as const;
  for (const task of some) {
    await person.api.createTask({ body: { ...task, tags: "tags" in task ? [...task.tags] : [] } });
  }
});

test("[T-14, T-15, T-17] by day, priority and tag, each with the others, in the address", async ({
  page,
}) => {
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await opener(page).click();
  await expect(choice(page, "Due")).toBeFocused();

  await choice(page, "Due").selectOption("Today");
  await expect(titles(page)).toHaveText([/Call Grandma/]);
  await expect(status(page, "1 task found")).toHaveCount(1);
  await choice(page, "Due").selectOption("Upcoming");
  await expect(titles(page)).toHaveText([/Water the plants/]);
  await choice(page, "Due").selectOption("No date");
  await expect(titles(page)).toHaveText([/Read a book/]);

  await choice(page, "Due").selectOption("Any date");
  await choice(page, "Tag").selectOption("#home");
  await expect(titles(page)).toHaveText([/Water the plants/, /Pay rent/]);
  await choice(page, "Priority").selectOption("High");
  await expect(titles(page)).toHaveText([/Pay rent/]);
  await expect(page).toHaveURL(/\?priority=high&tag=home$/i);

  await page.reload();
  await expect(titles(page)).toHaveText([/Pay rent/]);
  await expect(choice(page, "Priority")).toHaveValue("high");
  await page.goBack();
  await expect(titles(page)).toHaveCount(2);

  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/tasks");
  await expect(titles(page)).toHaveCount(5);
  await expect(page.locator("body")).not.toBeFocused();
});

test("Back, and at once another filter: what the address says is what is shown", async ({
  page,
}) => {
  await page.goto("/tasks?tag=home");
  await expect(choice(page, "Priority")).toBeEnabled();
  await choice(page, "Priority").selectOption("High");
  await page.reload();
  await expect(titles(page)).toHaveText([/Pay rent/]);
  const release = await holdRequests(page, /[?&]_rsc=/);
  await page.goBack();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(titles(page)).toHaveCount(5);
  release();
  await networkAtRest(page);
  await expect(page).toHaveURL("/tasks");
  await expect(titles(page)).toHaveCount(5);
});

test("what is late leaves out what is done", async ({ page }) => {
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await opener(page).click();
  await choice(page, "Due").selectOption("Overdue");
  await expect(page).toHaveURL("/tasks?status=pending&due=overdue");
  await expect(titles(page)).toHaveText([/Pay rent/]);
  await page.goto("/tasks?due=overdue");
  await expect(titles(page)).toHaveText([/Renew passport/, /Pay rent/]);
});

test("what finds nothing says so, and leads back; what is added is seen", async ({ page }) => {
  await page.goto("/tasks?priority=medium");
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("main").getByRole("button", { name: "Clear filters" }).last().click();
  await expect(titles(page)).toHaveCount(5);

  await opener(page).click();
  await choice(page, "Tag").selectOption("#money");
  await expect(titles(page)).toHaveCount(1);
  await page.getByRole("textbox", { name: "Add a task" }).fill("Buy stamps");
  await page.keyboard.press("Enter");
  await expect(titles(page)).toHaveCount(6);
  await expect(page).toHaveURL("/tasks");
});

test("highest priority first", async ({ page }) => {
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await page.getByRole("combobox", { name: "Sort" }).selectOption("Priority");
  await expect(page).toHaveURL("/tasks?sort=priority");
  await expect(titles(page).first()).toHaveText(/Pay rent/);
  await expect(titles(page).nth(1)).toHaveText(/Water the plants/);
  const shown = await titles(page).allTextContents();
  await page.reload();
  await expect(titles(page)).toHaveText(shown);
});

test("by the keyboard alone", async ({ page }) => {
  await page.goto("/tasks");
  const box = page.getByRole("textbox", { name: "Add a task" });
  await expect(box).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  await expect(choice(page, "Due")).toBeFocused();
  await page.keyboard.press("t");
  await expect(titles(page)).toHaveText([/Call Grandma/]);
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("upcoming");
  await page.keyboard.press("Enter");
  await expect(titles(page)).toHaveText([/Water the plants/]);
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("family");
  await page.keyboard.press("Enter");
  await expect(titles(page)).toHaveText([/Call Grandma/]);
  await expect(page).toHaveURL("/tasks?tag=family");
});
