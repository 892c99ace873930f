import type { Locator } from "@playwright/test";
import { expect, test, workerless } from "./support/person.ts";

test.use(workerless);

/** Key events of an input method: of Safari, which has ended the composition, and of Android. */
const keys = {
  "Enter of Safari": { key: "Enter", keyCode: 229, isComposing: false },
  "Enter of Android": { key: "Enter", keyCode: 13, isComposing: true },
  "a key without a name": { key: "Unidentified", keyCode: 229, isComposing: true },
  "Delete of Safari": { key: "Delete", keyCode: 229, isComposing: false },
  "Backspace of Android": { key: "Backspace", keyCode: 8, isComposing: true },
  "Escape of Safari": { key: "Escape", keyCode: 229, isComposing: false },
} as const;

interface Key {
  readonly key: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly ctrlKey?: boolean;
}

const press = (element: Locator, init: Key) =>
  element.evaluate((target, init) => {
    target.dispatchEvent(
      new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true }),
    );
  }, init);

/** Sends the event of a phone's keyboard for Enter, once its composition is over. */
const breakLine = (element: Locator, isComposing: boolean) =>
  element.evaluate(
    (target, init) =>
      target.dispatchEvent(
        new InputEvent("beforeinput", { ...init, bubbles: true, cancelable: true }),
      ),
    { inputType: "insertLineBreak", isComposing },
  );

test.beforeEach(async ({ page, person }) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
});

for (const [name, key] of Object.entries(keys)) {
  test(`a key that composes belongs to the text: ${name}`, async ({ page }) => {
    const list = page.getByRole("list", { name: "Tasks" }).getByRole("listitem");
    await press(page.getByRole("checkbox", { name: "Pay rent" }), key);
    await expect(list).toHaveCount(1);

    await page.getByRole("button", { name: "Edit Pay rent" }).click();
    const form = page.getByRole("form", { name: "Edit task" });
    const title = form.getByLabel("Title");
    await title.fill("家賃");
    for (const field of [title, form.getByLabel("Notes")]) {
      await press(field, key);
      await press(field, { ...key, ctrlKey: true });
    }
    expect(await breakLine(title, true), "a line break is no part of a title").toBe(false);
    await expect(form).toBeVisible();
    await expect(title).toHaveValue("家賃");

    await page.keyboard.press("Escape");
    await expect(form).toBeHidden();

    await page.keyboard.press("Control+k");
    const command = page.getByRole("combobox", { name: "Command or task" });
    await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
    await press(command, key);
    await expect(command).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(command).toBeHidden();
  });
}

test("once nothing is composed, a line break saves, and Enter chooses", async ({ page }) => {
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  const title = page.getByRole("form", { name: "Edit task" }).getByLabel("Title");
  await title.fill("家賃");
  await breakLine(title, false);
  await expect(title).toBeHidden();
  await expect(page.getByRole("checkbox", { name: "家賃" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("trash");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tasks?status=trashed");
});
