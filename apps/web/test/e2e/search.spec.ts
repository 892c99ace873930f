import type { Page } from "@playwright/test";
import { axeViolations, axeViolationsInBothThemes } from "./support/axe.ts";
import { expect, test } from "./support/person.ts";
import { titles } from "./support/task-list.ts";

const field = (page: Page) => page.getByRole("searchbox", { name: "Search tasks" });

const some = ["Pay rent", "Buy crème fraîche", "Rent a van"];

test.beforeEach(async ({ person }) => {
  for (const title of some) await person.api.createTask({ body: { title } });
});

test("[T-11] finds while it is typed, offline, in one step of the history", async ({
  page,
  context,
}) => {
  await page.goto("/tasks");
  await page.goto("/tasks?sort=title");
  await expect(titles(page)).toHaveCount(3);
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await context.setOffline(true);
  await field(page).focus();
  await page.keyboard.type("RE");
  await expect(titles(page)).toHaveText([/Pay rent/, /Rent a van/]);
  await expect(page.getByRole("status").filter({ hasText: "2 tasks found" })).toHaveCount(1);
  await page.keyboard.type("nt v");
  await expect(titles(page)).toHaveText([/Rent a van/]);
  await expect(page).toHaveURL("/tasks?sort=title&q=REnt+v");
  await expect(field(page)).toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL("/tasks?sort=title");
  await expect(field(page)).toHaveValue("");
  await expect(titles(page)).toHaveCount(3);
  await page.goForward();
  await expect(field(page)).toHaveValue("REnt v");
  await expect(titles(page)).toHaveCount(1);
  await context.setOffline(false);
});

test("[T-11] the address shows what it says, before any script", async ({
  page,
  browser,
  baseURL,
}) => {
  await page.goto("/tasks?q=creme");
  await expect(titles(page)).toHaveText([/crème/]);
  await expect(field(page)).toHaveValue("creme");
  const context = await browser.newContext({
    ...(baseURL !== undefined && { baseURL }),
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  const scriptless = await context.newPage();
  await scriptless.goto("/tasks?sort=title&q=creme");
  await expect(titles(scriptless)).toHaveCount(1);
  await field(scriptless).fill("rent");
  await field(scriptless).press("Enter");
  await expect(scriptless).toHaveURL("/tasks?sort=title&q=rent");
  await expect(titles(scriptless)).toHaveCount(2);
  await context.close();
});

test("[T-11] among many tasks the first view is found by the server", async ({ page, person }) => {
  const operations = Array.from({ length: 100 }, (_, number) => ({
    operation: "create" as const,
    task: { title: `Filler ${number}` },
  }));
  await person.api.batchTasks({ body: { operations } });
  await page.route(/\/api\/tasks/, (route) => route.abort());
  await page.goto("/tasks?q=fraiche");
  await expect(titles(page)).toHaveText([/crème/]);
});

test("nothing matches: the query, and a way out that keeps the focus", async ({ page }) => {
  await page.goto("/tasks?status=pending");
  await field(page).focus();
  await page.keyboard.type("milk");
  await expect(page.getByText("Nothing matches milk.")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Nothing found" })).toHaveCount(1);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/tasks");
  await expect(titles(page)).toHaveCount(3);
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("van");
  await expect(titles(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(titles(page)).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(titles(page).first()).toBeVisible();
  await expect(page.getByRole("checkbox").first()).toBeFocused();
});

test("[T-11] what holds no word finds nothing, as in the API, and says why", async ({
  page,
  person,
}) => {
  for (const q of ["++", "!!!", "…", "-"]) {
    const refused = await person.api.listTasks({ query: { q } }).then(
      () => undefined,
      (error) => error.problem.status,
    );
    expect(refused).toBe(422);
    await page.goto(`/tasks?q=${encodeURIComponent(q)}`);
    await expect(page.getByText(`There is nothing to search for in ${q}.`)).toBeVisible();
    await expect(titles(page)).toHaveCount(0);
  }
  await page.goto("/tasks");
  await field(page).focus();
  await page.keyboard.type("!!!");
  await expect(page.getByText("There is nothing to search for in !!!.")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "nothing to search for" })).toHaveCount(
    1,
  );
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.keyboard.type("rent");
  await expect(titles(page)).toHaveCount(2);
  await field(page).fill("   ");
  await expect(titles(page)).toHaveCount(3);
  await field(page).fill("??");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(titles(page)).toHaveCount(3);
});

test("a task that is added while a search hides it ends the search", async ({ page }) => {
  await page.goto("/tasks?q=rent");
  await page.getByRole("textbox", { name: "Add a task" }).fill("Call Grandma");
  await page.keyboard.press("Enter");
  await expect(titles(page).first()).toContainText("Call Grandma");
  await expect(page).toHaveURL("/tasks");
  await expect(field(page)).toHaveValue("");
});

test("the trash is searched too", async ({ page, person }) => {
  const { body } = await person.api.listTasks();
  for (const { id } of body) await person.api.deleteTask({ params: { id } });
  await page.goto("/tasks?status=trashed&q=rent");
  const rows = page.getByRole("list", { name: "Deleted tasks" }).getByRole("listitem");
  await expect(rows).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Search the trash" }).fill("milk");
  await expect(page.getByText("Nothing matches milk.")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/tasks?status=trashed");
  await expect(rows).toHaveCount(3);
});

test("on a small screen a button opens it, and the bar keeps its height", async ({ page }, {
  project,
}) => {
  test.skip(project.name !== "390", "on a wide screen the field is always there");
  await page.goto("/tasks");
  const bar = page.getByRole("banner");
  const overflow = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(57);
  expect(await overflow()).toBe(0);
  await page.getByRole("button", { name: "Search tasks" }).tap();
  await expect(field(page)).toBeFocused();
  expect((await field(page).boundingBox())?.width).toBeGreaterThan(300);
  await page.keyboard.type("van");
  await expect(titles(page)).toHaveCount(1);
  expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(57);
  expect(await overflow()).toBe(0);
  await page.getByRole("button", { name: "Clear search" }).tap();
  await expect(field(page)).toBeFocused();
  await page.getByRole("button", { name: "Close search" }).tap();
  await expect(page.getByRole("button", { name: "Search tasks" })).toBeFocused();
});

for (const theme of ["light", "dark"] as const) {
  test(`a search has no axe violation, with and without matches, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    for (const q of ["rent", "milk"]) {
      await page.goto(`/tasks?q=${q}`);
      await field(page).focus();
      expect(await axeViolations(page)).toEqual([]);
    }
  });
}
