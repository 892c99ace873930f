import type { Browser, Page } from "@playwright/test";
import { expect, test, workerless } from "./support/person.ts";

test.use(workerless);

/** The same person, in a browser that runs no script. */
async function scriptless(browser: Browser, page: Page, baseURL = ""): Promise<Page> {
  const storageState = await page.context().storageState();
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false, storageState });
  return context.newPage();
}

const notice = (page: Page) => page.getByText(/Allow JavaScript for this address/);
/** Controls that can be used, or look so. */
const controls = (page: Page) =>
  page.locator("button:visible, input:visible, select:visible, textarea:visible");

for (const path of ["/sign-in", "/sign-up"]) {
  test(`without a script ${path} says what it needs, and has no form`, async ({
    browser,
    page,
    baseURL,
  }) => {
    const plain = await scriptless(browser, page, baseURL);
    await plain.goto(path);
    await expect(notice(plain)).toBeVisible();
    await expect(plain.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(controls(plain)).toHaveCount(0);
    await plain.context().close();
  });
}

test("without a script the tasks can be read and searched, and nothing pretends to do more", async ({
  browser,
  page,
  person,
  baseURL,
}) => {
  await person.api.createTask({ body: { title: "Pay rent", completed: true } });
  await person.api.createTask({ body: { title: "Call Bob", due_date: "2026-11-24" } });
  const plain = await scriptless(browser, page, baseURL);
  await plain.goto("/tasks");
  await expect(notice(plain)).toBeVisible();
  await expect(plain.getByText("Call Bob", { exact: true })).toBeVisible();
  await expect(plain.getByRole("checkbox")).toHaveCount(0);
  await expect(plain.getByRole("textbox", { name: "Add a task" })).toHaveCount(0);
  for (const name of ["Actions for Call Bob", "Filters", "Add task"]) {
    await expect(plain.getByRole("button", { name })).toHaveCount(0);
  }
  await expect(plain.getByRole("combobox")).toHaveCount(0);
  await plain
    .getByRole("link", { name: /^Completed/ })
    .first()
    .click();
  await expect(plain.getByText("Pay rent", { exact: true })).toBeVisible();
  await expect(plain.getByText("Call Bob", { exact: true })).toHaveCount(0);
  await plain.goto("/tasks?q=call");
  await expect(plain.getByText("Call Bob", { exact: true })).toBeVisible();
  await expect(plain.getByText("Pay rent", { exact: true })).toHaveCount(0);

  for (const path of [
    "/tasks?due=today",
    "/tasks?status=trashed",
    "/tasks?q=zzz",
    "/tasks?q=%2B%2B",
  ]) {
    await plain.goto(path);
    await expect(notice(plain)).toBeVisible();
    await expect(plain.getByText(/^Reading/)).toBeHidden();
    await expect(plain.locator("select:visible")).toHaveCount(0);
  }
  await plain.context().close();
});

test("without a script nobody new is shown examples that do nothing", async ({
  browser,
  page,
  person: _,
  baseURL,
}) => {
  const plain = await scriptless(browser, page, baseURL);
  await plain.goto("/tasks");
  await expect(notice(plain)).toBeVisible();
  await expect(plain.getByRole("button", { name: /Buy stamps/ })).toHaveCount(0);
  await plain.context().close();
});

test("without a script the account can be read, and the docs copy nothing", async ({
  browser,
  page,
  person,
  baseURL,
}) => {
  const plain = await scriptless(browser, page, baseURL);
  await plain.goto("/account");
  await expect(notice(plain)).toBeVisible();
  await expect(plain.getByText(person.email)).toBeVisible();
  await expect(plain.getByText("This device", { exact: true })).toBeVisible();
  await expect(controls(plain)).toHaveCount(0);
  await plain.goto("/docs");
  await expect(plain.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(controls(plain)).toHaveCount(0);
  await plain.goto("/no-such-page");
  await expect(controls(plain)).toHaveCount(0);
  await plain.goto("/offline");
  await expect(notice(plain)).toBeVisible();
  await plain.context().close();
});

test("without a script the start page is whole", async ({ browser, page, baseURL }) => {
  const plain = await scriptless(browser, page, baseURL);
  await plain.goto("/");
  await expect(plain.getByRole("link", { name: "Create account" })).toBeVisible();
  await expect(controls(plain)).toHaveCount(0);
  await plain.context().close();
});

test("with a script nothing of it is seen", async ({ page, person: _ }) => {
  for (const path of ["/tasks", "/account", "/docs"]) {
    await page.goto(path);
    await expect(notice(page)).toBeHidden();
  }
  await expect(page.getByRole("button", { name: /^Copy/ }).first()).toBeVisible();
});
