import type { Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { hold } from "./support/hold.ts";
import { expect, noNetwork, type Person, test, workerless } from "./support/person.ts";

test.use(workerless);

const tasks = (page: Page) => page.getByRole("list", { name: "Tasks", exact: true });
const trash = (page: Page) =>
  page.getByRole("list", { name: "Deleted tasks" }).getByRole("listitem");
const tab = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name });

async function create(person: Person, title: string, fields: { completed?: boolean } = {}) {
  return (await person.api.createTask({ body: { title, ...fields } })).body;
}

async function trashed(person: Person, title: string) {
  const task = await create(person, title);
  await person.api.deleteTask({ params: { id: task.id } });
  return task;
}

const titlesOf = async (person: Person, status: "all" | "trashed") =>
  (await person.api.listTasks({ query: { status } })).body.map(({ title }) => title);

test("clear completed: 120 tasks go in two batches, to the trash", async ({ page, person }) => {
  const operations = Array.from({ length: 60 }, (_, number) => ({
    operation: "create" as const,
    task: { title: `Done ${number}`, completed: true },
  }));
  for (const body of [{ operations }, { operations }]) await person.api.batchTasks({ body });
  await create(person, "Still to do");
  const batches: number[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/tasks/batch")) {
      batches.push(request.postDataJSON().operations.length);
    }
  });
  await page.goto("/tasks?status=completed");
  await expect(tab(page, "Completed")).toContainText("120");
  await page.getByRole("button", { name: "Clear completed" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 120 tasks?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(tab(page, "Completed")).toContainText("120");

  await page.getByRole("button", { name: "Clear completed" }).click();
  await dialog.getByRole("button", { name: "Delete 120 tasks" }).click();
  await expect(page.getByText("No completed tasks yet.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Add a task" })).toBeFocused();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tab(page, "Completed")).toContainText("120");
  expect(batches).toEqual([]);

  await page.getByRole("button", { name: "Clear completed" }).click();
  await dialog.getByRole("button", { name: "Delete 120 tasks" }).click();
  await expect(page.getByText("Deleted 120 tasks")).toBeVisible();
  // The batches are sent once the time for undo is over.
  await expect.poll(() => batches.toSorted((a, b) => b - a)).toEqual([100, 20]);
  await expect.poll(() => titlesOf(person, "all")).toEqual(["Still to do"]);
  await page.reload();
  await expect(page.getByText("No completed tasks yet.")).toBeVisible();
  expect(batches).toHaveLength(2);
  await tab(page, "Trash").click();
  await expect(trash(page)).toHaveCount(120);
});

test("clearing many says how far it is, and can be stopped", async ({ page, person }) => {
  const operations = Array.from({ length: 100 }, (_, number) => ({
    operation: "create" as const,
    task: { title: `Done ${number}`, completed: true },
  }));
  for (const body of [{ operations }, { operations }, { operations }]) {
    await person.api.batchTasks({ body });
  }
  await create(person, "Still to do");
  const { release, wait } = hold();
  let batches = 0;
  await page.route("**/tasks/batch", async (route) => {
    batches++;
    if (batches === 2) await wait;
    await route.continue();
  });
  await page.goto("/tasks?status=completed");
  await page.getByRole("button", { name: "Clear completed" }).click();
  await page.getByRole("button", { name: "Delete 300 tasks" }).click();
  await expect(page.getByText("No completed tasks yet.")).toBeVisible();
  const banner = page.getByRole("status").filter({ hasText: "Deleting 300 tasks" });
  await expect(banner).toBeVisible();
  await expect(banner.getByRole("progressbar")).toHaveJSProperty("value", 100);
  await banner.getByRole("button", { name: "Stop" }).click();
  await expect(tab(page, "Completed")).toContainText("100");
  release();
  await expect(banner).toHaveCount(0);
  await expect
    .poll(async () => (await person.api.listTasks({ query: { limit: "500" } })).body.length)
    .toBe(101);
  expect(batches).toBe(2);
});

