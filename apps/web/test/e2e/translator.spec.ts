import type { Page } from "@playwright/test";
import { axeViolationsInBothThemes } from "./support/axe.ts";
import { expect, type Person, test, workerless } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

test.use(workerless);

const box = (page: Page, name: string) => page.getByRole("checkbox", { name });
const quickAdd = (page: Page) => page.getByRole("textbox", { name: "Add a task" });
const reworded = (words: string) => `‹${words}›`;

/**
 * Translates the page as Chrome does: each text, also later ones, is replaced by two <font> with
 * other words, unless `translate` forbids it.
 */
async function translate(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const untouched = "script, style, noscript, textarea, [translate=no], .notranslate, font";
    const wrap = (node: Node) => {
      if (node instanceof Text) {
        const parent = node.parentElement;
        if (!node.data.trim() || !parent || parent.closest(untouched)) return;
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        inner.textContent = node.data.replace(/\S(?:.*\S)?/s, "‹$&›");
        outer.append(inner);
        node.replaceWith(outer);
      } else for (const child of [...node.childNodes]) wrap(child);
    };
    const observer = new MutationObserver((records) => {
      for (const { target, addedNodes } of records) {
        for (const node of addedNodes) if (node.isConnected) wrap(node);
        if (target instanceof Text && target.isConnected) wrap(target);
      }
    });
    const begin = () => {
      wrap(document.body);
      observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    };
    // The translation starts after hydration, as a person's click on the translator does.
    const isAlive = () => Object.keys(document.body).some((key) => key.startsWith("__reactFiber$"));
    const timer = setInterval(() => {
      if (!document.body || !isAlive()) return;
      clearInterval(timer);
      begin();
    }, 50);
  });
}

const translated = (page: Page) => expect(page.locator("body font").first()).toBeAttached();

async function open(page: Page, person: Person, ...titles: string[]): Promise<void> {
  await translate(page);
  for (const title of titles) await person.api.createTask({ body: { title } });
  await page.goto("/tasks");
  await translated(page);
}

/** The element with these words in their translation. */
const said = (page: Page, words: string) => page.getByText(reworded(words), { exact: true });

test("[translated] tasks are added, completed, edited, deleted and taken back", async ({
  page,
  person,
}) => {
  await open(page, person);
  await quickAdd(page).fill("Pay rent tomorrow 9am #home !high");
  await expect(page.getByRole("list", { name: "Recognised" }).getByText("home")).toBeVisible();
  await quickAdd(page).press("Enter");
  await expect(rows(page)).toHaveCount(1);
  await quickAdd(page).fill("Call Bob friday");
  await quickAdd(page).press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await expect(said(page, "2 left")).toBeVisible();

  await box(page, "Call Bob").check();
  await expect(said(page, "1 left")).toBeVisible();
  await page.getByRole("button", { name: /Undo/ }).last().click();
  await expect(said(page, "2 left")).toBeVisible();
  await expect(box(page, "Call Bob")).not.toBeChecked();

  await page
    .getByRole("button", { name: /Pay rent/ })
    .and(page.locator("li button"))
    .first()
    .click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByRole("textbox").first().fill("Pay the rent");
  await form.getByRole("combobox").selectOption({ index: 1 });
  await form.locator("[name=due_time]").fill("");
  await form.getByRole("button", { name: /Save task/ }).click();
  const row = rows(page).filter({ hasText: "Pay the rent" });
  await expect(row).toContainText(reworded("Low"));
  await expect(row).not.toContainText("High");
  await expect(row).not.toContainText("09:00");
  await expect(row).toContainText("#home");
  // The undo comes while it is still offered.
  await page.keyboard.press("Control+z");
  await expect(rows(page).filter({ hasText: "Pay rent" })).toContainText(reworded("High"));

  await page.getByRole("button", { name: "Actions for Call Bob" }).click();
  await page.getByRole("menuitem", { name: /Delete task/ }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(rows(page)).toHaveCount(2);
  await expect.poll(async () => (await person.api.listTasks({ query: {} })).body.length).toBe(2);
});

test("[translated] filters, search, order, trash and what finds nothing", async ({
  page,
  person,
}) => {
  await open(page, person, "Pay rent", "Call Bob", "Buy milk");
  const tab = (name: string) =>
    page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name }).first();
  await box(page, "Buy milk").check();
  for (const name of ["Pending", "Completed", "All", "Pending", "All"]) {
    await tab(name).click();
    await expect(tab(name)).toHaveAttribute("aria-current", "page");
  }
  await expect(tab("Completed")).toContainText("1");
  await expect(tab("Pending")).toContainText("2");

  const search = page.getByRole("searchbox");
  await search.focus();
  await search.fill("zzz");
  await expect(page.getByText("zzz")).toBeVisible();
  await page.getByRole("button", { name: "Filters", exact: true }).click();
  await page.getByRole("combobox", { name: "Priority" }).selectOption({ index: 1 });
  await expect(page.getByText(/and these filters/)).toBeVisible();
  await search.fill("");
  await expect(page.getByText("zzz")).toHaveCount(0);
  await expect(page.getByText(/these filters/)).toBeVisible();
  await page
    .getByRole("button", { name: /Clear filters/ })
    .last()
    .click();
  await expect(rows(page)).toHaveCount(3);

  for (const label of ["By hand", "Title", "Newest"]) {
    const index = ["Newest", "Oldest", "Title", "Due date", "Priority", "By hand"].indexOf(label);
    await page.getByRole("combobox", { name: "Sort" }).selectOption({ index });
    await expect(rows(page)).toHaveCount(3);
  }

  await tab("Completed").click();
  await page.getByRole("button", { name: /Clear completed/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Delete 1 task/ })
    .click();
  await tab("Trash").click();
  const trash = page.getByRole("list", { name: "Deleted tasks" }).getByRole("listitem");
  await expect(trash).toHaveCount(1);
  await trash.getByRole("button", { name: /Delete for good/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Cancel/ })
    .click();
  await trash.getByRole("button", { name: /Restore/ }).click();
  await expect(trash).toHaveCount(0);
  await tab("All").click();
  await expect(rows(page)).toHaveCount(3);
});

