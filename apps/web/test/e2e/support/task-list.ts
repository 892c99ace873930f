import type { Locator, Page } from "@playwright/test";

const list = (page: Page) => page.getByRole("list", { name: "Tasks" });

/** The rows of the list, in their order. */
export const rows = (page: Page): Locator => list(page).getByRole("listitem");

/** The titles of the rows, which are the buttons that open their forms. */
export const titles = (page: Page): Locator => list(page).getByRole("button", { name: /^Edit / });
