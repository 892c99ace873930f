import type { Page } from "@playwright/test";
import { axeViolationsInBothThemes } from "./support/axe.ts";
import { hold } from "./support/hold.ts";
import { networkAtRest } from "./support/network.ts";
import { expect, type Person, test } from "./support/person.ts";

// A service worker stores the files of its build, and of the one before.
test.use({ serviceWorkers: "block" });

const quickAdd = (page: Page) => page.getByRole("textbox", { name: "Add a task" });
const reload = (page: Page) => page.getByRole("button", { name: "Reload" });

const titlesOf = async ({ api }: Person): Promise<readonly string[]> =>
  (await api.listTasks({ query: {} })).body.map(({ title }) => title);

/** Removes the files of the page's build, until the returned function is called. */
async function deployAnother(page: Page, foreseen: RegExp[]): Promise<() => Promise<void>> {
  foreseen.push(/status of 404/, /ChunkLoadError|Failed to load chunk/);
  const files = /\/_next\/static\//;
  await page.route(files, (route) => route.fulfill({ status: 404, body: "Not found" }));
  return () => page.unroute(files);
}

/** Reloads by the button, onto a complete build. */
async function goOn(page: Page, findAgain: () => Promise<void>): Promise<void> {
  await findAgain();
  await Promise.all([page.waitForEvent("load"), reload(page).click()]);
}