test("[translated] what is not saved, and why, changes without a trace of the words before", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(/status of (?:401|422|503)/);
  await open(page, person, "Pay rent");
  const problem = (status: number, title: string, detail: string, code: string) =>
    page.route(/\/tasks\/[^/]+\/complete$/, (route) =>
      route.fulfill({
        status,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "about:blank", title, status, detail, code, request_id: "1" }),
      }),
    );
  await problem(503, "Service unavailable", "Wait.", "database_unavailable");
  await box(page, "Pay rent").check();
  await expect(rows(page)).toContainText("Service unavailable.");
  await page.unrouteAll();
  await problem(422, "Refused", "It is too much.", "validation_failed");
  await page.getByRole("button", { name: /Retry/ }).first().click();
  await expect(rows(page)).toContainText("It is too much.");
  await expect(rows(page)).not.toContainText("Service unavailable");
  await page.unrouteAll();
  await page.getByRole("button", { name: /Retry/ }).first().click();
  await expect(rows(page).getByText("It is too much.")).toHaveCount(0);
});

test("[translated] dialogs, palette, help and the account", async ({ page, person }) => {
  await open(page, person, "Pay rent");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  const command = page.getByRole("combobox", { name: "Command or task" });
  for (const words of ["sort", "zzz", "rent", ""]) await command.fill(words);
  await command.fill("zzz");
  await expect(page.getByRole("dialog").getByText(/Nothing matches/)).toBeVisible();
  await command.fill("yyy");
  await expect(page.getByRole("dialog").getByText(/“yyy”/)).toBeVisible();
  await page.keyboard.press("Escape");

  await page.goto("/account");
  await translated(page);
  const name = page.getByRole("textbox", { name: /Name/ });
  await name.fill("");
  await page.getByRole("button", { name: /Save name/ }).click();
  await expect(page.getByText(/Write a name/)).toBeVisible();
  await name.fill("Ada King");
  await page.getByRole("button", { name: /Save name/ }).click();
  await expect(said(page, "Saved")).toBeVisible();
  await name.fill("Ada L");
  await expect(said(page, "Saved")).toBeHidden();
  await page.getByRole("button", { name: /Change password/ }).click();
  await expect(page.getByText(/Write your current password/)).toBeVisible();
  await page.getByRole("button", { name: /JSON/ }).click();
  await expect(page.getByText(/Saved 1 task/).first()).toBeVisible();
  await page.getByRole("button", { name: /Delete account/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /Delete account/ }).click();
  await expect(dialog.getByText(/Write your password/)).toBeVisible();
  await dialog.getByRole("button", { name: /Keep account/ }).click();
});

test("[translated] signing up, with each fault in its own words", async ({
  page,
  makePerson,
  foreseen,
}) => {
  foreseen.push(/status of 422/);
  const { email } = await makePerson();
  await translate(page);
  await page.goto("/sign-up");
  await translated(page);
  const submit = page.getByRole("button", { name: /Create account/ });
  await submit.click();
  const field = page.locator("[name=email]");
  const fault = page.locator(`[id="${await field.getAttribute("id")}-error"]`);
  await page.locator("[name=name]").fill("Ada");
  await page.locator("[name=password]").fill("correct horse battery");
  await field.fill(email);
  await submit.click();
  await expect(fault).toContainText("That email already has an account.");
  await field.fill("no address");
  await submit.click();
  await expect(fault).not.toContainText("already has an account");
  await field.fill(`a${email}`);
  await submit.click();
  await expect(page).toHaveURL("/tasks");
});

test("a page that something else has broken goes on, with what was typed", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(/NotFoundError|not a child of this node/);
  for (const title of ["Pay rent", "Call Bob"]) await person.api.createTask({ body: { title } });
  await page.goto("/tasks");
  await quickAdd(page).pressSequentially("Buy mil");
  const breakIt = () =>
    page.evaluate(() => {
      const row = document.querySelector("li[data-task]");
      if (row) document.body.append(row);
    });
  await page.getByRole("button", { name: "Actions for Call Bob" }).click();
  await breakIt();
  await page.getByRole("menuitem", { name: "Delete task" }).click();
  const goOn = page.getByRole("button", { name: "Go on" });
  await expect(goOn).toBeVisible();
  await expect(page.getByText(/what you were typing is kept/)).toBeVisible();
  await page.evaluate(() => document.querySelector("body > li[data-task]")?.remove());
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await goOn.click();
  await expect(quickAdd(page)).toHaveValue("Buy mil");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Pay rent");
  await quickAdd(page).press("Enter");
  await expect(rows(page)).toHaveCount(2);
});
