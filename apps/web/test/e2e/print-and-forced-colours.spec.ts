import { expect, test, workerless } from "./support/person.ts";

test.use(workerless);

test("on paper: the tasks alone, each with its box, dark on white, and all of a long list", async ({
  page,
  person,
}) => {
  const operations = Array.from({ length: 250 }, (_, index) => ({
    operation: "create" as const,
    task: { title: `Task ${index}` },
  }));
  for (let start = 0; start < operations.length; start += 100) {
    await person.api.batchTasks({ body: { operations: operations.slice(start, start + 100) } });
  }
  await page.goto("/tasks?status=pending");
  const rows = page.getByRole("list", { name: "Tasks" }).getByRole("listitem");
  await expect(rows.last()).toHaveAttribute("aria-posinset", "250");
  await expect(page.getByText("250 left")).toBeVisible();
  await page.getByRole("combobox", { name: "Sort" }).selectOption("By hand");
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "dark";
  });

  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(rows).toHaveCount(250);
  await expect(page.getByRole("checkbox", { name: "Task 249", exact: true })).toBeVisible();
  for (const part of ["banner", "searchbox", "navigation", "textbox", "combobox"] as const) {
    await expect(page.getByRole(part)).toHaveCount(0);
  }
  for (const name of [/^Actions for/, "Add task", "Filters"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await expect(page.getByTitle("Drag to move").first()).toBeHidden();
  const background = await page.evaluate(() => getComputedStyle(document.body).colorScheme);
  expect(background).toBe("light");
});

test("in forced colours: what is open is not struck through, and what is chosen is marked", async ({
  page,
  person,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  const { body } = await person.api.createTask({ body: { title: "Buy stamps" } });
  await person.api.completeTask({ params: { id: body.id } });
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/tasks");
  const line = (title: string) =>
    page.getByText(title, { exact: true }).evaluate((element) => {
      const { textDecorationLine } = getComputedStyle(element);
      return textDecorationLine;
    });
  expect(await line("Pay rent")).toBe("none");
  expect(await line("Buy stamps")).toBe("line-through");
  const tabs = page.getByRole("navigation", { name: "Filter" });
  for (const [name, mark] of [
    ["All 2", "underline"],
    ["Pending 1", "none"],
  ] as const) {
    await expect(tabs.getByRole("link", { name })).toHaveCSS("text-decoration-line", mark);
  }
  const add = page.getByRole("button", { name: "Add task" });
  await expect(add).toHaveCSS("border-top-width", "1px");
});
