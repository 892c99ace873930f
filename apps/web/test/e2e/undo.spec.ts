import type { Page } from "@playwright/test";
import { expect, type Person, test, workerless } from "./support/person.ts";

test.use(workerless);

const row = (page: Page, title: string) =>
  page.getByRole("list", { name: "Tasks" }).getByRole("listitem").filter({ hasText: title });
const message = (page: Page, words: string) =>
  page.getByRole("listitem").filter({ hasText: words }).getByRole("button", { name: "Undo" });

/** The server's tasks in words, the trash included. */
const stored = async ({ api }: Person) => {
  const [listed, trashed] = await Promise.all([
    api.listTasks({ query: { sort: "title" } }),
    api.listTasks({ query: { status: "trashed" } }),
  ]);
  return [...listed.body, ...trashed.body].map(({ title, description, completed, deleted_at }) =>
    [title, description ?? "", completed ? "done" : "", deleted_at ? "trashed" : ""]
      .filter(Boolean)
      .join(" "),
  );
};

const ways = {
  "its message": (page: Page, words: string) => message(page, words).click(),
  "⌘Z": async (page: Page) => {
    // The focus leaves the text field, which has an undo of its own.
    await page.locator("main").focus();
    await page.keyboard.press("ControlOrMeta+z");
  },
} as const;

for (const [way, undo] of Object.entries(ways)) {
  test.describe(`undo by ${way}, true on the server`, () => {
    test.beforeEach(async ({ page, person }) => {
      for (const title of ["Buy stamps", "Pay rent"]) {
        await person.api.createTask({ body: { title } });
      }
      const { body } = await person.api.createTask({ body: { title: "Call Grandma" } });
      await person.api.completeTask({ params: { id: body.id } });
      await page.goto("/tasks");
      await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
    });
    const before = ["Buy stamps", "Call Grandma done", "Pay rent"];

    test("complete", async ({ page, person }) => {
      await page.getByRole("checkbox", { name: "Pay rent" }).check();
      await expect
        .poll(() => stored(person))
        .toEqual(["Buy stamps", "Call Grandma done", "Pay rent done"]);
      await undo(page, "Completed");
      await expect(page.getByRole("checkbox", { name: "Pay rent" })).not.toBeChecked();
      await expect.poll(() => stored(person)).toEqual(before);
    });

    test("edit", async ({ page, person }) => {
      await page.getByRole("button", { name: "Edit Pay rent" }).click();
      const form = page.getByRole("form", { name: "Edit task" });
      await form.getByLabel("Title").fill("Pay the rent");
      await form.getByRole("button", { name: "Save task" }).click();
      await expect
        .poll(() => stored(person))
        .toEqual(["Buy stamps", "Call Grandma done", "Pay the rent"]);
      await undo(page, "Changed");
      await expect(row(page, "Pay rent")).toBeVisible();
      await expect.poll(() => stored(person)).toEqual(before);
    });

    test("delete, also after the server has it", async ({ page, person }) => {
      await page.getByRole("button", { name: "Actions for Pay rent" }).click();
      await page.getByRole("menuitem", { name: "Delete task" }).click();
      await expect(row(page, "Pay rent")).toHaveCount(0);
      // Opening the trash sends the delete at once.
      const tabs = page.getByRole("navigation", { name: "Filter" });
      await tabs.getByRole("link", { name: "Trash" }).click();
      await expect
        .poll(() => stored(person))
        .toEqual(["Buy stamps", "Call Grandma done", "Pay rent trashed"]);
      await tabs.getByRole("link", { name: "All" }).click();
      await undo(page, "Deleted");
      await expect(row(page, "Pay rent")).toBeVisible();
      await expect.poll(() => stored(person)).toEqual(before);
    });

    test("clear completed", async ({ page, person }) => {
      await page.goto("/tasks?status=completed");
      await expect(page.getByRole("checkbox", { name: "Call Grandma" })).toBeVisible();
      await page.getByRole("button", { name: "Clear completed" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete 1 task" }).click();
      await expect(row(page, "Call Grandma")).toHaveCount(0);
      await undo(page, "Deleted");
      await expect(row(page, "Call Grandma")).toBeVisible();
      await expect.poll(() => stored(person)).toEqual(before);
    });
  });
}

/** Conditions under which the timer of a message stands still. */
const stays = {
  "the pointer is on it": (page: Page) => message(page, "Pay rent").hover(),
  "it has the focus": (page: Page) => message(page, "Pay rent").focus(),
  "the tab is hidden": (page: Page) =>
    page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }),
} as const;

const deeds = {
  complete: (page: Page) => page.getByRole("checkbox", { name: "Pay rent" }).check(),
  edit: async (page: Page) => {
    await page.getByRole("button", { name: "Edit Pay rent" }).click();
    const form = page.getByRole("form", { name: "Edit task" });
    await form.getByLabel("Notes").fill("By standing order");
    await form.getByRole("button", { name: "Save task" }).click();
  },
  delete: async (page: Page) => {
    await page.getByRole("button", { name: "Actions for Pay rent" }).click();
    await page.getByRole("menuitem", { name: "Delete task" }).click();
  },
} as const;

for (const [deed, run] of Object.entries(deeds)) {
  for (const [why, stay] of Object.entries(stays)) {
    for (const [way, undo] of Object.entries(ways)) {
      test(`${deed}, undone by ${way} after a minute, as ${why}`, async ({ page, person }) => {
        await person.api.createTask({ body: { title: "Pay rent" } });
        await page.clock.install();
        await page.goto("/tasks");
        await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
        await run(page);
        await expect(message(page, "Pay rent")).toBeVisible();
        // The change is saved first: else no answer would come in that minute.
        await expect(page.locator("[data-pending]")).toHaveCount(0);
        await stay(page);
        await page.clock.fastForward("01:00");
        await undo(page, "Pay rent");
        await expect(page.getByRole("checkbox", { name: "Pay rent" })).not.toBeChecked();
        await expect.poll(() => stored(person)).toEqual(["Pay rent"]);
      });
    }
  }
}
