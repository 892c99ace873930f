import type { Locator, Page } from "@playwright/test";

/** What a person does on the tasks page, by what they see of it. */

const list = (page: Page): Locator => page.getByRole("list", { name: "Tasks" });

/** Writes a line into the field that adds tasks, before Enter. */
export const writeLine = (page: Page, title: string): Promise<void> =>
  page.getByRole("textbox", { name: "Add a task" }).fill(title);

export async function addTask(page: Page, title: string): Promise<void> {
  await writeLine(page, title);
  await page.keyboard.press("Enter");
}

/** Ticks the first task that is not completed. */
export const tickFirst = (page: Page): Promise<void> =>
  list(page).getByRole("checkbox", { checked: false }).first().click();

/** Gives the first task another title, in its form. */
export async function renameFirst(page: Page, title: string): Promise<void> {
  await list(page)
    .getByRole("button", { name: /^Edit / })
    .first()
    .click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Title").fill(title);
  await form.getByRole("button", { name: "Save task" }).click();
}

export const chooseTab = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name }).click();

export const chooseOrder = (page: Page, label: string): Promise<unknown> =>
  page.getByRole("combobox", { name: "Sort" }).selectOption({ label });

export const showFilters = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Filters" }).click();

export const choosePriority = (page: Page, label: string): Promise<unknown> =>
  page
    .getByRole("search", { name: "Filters" })
    .getByRole("combobox", { name: "Priority" })
    .selectOption({ label });

export const searchField = (page: Page): Locator =>
  page.getByRole("searchbox", { name: "Search tasks" });

/** Milliseconds between two keys of somebody who types at ease. */
export const betweenKeysMs = 250;

/** Longer than the ten seconds for which the app may trust what it has just read. */
export const absenceMs = 11_000;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Looks at something else for a while, in which something may happen, and comes back. */
export async function lookAway(
  device: { setAway(away: boolean): Promise<void> },
  meanwhile: () => Promise<void> = async () => {},
): Promise<void> {
  await device.setAway(true);
  await pause(absenceMs);
  await meanwhile();
  await device.setAway(false);
}