test("delete → Trash → Restore: the task is back in the list at once, and stays", async ({
  page,
  person,
}) => {
  await trashed(person, "Long gone");
  await create(person, "Pay rent");
  await page.goto("/tasks");
  await page.getByRole("button", { name: "Actions for Pay rent" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  // Opening the trash does not wait for the end of the time to undo.
  await tab(page, "Trash").click();
  await expect(page).toHaveURL("/tasks?status=trashed");
  await expect(page.getByText("Tasks stay here for 30 days.")).toBeVisible();
  await expect(trash(page)).toHaveCount(2);
  await expect(trash(page).first()).toContainText("Pay rent");
  await expect(trash(page).first()).toContainText("Deleted today");

  await page.getByRole("button", { name: "Restore Pay rent" }).click();
  await expect(trash(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Restore Long gone" })).toBeFocused();
  await tab(page, "All").click();
  await expect(page.getByRole("checkbox", { name: "Pay rent" })).toBeVisible();
  expect(await titlesOf(person, "all")).toEqual(["Pay rent"]);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "Pay rent" })).toBeVisible();
});

test("Undo after the delete was sent brings the same task back, not a copy", async ({
  page,
  person,
}) => {
  const { id } = await create(person, "Pay rent");
  await page.goto("/tasks");
  await page.getByRole("button", { name: "Actions for Pay rent" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await tab(page, "Trash").click();
  await expect(trash(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("The trash is empty.")).toBeVisible();
  await expect
    .poll(async () => (await person.api.listTasks()).body.map((task) => task.id))
    .toEqual([id]);
});

test("with the keyboard alone: delete for good, which asks first", async ({ page, person }) => {
  await trashed(person, "Keep me");
  await trashed(person, "Diary");
  await page.goto("/tasks?status=trashed");
  const button = page.getByRole("button", { name: "Delete for good Diary" });
  const dialog = page.getByRole("dialog", { name: "Delete for good?" });
  await button.press("Enter");
  await expect(dialog).toContainText("Diary");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  expect(await titlesOf(person, "trashed")).toEqual(["Diary", "Keep me"]);

  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Delete for good" }).press("Enter");
  await expect(trash(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Restore Keep me" })).toBeFocused();
  expect(await titlesOf(person, "trashed")).toEqual(["Keep me"]);

  await page.keyboard.press("Enter");
  await expect(page.getByText("The trash is empty.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Trash" })).toBeFocused();
  expect(await titlesOf(person, "all")).toEqual(["Keep me"]);
});

test("what was restored elsewhere meanwhile is not deleted for good", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(/status of 412/);
  const { id } = await trashed(person, "Diary");
  await page.goto("/tasks?status=trashed");
  await page.getByRole("button", { name: "Delete for good Diary" }).click();
  await person.api.restoreTask({ params: { id } });
  const dialog = page.getByRole("dialog", { name: "Delete for good?" });
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Not deleted. It was restored meanwhile.");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("The trash is empty.")).toBeVisible();
  expect(await titlesOf(person, "all")).toEqual(["Diary"]);
});

test("the API down: nothing is shown as done that is not, and Retry does it", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork);
  await trashed(person, "Pay rent");
  await trashed(person, "Diary");
  await page.goto("/tasks?status=trashed");
  await expect(trash(page)).toHaveCount(2);
  const writes = /\/tasks\/[^/?]+(\/restore|\?permanent=true)$/;
  await page.route(writes, (route) => route.abort());

  await page.getByRole("button", { name: "Delete for good Diary" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete for good?" });
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Not deleted. The server cannot be reached.");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Restore Pay rent" }).click();
  const row = trash(page).filter({ hasText: "Pay rent" });
  await expect(row).toContainText("Not restored. The server cannot be reached.");
  expect(await titlesOf(person, "trashed")).toEqual(["Diary", "Pay rent"]);
  await page.unroute(writes);
  await row.getByRole("button", { name: "Retry" }).click();
  await expect(trash(page)).toHaveCount(1);
  await tab(page, "All").click();
  await expect(tasks(page).getByRole("checkbox", { name: "Pay rent" })).toBeVisible();
});

test("the trash that cannot be read says so, and can be read again", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork);
  await trashed(person, "Pay rent");
  await page.route(/status=trashed&/, (route) => route.abort());
  await page.goto("/tasks?status=trashed");
  await expect(page.getByText("The trash cannot be shown right now.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Retry" })).toHaveCount(1);
  expect(await axeViolations(page)).toEqual([]);
  await page.unroute(/status=trashed&/);
  await page.getByRole("button", { name: "Retry" }).click();
  await expect(trash(page)).toHaveCount(1);
});

test("without a network the trash can be tried again, and is read by itself on reconnect", async ({
  page,
  person,
  context,
}) => {
  await trashed(person, "Pay rent");
  const reads = /status=trashed&/;
  await page.route(reads, (route) => route.abort());
  await page.goto("/tasks?status=trashed");
  await expect(page.getByRole("button", { name: "Retry" })).toBeVisible();
  await context.setOffline(true);
  await page.unroute(reads);
  const retry = page.getByRole("button", { name: "Retry" });
  await expect(retry).toBeVisible();
  await retry.click();
  await expect(page.getByText("The trash cannot be shown right now.")).toBeVisible();
  await context.setOffline(false);
  await expect(trash(page)).toHaveCount(1);
});

for (const theme of ["light", "dark"] as const) {
  test(`the trash has no axe violation, filled, asking and empty, ${theme}`, async ({
    page,
    person,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    await trashed(person, "Pay rent");
    await page.goto("/tasks?status=trashed");
    await expect(trash(page)).toHaveCount(1);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Delete for good Pay rent" }).click();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await expect(page.getByText("The trash is empty.")).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
  });
}
