import type { Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { holdRequests } from "./support/hold.ts";
import { expect, noNetwork, type Person, test, workerless } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

test.use(workerless);

const box = (page: Page, name: string) => page.getByRole("checkbox", { name });
const quickAdd = (page: Page) => page.getByRole("textbox", { name: "Add a task" });
const search = (page: Page) => page.getByRole("searchbox");
const palette = (page: Page) => page.getByRole("dialog", { name: "Command palette" });
const command = (page: Page) => page.getByRole("combobox", { name: "Command or task" });
const help = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });
const form = (page: Page) => page.getByRole("form", { name: "Edit task" });

/** Titles in the order of creation; the list shows the newest first. */
const some = ["Apple", "Banana", "Cherry", "Delta"];

async function open(page: Page, person: Person, path = "/tasks"): Promise<void> {
  for (const title of some) await person.api.createTask({ body: { title } });
  await page.goto(path);
  await expect(page.getByRole("button", { name: /^Actions for / }).first()).toBeEnabled();
}

/** Presses a key, waits for its effect, and checks that something has the focus. */
async function press(page: Page, key: string, seen?: () => Promise<void>): Promise<void> {
  await page.keyboard.press(key);
  await seen?.();
  await expect(page.locator("body"), `after ${key}`).not.toBeFocused();
}

test("every action by its key, and the focus is never lost", async ({ page, person }) => {
  await open(page, person);
  await expect(quickAdd(page)).toBeFocused();
  await page.keyboard.type("x?/nz 1");
  await expect(quickAdd(page)).toHaveValue("x?/nz 1");
  await quickAdd(page).fill("");

  await press(page, "Escape", () => expect(box(page, "Delta")).toBeFocused());
  await press(page, "j", () => expect(box(page, "Cherry")).toBeFocused());
  await press(page, "ArrowDown", () => expect(box(page, "Banana")).toBeFocused());
  await press(page, "ArrowUp", () => expect(box(page, "Cherry")).toBeFocused());
  await press(page, "k", () => expect(box(page, "Delta")).toBeFocused());
  await press(page, "k", () => expect(box(page, "Delta")).toBeFocused());
  await press(page, "x", () => expect(box(page, "Delta")).toBeChecked());
  await press(page, "z", () => expect(box(page, "Delta")).not.toBeChecked());
  await press(page, "Space", () => expect(box(page, "Delta")).toBeChecked());
  await press(page, "Control+z", () => expect(box(page, "Delta")).not.toBeChecked());

  await press(page, "Delete", () => expect(rows(page)).toHaveCount(3));
  await expect(box(page, "Cherry")).toBeFocused();
  await press(page, "z", () => expect(rows(page)).toHaveCount(4));
  await expect(box(page, "Cherry")).toBeFocused();
  await press(page, "Backspace", () => expect(rows(page)).toHaveCount(3));
  await press(page, "z", () => expect(rows(page)).toHaveCount(4));

  await press(page, "Enter", () => expect(form(page).getByLabel("Title")).toBeFocused());
  await page.keyboard.type(" pie");
  await press(page, "Enter", () => expect(form(page)).toHaveCount(0));
  await expect(rows(page).filter({ hasText: " pie" })).toHaveCount(1);
  await press(page, "Enter", () => expect(form(page).getByLabel("Title")).toBeFocused());
  await press(page, "Escape", () => expect(form(page)).toHaveCount(0));

  await press(page, "n", () => expect(quickAdd(page)).toBeFocused());
  await page.keyboard.type("Elder");
  await press(page, "Enter", () => expect(rows(page)).toHaveCount(5));
  await expect(quickAdd(page)).toBeFocused();
});

test("a change of tab, order or search that takes the focused task leaves the focus in the list", async ({
  page,
  person,
}) => {
  await open(page, person);
  await person.api.updateTask({
    params: { id: (await person.api.listTasks()).body[0]?.id ?? "" },
    body: { completed: true },
  });
  await page.reload();
  await expect(page.getByRole("button", { name: /^Actions for / }).first()).toBeEnabled();
  await press(page, "Escape", () => expect(box(page, "Delta")).toBeFocused());
  await press(page, "2", () => expect(page).toHaveURL("/tasks?status=pending"));
  await expect(box(page, "Cherry")).toBeFocused();
  // A task that is ticked leaves its tab, and hands the focus on.
  await press(page, "x", () => expect(rows(page)).toHaveCount(2));
  await expect(box(page, "Banana")).toBeFocused();
  await press(page, "3", () => expect(page).toHaveURL("/tasks?status=completed"));
  await expect(rows(page)).toHaveCount(2);
  await expect(box(page, "Delta")).toBeFocused();
  await press(page, "Delete", () => expect(rows(page)).toHaveCount(1));
  await press(page, "Delete", () => expect(rows(page)).toHaveCount(0));
  await expect(page.getByRole("main")).toBeFocused();
  await press(page, "4", () => expect(page).toHaveURL("/tasks?status=trashed"));
  await expect(page.getByRole("button", { name: "Restore Delta" })).toBeVisible();
  await press(page, "j", () =>
    expect(page.getByRole("button", { name: /^Restore/ }).first()).toBeFocused(),
  );
  await press(page, "j", () =>
    expect(page.getByRole("button", { name: /^Restore/ }).last()).toBeFocused(),
  );
  await press(page, "Enter", () =>
    expect(page.getByRole("button", { name: /^Restore/ })).toHaveCount(1),
  );
  await expect(page.getByRole("button", { name: /^Restore/ })).toBeFocused();
  await press(page, "n", () => expect(quickAdd(page)).toBeFocused());
  await expect(page).toHaveURL("/tasks");

  await press(page, "Escape");
  await press(page, "j");
  await press(page, "/", () => expect(search(page)).toBeFocused());
  await page.keyboard.type("appl");
  await expect(rows(page)).toHaveCount(1);
  await press(page, "Enter", () => expect(box(page, "Apple")).toBeFocused());
  await press(page, "Delete", () => expect(page.getByText("Nothing matches")).toBeVisible());
  await press(page, "z", () => expect(rows(page)).toHaveCount(1));
  await press(page, "j", () => expect(box(page, "Apple")).toBeFocused());
  await page.goBack();
  await expect(rows(page).nth(1)).toBeVisible();
  await expect(box(page, "Apple")).toBeFocused();
  await expect(page.locator("body")).not.toBeFocused();
});

