import type { Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { expect, type Person, test, workerless } from "./support/person.ts";

test.use(workerless);

const conflicted = /status of 412/;

/** Ada edits a task here while another device of hers changes it too. */
async function editMeanwhile(
  page: Page,
  person: Person,
  mine: { title: string; notes?: string },
  theirs: { title?: string; description?: string },
) {
  const { body } = await person.api.createTask({
    body: { title: "Call the plumber", description: "Tap drips" },
  });
  await page.goto("/tasks");
  await page.getByRole("button", { name: "Edit Call the plumber" }).click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Title").fill(mine.title);
  if (mine.notes) await form.getByLabel("Notes").fill(mine.notes);
  await person.api.updateTask({ params: { id: body.id }, body: theirs });
  await form.getByRole("button", { name: "Save task" }).click();
  return {
    row: page.locator(`[data-task="${body.id}"]`),
    stored: async () => (await person.api.getTask({ params: { id: body.id } })).body,
  };
}

test("[T-7] the same field changed in two tabs: nothing is overwritten unseen", async ({
  page,
  context,
  person,
  foreseen,
}) => {
  foreseen.push(conflicted);
  const { body } = await person.api.createTask({ body: { title: "Call the plumber" } });
  const params = { id: body.id };
  const titleStored = async () => (await person.api.getTask({ params })).body?.title;
  const tabs = [page, await context.newPage()];
  for (const tab of tabs) {
    await tab.goto("/tasks");
    await tab.getByRole("button", { name: "Edit Call the plumber" }).click();
  }
  for (const [index, tab] of tabs.entries()) {
    const form = tab.getByRole("form", { name: "Edit task" });
    await form.getByLabel("Title").fill(`Call the plumber at ${index + 8}`);
    await form.getByRole("button", { name: "Save task" }).click();
    if (index === 0) await expect.poll(titleStored).toBe("Call the plumber at 8");
  }
  const [, second = page] = tabs;
  await second.getByRole("button", { name: "Review" }).click();
  const dialog = second.getByRole("dialog", { name: "Which version do you want?" });
  await expect(dialog.getByText("Call the plumber at 8")).toBeVisible();
  await expect(dialog.getByText("Call the plumber at 9")).toBeVisible();
  expect(await titleStored()).toBe("Call the plumber at 8");
  await dialog.getByRole("button", { name: "Save my choice" }).click();
  await expect.poll(titleStored).toBe("Call the plumber at 9");
  for (const tab of tabs) {
    await expect(tab.getByRole("button", { name: "Edit Call the plumber at 9" })).toBeVisible();
  }
});

test("[T-7] what was changed elsewhere in another field is kept, and nobody is asked", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(conflicted);
  const { row, stored } = await editMeanwhile(
    page,
    person,
    { title: "Call the plumber today" },
    { description: "Tap drips, and the boiler" },
  );
  await expect.poll(stored).toMatchObject({
    title: "Call the plumber today",
    description: "Tap drips, and the boiler",
  });
  await expect(row).not.toContainText("Not saved");
});

for (const choice of ["Yours, from here", "From elsewhere"]) {
  test(`[T-7] the same field changed twice: both are shown, and "${choice}" is kept`, async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(conflicted);
    const mine = { title: "Call the plumber today", notes: "Tap drips a lot" };
    const { row, stored } = await editMeanwhile(page, person, mine, { title: "Call Grace" });
    await expect(row).toContainText("This task was changed elsewhere too.");
    await expect(row).toContainText(mine.title);
    expect(await stored()).toMatchObject({ title: "Call Grace", description: "Tap drips" });

    // A reload neither forgets nor decides the conflict.
    await page.reload();
    await row.getByRole("button", { name: "Review" }).click();
    const dialog = page.getByRole("dialog", { name: "Which version do you want?" });
    await expect(dialog.getByRole("group", { name: "Title" })).toContainText("Call Grace");
    await expect(dialog.getByRole("group")).toHaveCount(1);
    await dialog.getByRole("radio", { name: choice }).check();
    await dialog.getByRole("button", { name: "Save my choice" }).click();

    const title = choice.startsWith("Yours") ? mine.title : "Call Grace";
    await expect.poll(stored).toMatchObject({ title, description: mine.notes });
    await expect(row).toContainText(title);
    await expect(row).not.toContainText("Not saved");
    await expect(row.getByRole("checkbox")).toBeFocused();
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the choice can be put off, by keyboard, and has no axe violation, ${colorScheme}`, async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(conflicted);
    await page.emulateMedia({ colorScheme });
    const { row, stored } = await editMeanwhile(
      page,
      person,
      { title: "Call the plumber today" },
      { title: "Call Grace" },
    );
    await row.getByRole("button", { name: "Review" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(row).toContainText("Call the plumber today");
    expect(await stored()).toMatchObject({ title: "Call Grace" });
  });
}
