import type { Page } from "@playwright/test";
import { expect, type Person, signInByForm, test } from "./support/person.ts";
import { titles } from "./support/task-list.ts";

const list = (page: Page) => page.getByRole("list", { name: "Tasks" });
const row = (page: Page, title: string) =>
  list(page).getByRole("listitem").filter({ hasText: title });
const tab = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name });

/** Waits until the server has these tasks, which the screen shows at once. */
const kept = (person: Pick<Person, "api">, expected: object[]) =>
  expect
    .poll(async () =>
      (await person.api.listTasks()).body.map(({ title, completed }) => ({ title, completed })),
    )
    .toEqual(expected);

async function add(page: Page, title: string): Promise<void> {
  await page.getByRole("textbox", { name: "Add a task" }).fill(title);
  await page.keyboard.press("Enter");
  await expect(row(page, title)).toBeVisible();
}

test("sign up → add three → tick → edit → filter → reload → sign out → sign in → delete", async ({
  page,
  makePerson,
  foreseen,
}) => {
  // A delete whose answer came after the page had gone is sent once more, and finds nothing.
  foreseen.push(/status of 404/);
  const email = `${crypto.randomUUID()}@example.com`;
  const password = "a long walk";
  await page.goto("/");
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/tasks");
  const box = page.getByRole("textbox", { name: "Add a task" });
  await expect(box).toBeFocused();

  for (const title of ["Pay rent", "Buy stamps", "Call Grandma"]) {
    await add(page, title);
    await expect(box).toBeFocused();
    await expect(box).toHaveValue("");
  }
  await expect(tab(page, "All")).toContainText("3");

  await page.getByRole("checkbox", { name: "Pay rent" }).check();
  await expect(tab(page, "Completed")).toContainText("1");
  await expect(tab(page, "Pending")).toContainText("2");

  await page.getByRole("button", { name: "Edit Buy stamps" }).click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Title").fill("Buy ten stamps");
  await form.getByLabel("Notes").fill("The ones with birds 🐦\nשלום");
  await form.getByLabel("Due date").fill("2099-12-01");
  await form.getByRole("button", { name: "Save task" }).click();
  await expect(row(page, "Buy ten stamps")).toContainText("1 Dec 2099");

  await tab(page, "Pending").click();
  await expect(page).toHaveURL(/status=pending/);
  await expect(titles(page)).toHaveCount(2);
  await page.reload();
  await expect(titles(page)).toHaveCount(2);
  await tab(page, "Completed").click();
  await expect(titles(page)).toHaveCount(1);
  await tab(page, "All").click();

  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).not.toHaveURL(/account/);
  await page.goto("/tasks");
  await expect(page).toHaveURL(/\/sign-in/);
  await signInByForm(page, { email, password });
  await expect(titles(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Edit Buy ten stamps" }).click();
  await expect(form.getByLabel("Notes")).toHaveValue("The ones with birds 🐦\nשלום");
  await form.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Actions for Call Grandma" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(row(page, "Call Grandma")).toHaveCount(0);
  // Leaving the page ends the time for undo: the delete is sent with it.
  await page.goto("/account");
  await page.goto("/tasks");
  await expect(titles(page)).toHaveCount(2);

  const second = await makePerson();
  expect((await second.api.listTasks()).body).toEqual([]);
});

test("[O-1] a second person on the same browser sees nothing of the first", async ({
  page,
  person,
  makePerson,
  context,
}) => {
  await page.goto("/tasks");
  await add(page, "Ada's secret plan");
  await kept(person, [{ title: "Ada's secret plan", completed: false }]);
  await context.clearCookies();
  const second = await makePerson();
  await page.goto("/sign-in");
  await signInByForm(page, second);
  await expect(page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible();
  await expect(page.getByText("secret")).toHaveCount(0);
});

test("with the keyboard alone: sign in, add, tick, edit, delete, undo", async ({
  page,
  makePerson,
}) => {
  const person = await makePerson();
  await page.goto("/sign-in?next=/tasks");
  await page.getByLabel("Email").focus();
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Add a task" })).toBeFocused();
  for (const title of ["one", "two"]) {
    await page.keyboard.type(title);
    await page.keyboard.press("Enter");
    await expect(row(page, title)).toBeVisible();
  }
  const tabTo = async (name: RegExp) => {
    for (let step = 0; step < 40; step++) {
      const focused = page.locator(":focus");
      if (
        await focused
          .evaluate(
            (node, pattern) =>
              new RegExp(pattern).test(node.getAttribute("aria-label") ?? node.textContent ?? ""),
            name.source,
          )
          .catch(() => false)
      )
        return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab never reaches ${name}`);
  };
  await page.getByRole("checkbox", { name: "two" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("checkbox", { name: "two" })).toBeChecked();
  await tabTo(/^Edit two/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("form", { name: "Edit task" }).getByLabel("Title")).toBeFocused();
  await page.keyboard.type(" and a half");
  await page.keyboard.press("Enter");
  await expect(row(page, "two and a half")).toBeVisible();
  await tabTo(/^Actions for two and a half/);
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  await expect(row(page, "two and a half")).toHaveCount(0);
  await page
    .getByRole("listitem")
    .filter({ hasText: "Deleted" })
    .getByRole("button", { name: "Undo" })
    .focus();
  await page.keyboard.press("Enter");
  await expect(row(page, "two and a half")).toBeVisible();
  await kept(person, [
    { title: "two and a half", completed: true },
    { title: "one", completed: false },
  ]);
});

test("sorting and filters stand in the address, and the order is the server's", async ({
  page,
  person,
}) => {
  const tasks = [
    { title: "Zebra", due_date: "2026-12-03" },
    { title: "apple" },
    { title: "Äpfel", due_date: "2026-12-01" },
  ];
  for (const body of tasks) await person.api.createTask({ body });
  for (const [label, sort, order] of [
    ["Title", "title", "asc"],
    ["Due date", "due_date", "asc"],
  ] as const) {
    await page.goto("/tasks");
    await page.getByRole("combobox", { name: "Sort" }).selectOption({ label });
    await expect(page).toHaveURL(new RegExp(`sort=${sort}`));
    const { body } = await person.api.listTasks({ query: { sort, order } });
    const expected = body.map((task) => task.title);
    await expect(list(page).getByRole("button", { name: /^Edit / })).toHaveText(
      expected.map((title) => new RegExp(title)),
    );
    await page.reload();
    await expect(list(page).getByRole("button", { name: /^Edit / })).toHaveText(
      expected.map((title) => new RegExp(title)),
    );
  }
});
