import type { Page } from "@playwright/test";
import { expect, test } from "./support/person.ts";

// The first 60 seconds of a new person (ui-brief.md) must work, whatever else fails.

const row = (page: Page, title: string) =>
  page.getByRole("list", { name: "Tasks" }).getByRole("listitem").filter({ hasText: title });
const box = (page: Page) => page.getByRole("textbox", { name: "Add a task" });

/** The message that offers to undo. */
const completed = (page: Page) =>
  page.getByRole("region", { name: /^Messages/ }).getByRole("listitem");

// The clock of the browser, on a Monday.
const now = new Date("2026-11-23T10:00:00+01:00");

/** An input method, mouse or keyboard, with its way to do each step. */
interface Hand {
  follow(page: Page, link: string): Promise<void>;
  fill(page: Page, label: string, text: string): Promise<void>;
  submit(page: Page, button: string): Promise<void>;
  tick(page: Page, title: string): Promise<void>;
  undo(page: Page): Promise<void>;
}

const mouse: Hand = {
  follow: (page, link) => page.getByRole("link", { name: link }).first().click(),
  async fill(page, label, text) {
    const field = page.getByLabel(label, { exact: true });
    await field.click();
    await page.keyboard.insertText(text);
  },
  submit: (page, button) => page.getByRole("button", { name: button }).click(),
  tick: (page, title) => page.getByRole("checkbox", { name: title }).click(),
  undo: (page) => completed(page).getByRole("button", { name: "Undo" }).click(),
};

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, role: "link" | "textbox" | "checkbox", name: string) {
  const target = page.getByRole(role, { name, exact: true }).first();
  const isFocused = () => target.evaluate((node) => node === document.activeElement);
  for (let step = 0; step < 40; step++) {
    if (await isFocused()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${name}`);
}

const keyboard: Hand = {
  async follow(page, link) {
    await tabTo(page, "link", link);
    await page.keyboard.press("Enter");
  },
  async fill(page, label, text) {
    await tabTo(page, "textbox", label);
    await page.keyboard.type(text);
  },
  submit: (page) => page.keyboard.press("Enter"),
  async tick(page, title) {
    await page.keyboard.press("Escape");
    await tabTo(page, "checkbox", title);
    await page.keyboard.press("x");
  },
  undo: (page) => page.keyboard.press("z"),
};

for (const [name, hand] of Object.entries({ "the mouse": mouse, "the keyboard alone": keyboard })) {
  test(`the first minute, by ${name}`, async ({ page }) => {
    await page.clock.install({ time: now });
    await page.clock.resume();
    await page.goto("/");
    await hand.follow(page, "Create account");
    await expect(page).toHaveURL(/sign-up/);
    await hand.fill(page, "Name", "Ada");
    await hand.fill(page, "Email", `${crypto.randomUUID()}@example.com`);
    await hand.fill(page, "Password", "a long walk");
    await hand.submit(page, "Create account");

    await expect(page).toHaveURL("/tasks");
    await expect(box(page)).toBeFocused();
    await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
    await page.keyboard.type("Pay rent Tuesday");
    await expect(page.getByRole("list", { name: "Recognised" })).toContainText("Tomorrow");
    await page.keyboard.press("Enter");
    await expect(row(page, "Pay rent")).toContainText("Tomorrow");
    await expect(box(page)).toBeFocused();
    for (const title of ["Buy stamps", "Call Grandma"]) {
      await page.keyboard.type(title);
      await page.keyboard.press("Enter");
      await expect(row(page, title)).toBeVisible();
    }
    await expect(box(page)).toBeFocused();

    await hand.tick(page, "Buy stamps");
    await expect(page.getByRole("checkbox", { name: "Buy stamps" })).toBeChecked();
    await expect(completed(page)).toBeVisible();
    await hand.undo(page);
    await expect(page.getByRole("checkbox", { name: "Buy stamps" })).not.toBeChecked();

    await page.reload();
    await expect(page.getByRole("list", { name: "Tasks" }).getByRole("checkbox")).toHaveCount(3);
    await expect(row(page, "Pay rent")).toContainText("Tomorrow");
    await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
    await page.keyboard.press("Escape");
    await page.locator("main").focus();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  });
}