test("a message's Undo, a menu and a dialog give the focus back", async ({ page, person }) => {
  await open(page, person);
  await press(page, "Escape");
  await press(page, "j");
  await expect(box(page, "Cherry")).toBeFocused();
  await press(page, "Delete", () => expect(rows(page)).toHaveCount(3));
  await page.getByRole("button", { name: "Undo" }).focus();
  await press(page, "Enter", () => expect(rows(page)).toHaveCount(4));
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
  await expect(page.locator("body")).not.toBeFocused();

  await page.getByRole("button", { name: "Actions for Banana" }).focus();
  await press(page, "Enter", () => expect(page.getByRole("menu")).toBeVisible());
  // Keys of the list mean nothing to a menu.
  await press(page, "x");
  await expect(box(page, "Banana")).not.toBeChecked();
  await press(page, "Escape", () => expect(page.getByRole("menu")).toHaveCount(0));
  await expect(page.getByRole("button", { name: "Actions for Banana" })).toBeFocused();

  await press(page, "?", () => expect(help(page)).toBeVisible());
  await expect(help(page).getByText("Complete or reopen")).toBeVisible();
  await press(page, "n");
  await expect(quickAdd(page)).not.toBeFocused();
  await press(page, "Escape", () => expect(help(page)).toBeHidden());
  await expect(page.getByRole("button", { name: "Actions for Banana" })).toBeFocused();
});

test("keys that repeat by being held delete and tick once", async ({ page, person }) => {
  await open(page, person);
  await press(page, "Escape");
  for (const key of ["Delete", "Backspace"]) {
    await page.keyboard.down(key);
    await page.keyboard.down(key);
    await page.keyboard.down(key);
    await page.keyboard.up(key);
  }
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.down("j");
  await page.keyboard.down("j");
  await page.keyboard.up("j");
  await expect(box(page, "Apple")).toBeFocused();
});

test("the palette: actions, orders, tasks; a word that fits nothing says so", async ({
  page,
  person,
}) => {
  await open(page, person);
  await press(page, "Escape");
  await press(page, "j");
  await press(page, "Control+k", () => expect(command(page)).toBeFocused());
  const options = palette(page).getByRole("option");
  await expect(options.first()).toHaveText(/Complete or reopen/);
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await press(page, "ArrowUp");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await press(page, "ArrowDown");
  await press(page, "Enter", () => expect(box(page, "Cherry")).toBeChecked());
  await expect(palette(page)).toBeHidden();
  await expect(box(page, "Cherry")).toBeFocused();

  await press(page, "Control+k");
  await page.keyboard.type("due");
  await press(page, "Enter", () => expect(page).toHaveURL("/tasks?sort=due_date"));
  await expect(box(page, "Cherry")).toBeFocused();

  await press(page, "Control+k");
  await page.keyboard.type("banan");
  await expect(options).toHaveText([/Banana/, /Search for “banan”/]);
  await press(page, "Enter", () => expect(form(page).getByLabel("Title")).toHaveValue("Banana"));
  await press(page, "Escape", () => expect(form(page)).toHaveCount(0));

  await press(page, "Control+k");
  await page.keyboard.type("zebra");
  await expect(palette(page).getByRole("status")).toHaveText("Nothing matches “zebra”.");
  await press(page, "Enter");
  await expect(palette(page)).toBeVisible();
  await press(page, "Escape", () => expect(palette(page)).toBeHidden());

  // The palette opens while one types, too; the same key closes it and restores the cursor.
  await press(page, "n");
  await page.keyboard.type("Half a");
  await press(page, "Control+k", () => expect(command(page)).toBeFocused());
  await press(page, "Control+k", () => expect(palette(page)).toBeHidden());
  await page.keyboard.type(" thought");
  await expect(quickAdd(page)).toHaveValue("Half a thought");
});