test("a line that cannot be read is not saved, and is there after the reload", async ({
  page,
  person,
  foreseen,
}) => {
  await page.goto("/tasks");
  const findAgain = await deployAnother(page, foreseen);
  await quickAdd(page).pressSequentially("Pay rent tomorrow #home");
  await expect(
    page.getByRole("alert").getByText(/^What reads dates and tags could not be loaded/),
  ).toBeVisible();
  await quickAdd(page).press("Enter");
  await expect(quickAdd(page)).toHaveValue("Pay rent tomorrow #home");
  await quickAdd(page).press("Enter");
  await expect(quickAdd(page)).toHaveValue("Pay rent tomorrow #home");
  expect(await titlesOf(person)).toEqual([]);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await goOn(page, findAgain);
  await expect(quickAdd(page)).toHaveValue("Pay rent tomorrow #home");
  await expect(page.getByRole("button", { name: /#home/ })).toBeVisible();
  await quickAdd(page).press("Enter");
  await expect.poll(() => titlesOf(person)).toEqual(["Pay rent"]);
  const [task] = (await person.api.listTasks({ query: {} })).body;
  expect(task).toMatchObject({ tags: ["home"], due_date: expect.any(String) });
});

test("lines that are handed in while their reader is still coming are kept, in their order", async ({
  page,
  person,
  foreseen,
}) => {
  await page.goto("/tasks");
  let fail = () => {};
  const failed = new Promise<void>((resolve) => {
    fail = resolve;
  });
  foreseen.push(/status of 404/, /ChunkLoadError|Failed to load chunk/);
  await page.route(/\/_next\/static\//, async (route) => {
    await failed;
    await route.fulfill({ status: 404, body: "Not found" });
  });
  await quickAdd(page).pressSequentially("Pay rent tomorrow");
  await quickAdd(page).press("Enter");
  await quickAdd(page).pressSequentially("Call Bob Friday");
  await quickAdd(page).press("Enter");
  await quickAdd(page).pressSequentially("Buy");
  // The storage has all lines, so that a page that is closed loses none.
  const kept = () =>
    page.evaluate(() => Object.entries(localStorage).find(([key]) => key.endsWith(":new"))?.[1]);
  await expect.poll(kept).toBe("Pay rent tomorrow Call Bob Friday Buy");
  fail();
  await expect(quickAdd(page)).toHaveValue("Pay rent tomorrow Call Bob Friday Buy");
  await expect(reload(page)).toBeVisible();
  expect(await titlesOf(person)).toEqual([]);
});

test("a line is read by itself once its reader can be had again", async ({
  page,
  person,
  foreseen,
}) => {
  await page.goto("/tasks");
  const findAgain = await deployAnother(page, foreseen);
  await quickAdd(page).pressSequentially("Pay rent tom");
  await expect(reload(page)).toBeVisible();
  await findAgain();
  await quickAdd(page).pressSequentially("orrow");
  await expect(reload(page)).toBeHidden();
  await quickAdd(page).press("Enter");
  await expect.poll(() => titlesOf(person)).toEqual(["Pay rent"]);
});

test("without a network a line waits in its field for what reads it", async ({
  page,
  person,
  context,
}) => {
  await page.goto("/tasks");
  await context.setOffline(true);
  await quickAdd(page).pressSequentially("Pay rent tomorrow");
  await quickAdd(page).press("Enter");
  await expect(page.getByText(/Once you are connected, press Enter again/)).toBeVisible();
  await expect(reload(page)).toHaveCount(0);
  await expect(quickAdd(page)).toHaveValue("Pay rent tomorrow");
  await context.setOffline(false);
  await quickAdd(page).press("Enter");
  await expect.poll(() => titlesOf(person)).toEqual(["Pay rent"]);
});

test("the palette keeps what was typed into it", async ({ page, person: _, foreseen }) => {
  await page.goto("/tasks");
  const findAgain = await deployAnother(page, foreseen);
  const command = page.getByRole("combobox", { name: "Command or task" });
  await page.keyboard.press("Control+k");
  await command.pressSequentially("sort by title");
  await expect(reload(page)).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await goOn(page, findAgain);
  await expect(command).toHaveValue("sort by title");
  await expect(page.getByRole("option", { name: /Sort by title/i })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await expect(command).toBeHidden();
});

test("form, help, trash, order by hand and messages offer to reload", async ({
  page,
  person,
  foreseen,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  const findAgain = await deployAnother(page, foreseen);
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  await expect(page.getByText(/^The form could not be loaded/)).toBeVisible();
  await goOn(page, findAgain);

  await deployAnother(page, foreseen);
  await page.getByRole("button", { name: "Actions for Pay rent" }).click();
  await expect(page.getByText(/^The menu could not be loaded/)).toBeVisible();
  await goOn(page, findAgain);

  await deployAnother(page, foreseen);
  await page.getByRole("checkbox", { name: "Pay rent" }).check();
  await expect(page.getByText(/^The messages could not be loaded/)).toBeVisible();
  await goOn(page, findAgain);

  await deployAnother(page, foreseen);
  await page.getByRole("combobox", { name: "Sort" }).selectOption({ label: "By hand" });
  await expect(page.getByText(/^What moves tasks could not be loaded/)).toBeVisible();
  await page.getByRole("combobox", { name: "Sort" }).selectOption({ label: "Newest" });
  await page
    .getByRole("link", { name: /^Trash/ })
    .first()
    .click();
  await expect(page.getByText(/^The trash could not be loaded/)).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.getByRole("link", { name: /^All/ }).first().click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByText(/^The shortcuts could not be loaded/)).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
});

test("a menu that did not come is asked for by each press, and never opens unasked", async ({
  page,
  person,
  foreseen,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  const findAgain = await deployAnother(page, foreseen);
  const button = page.getByRole("button", { name: "Actions for Pay rent" });
  const missing = page.getByText(/^The menu could not be loaded/);
  await button.click();
  await expect(missing).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(missing).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await expect(missing).toBeVisible();
  await findAgain();
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  await expect(page.getByRole("form", { name: "Edit task" })).toBeVisible();
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page
    .getByRole("form", { name: "Edit task" })
    .getByRole("button", { name: "Cancel" })
    .click();
  await button.click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expect(missing).toBeHidden();
});

test("a menu that did not come opens at the next press, once it can be had", async ({
  page,
  person,
  foreseen,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  const findAgain = await deployAnother(page, foreseen);
  const button = page.getByRole("button", { name: "Actions for Pay rent" });
  await button.click();
  await expect(page.getByText(/^The menu could not be loaded/)).toBeVisible();
  await findAgain();
  await button.click();
  await expect(page.getByRole("menuitem", { name: "Edit task" })).toBeFocused();
});

test("a menu that comes late opens for who waits, and takes nobody from their typing", async ({
  page,
  person,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  const menu = page.getByRole("menu");
  for (const waits of [true, false]) {
    await page.unroute(/\/_next\/static\//);
    await page.goto("/tasks");
    await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
    await networkAtRest(page);
    const { wait, release } = hold();
    const answers: Promise<unknown>[] = [];
    await page.route(/\/_next\/static\//, (route) => {
      const answered = async () => (await route.request().response())?.finished();
      answers.push(wait.then(() => route.continue()).then(answered));
    });
    await page.getByRole("button", { name: "Actions for Pay rent" }).click();
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    if (!waits) await quickAdd(page).pressSequentially("Buy");
    release();
    await Promise.all(answers);
    if (waits) {
      await expect(menu).toBeVisible();
      continue;
    }
    await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
    await expect(quickAdd(page)).toBeFocused();
    await quickAdd(page).pressSequentially(" milk");
    await expect(quickAdd(page)).toHaveValue("Buy milk");
    await expect(menu).toHaveCount(0);
  }
});

for (const way of ["a reload", "another press"]) {
  test(`the choice between two versions comes after ${way}, and both are still there`, async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(/status of 412/);
    const { body } = await person.api.createTask({ body: { title: "Call" } });
    await page.goto("/tasks");
    await page.getByRole("button", { name: "Edit Call" }).click();
    const form = page.getByRole("form", { name: "Edit task" });
    await form.getByLabel("Title").fill("Call at 8");
    const findAgain = await deployAnother(page, foreseen);
    await person.api.updateTask({ params: { id: body.id }, body: { title: "Call at 9" } });
    await form.getByRole("button", { name: "Save task" }).click();
    await page.getByRole("button", { name: "Review" }).click();
    await expect(page.getByText(/^The two versions could not be loaded/)).toBeVisible();
    if (way === "a reload") await goOn(page, findAgain);
    else await findAgain();
    await page.getByRole("button", { name: "Review" }).click();
    await expect(page.getByRole("dialog").getByText("Call at 8")).toBeVisible();
  });
}

test("export, import and deletion of the account offer to reload", async ({
  page,
  person: _,
  foreseen,
}) => {
  await page.goto("/account");
  const findAgain = await deployAnother(page, foreseen);
  await page.getByLabel("Name").fill("Ada King");
  await page
    .getByRole("button", { name: "Save as CSV" })
    .or(page.getByRole("button", { name: /CSV/ }))
    .first()
    .click();
  await expect(page.getByText(/^The export could not be loaded/)).toBeVisible();
  await page.getByLabel("Choose a file").setInputFiles({
    name: "tend.json",
    mimeType: "application/json",
    buffer: Buffer.from("{}"),
  });
  await expect(page.getByText(/^The import could not be loaded/)).toBeVisible();
  await page.getByRole("button", { name: "Delete account" }).click();
  await expect(page.getByText(/^The dialog could not be loaded/)).toBeVisible();
  await expect(reload(page)).toHaveCount(3);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await findAgain();
  await Promise.all([page.waitForEvent("load"), reload(page).first().click()]);
  await expect(page.getByLabel("Name")).toHaveValue("Ada King");
});

test("an export or an import whose second part is gone names the cause", async ({
  page,
  person,
  foreseen,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/account");
  await page.getByRole("button", { name: /JSON/ }).click();
  await expect(page.getByText(/^Saved 1 task /).first()).toBeVisible();
  const importer = { name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("TYPE,CONTENT\n") };
  await page
    .getByLabel("Choose a file")
    .setInputFiles({ ...importer, name: "a.json", buffer: Buffer.from("[]") });
  await expect(page.getByText("a.json", { exact: true })).toBeVisible();
  await deployAnother(page, foreseen);
  await page.getByRole("button", { name: /CSV/ }).click();
  await expect(
    page.getByText(/^Nothing was saved. A part of the app could not be loaded/).first(),
  ).toBeVisible();
  await page.getByLabel("Choose a file").setInputFiles(importer);
  await expect(
    page.getByText(/^Nothing was imported. A part of the app could not be loaded/).first(),
  ).toBeVisible();
  await expect(reload(page)).toHaveCount(2);
});