test("a palette that is opened again before the browser has told that it closed stays open", async ({
  page,
  person,
}) => {
  await open(page, person);
  await press(page, "Control+k", () => expect(command(page)).toBeFocused());
  await page.keyboard.type("sort by title");
  await expect(palette(page).getByRole("option")).toHaveCount(1);
  // Both keys come in one task of the browser, as on a busy machine, before the `close` event.
  await page.evaluate(async () => {
    const field = document.activeElement;
    const settle = async () => {
      for (let turn = 0; turn < 100; turn++) await undefined;
    };
    const told = new Promise((resolve) => {
      document.querySelector("dialog[open]")?.addEventListener("close", resolve, { once: true });
    });
    // A submit stands for Enter.
    if (field instanceof HTMLInputElement) field.form?.requestSubmit();
    await settle();
    const again = { key: "k", ctrlKey: true, bubbles: true, cancelable: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", again));
    await settle();
    await told;
  });
  await expect(page).toHaveURL("/tasks?sort=title");
  await page.keyboard.type("sort by due");
  await expect(command(page)).toHaveValue("sort by due");
});

test.describe("before its script has come", () => {
  // A service worker would have the script already.
  test.use({ serviceWorkers: "block" });

  test("what is typed while the palette is still loading is not lost, Enter included", async ({
    page,
    person,
  }) => {
    await open(page, person);
    const release = await holdRequests(page, /_next\/static\/chunks\//);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("sort by title");
    await page.keyboard.press("Enter");
    await expect(palette(page).getByRole("status")).toHaveText("Loading the commands");
    await expect(quickAdd(page)).toHaveValue("");
    release();
    await expect(page).toHaveURL("/tasks?sort=title");
    await expect(palette(page)).toBeHidden();
  });

  test("a palette that cannot be loaded says so, and is loaded the next time", async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(noNetwork);
    await open(page, person);
    await page.route(/_next\/static\/chunks\//, (route) => route.abort());
    await press(page, "Control+k");
    await expect(palette(page).getByRole("alert")).toHaveText(/could not be loaded/);
    await press(page, "Escape");
    await page.unroute(/_next\/static\/chunks\//);
    await press(page, "Control+k");
    await expect(palette(page).getByRole("option").first()).toBeVisible();
  });
});

test("single keys can be switched off, and stay off", async ({ page, person }) => {
  await open(page, person);
  await page.goto("/account");
  const choice = page.getByRole("checkbox", { name: "Single-key shortcuts" });
  await expect(choice).toBeChecked();
  await expect(choice).toBeEnabled();
  await choice.focus();
  await press(page, "Space", () => expect(choice).not.toBeChecked());
  await page.reload();
  await expect(choice).not.toBeChecked();
  await page.getByRole("link", { name: "Back to your tasks" }).click();
  await expect(page.getByRole("button", { name: /^Actions for / }).first()).toBeEnabled();
  await box(page, "Delta").focus();
  await press(page, "x");
  await press(page, "n");
  await press(page, "?");
  await expect(box(page, "Delta")).toBeFocused();
  await expect(box(page, "Delta")).not.toBeChecked();
  await press(page, "ArrowDown", () => expect(box(page, "Cherry")).toBeFocused());
  await press(page, "Delete", () => expect(rows(page)).toHaveCount(3));
  await press(page, "Control+z", () => expect(rows(page)).toHaveCount(4));
  await press(page, "Control+k");
  await page.keyboard.type("keyboard");
  await press(page, "Enter", () => expect(help(page)).toBeVisible());
  await expect(help(page)).toContainText("Single-key shortcuts are off.");
  await expect(help(page).getByText("Add a task")).toHaveCount(0);
  await help(page).getByRole("link", { name: "Turn them on in your account" }).click();
  await choice.check();
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: /^Actions for / }).first()).toBeEnabled();
  await box(page, "Delta").focus();
  await press(page, "x", () => expect(box(page, "Delta")).toBeChecked());
});

test("the help is also reached without a key", async ({ page, person: _ }, { project }) => {
  await page.goto("/account");
  const button = page.getByRole("button", { name: "Show keyboard shortcuts" });
  if (project.name === "390") {
    await expect(button).toBeHidden();
    return;
  }
  await button.click();
  await expect(help(page).getByText("Command palette")).toBeVisible();
  await press(page, "Escape", () => expect(help(page)).toBeHidden());
  await expect(button).toBeFocused();
});

for (const theme of ["light", "dark"] as const) {
  test(`help and palette have no axe violation, ${theme}`, async ({ page, person }) => {
    await page.emulateMedia({ colorScheme: theme });
    await open(page, person);
    await press(page, "Escape");
    await press(page, "?", () => expect(help(page).getByText("Next task")).toBeVisible());
    expect(await axeViolations(page)).toEqual([]);
    await press(page, "Escape");
    await press(page, "Control+k", () =>
      expect(palette(page).getByRole("option").first()).toBeVisible(),
    );
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.type("apple");
    await expect(palette(page).getByRole("option").first()).toHaveText("Apple");
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.type(" tree");
    await expect(palette(page).getByRole("option")).toHaveCount(0);
    expect(await axeViolations(page)).toEqual([]);
  });
}
