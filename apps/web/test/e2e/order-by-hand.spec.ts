import type { Locator, Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { holdRequests } from "./support/hold.ts";
import { expect, type Person, test } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

const row = (page: Page, title: string) =>
  rows(page).filter({ has: page.getByRole("checkbox", { name: title, exact: true }) });
const box = (page: Page, title: string) => page.getByRole("checkbox", { name: title, exact: true });
const handle = (page: Page, title: string) => row(page, title).getByTitle("Drag to move");
const said = (page: Page) => page.getByRole("status").filter({ hasText: /./ });

/** The titles on the screen, in their order. */
const titlesInOrder = (page: Page) =>
  page
    .getByRole("list", { name: "Tasks" })
    .getByRole("checkbox")
    .evaluateAll((boxes) =>
      boxes.map(
        (box) => document.getElementById(box.getAttribute("aria-labelledby") ?? "")?.textContent,
      ),
    );
const expectOrder = (page: Page, order: string) =>
  expect.poll(async () => (await titlesInOrder(page)).join("")).toBe(order);

/** Waits until the server has the tasks in this order. */
const expectStored = (person: Person, order: string, status: "all" | "pending" = "all") =>
  expect
    .poll(async () => {
      const { body } = await person.api.listTasks({ query: { sort: "position", status } });
      return body.map(({ title }) => title).join("");
    })
    .toBe(order);

/** Makes the tasks A to E, in this order, and opens a page. */
async function open(page: Page, person: Person, path = "/tasks?sort=position"): Promise<void> {
  for (const title of "EDCBA") await person.api.createTask({ body: { title } });
  await page.goto(path);
  await expect(page.getByRole("button", { name: /^Actions for / }).first()).toBeEnabled();
}

async function ready(page: Page): Promise<void> {
  await expect(page.getByTitle("Drag to move").first()).toBeAttached();
}

const middleOf = async (element: Locator) => {
  const box = await element.boundingBox();
  if (!box) throw new Error("It is not on the screen.");
  const { x, y, width, height } = box;
  return { x: x + width / 2, y: y + height / 2, height };
};

/** Drags a row by its handle to the upper or lower half of another, and holds it there. */
async function drag(page: Page, title: string, side: "above" | "below", target: string) {
  await row(page, title).hover();
  const from = await middleOf(handle(page, title));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const to = await middleOf(row(page, target));
  const y = to.y + (side === "above" ? -0.25 : 0.25) * to.height;
  await page.mouse.move(from.x, (from.y + y) / 2, { steps: 4 });
  await page.mouse.move(to.x, y, { steps: 4 });
  await expect(row(page, target).locator(".bg-accent")).toBeVisible();
}

test("[T-18] a row is dragged to where the line is; it stays there after a reload", async ({
  page,
  person,
}) => {
  await open(page, person);
  await ready(page);
  await drag(page, "A", "below", "C");
  await page.mouse.up();
  await expectOrder(page, "BCADE");
  await expect(said(page)).toHaveText("Moved: A, 3 of 5");
  await expectStored(person, "BCADE");
  await drag(page, "E", "above", "B");
  await page.mouse.up();
  await expectOrder(page, "EBCAD");
  await drag(page, "E", "below", "D");
  await page.mouse.up();
  await expectOrder(page, "BCADE");
  await expectStored(person, "BCADE");
  await page.reload();
  await expectOrder(page, "BCADE");
});

test("[T-18] Escape ends a drag, and a row that is dropped where it was stays", async ({
  page,
  person,
}) => {
  await open(page, person);
  await ready(page);
  await drag(page, "A", "below", "C");
  await page.keyboard.press("Escape");
  await expect(page.locator("li .bg-accent")).toHaveCount(0);
  await page.mouse.up();
  await drag(page, "B", "above", "C");
  await page.mouse.up();
  await expectOrder(page, "ABCDE");
  await expect(said(page)).toHaveCount(0);
  const { body } = await person.api.listTasks();
  expect(body.map(({ version }) => version)).toEqual([1, 1, 1, 1, 1]);
});

test("[T-18] a move is taken back by its message, and by the key", async ({ page, person }) => {
  await open(page, person);
  await ready(page);
  await drag(page, "D", "above", "A");
  await page.mouse.up();
  await expectOrder(page, "DABCE");
  await page.getByRole("button", { name: "Undo" }).click();
  await expectOrder(page, "ABCDE");
  await expectStored(person, "ABCDE");
  await box(page, "B").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expectOrder(page, "ACBDE");
  await expect(box(page, "B")).toBeFocused();
  await page.keyboard.press("Control+z");
  await expectOrder(page, "ABCDE");
  await expect(box(page, "B")).toBeFocused();
  await expectStored(person, "ABCDE");
});

test("[T-18] by keys: up and down, the focus stays with the task, the ends are said", async ({
  page,
  person,
}) => {
  await open(page, person);
  await ready(page);
  await box(page, "A").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.getByText("It is the first already")).toBeVisible();
  for (const order of ["BACDE", "BCADE", "BCDAE", "BCDEA"]) {
    await page.keyboard.press("Alt+ArrowDown");
    await expectOrder(page, order);
    await expect(box(page, "A")).toBeFocused();
  }
  await expect(said(page)).toHaveText("Moved: A, 5 of 5");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByText("It is the last already")).toBeVisible();
  await page.keyboard.press("Alt+ArrowUp");
  await expectOrder(page, "BCDAE");
  await expectStored(person, "BCDAE");
  // A new task still comes on top.
  await page.keyboard.press("n");
  await page.keyboard.type("N");
  await page.keyboard.press("Enter");
  await expectOrder(page, "NBCDAE");
  await expectStored(person, "NBCDAE");
});

test("[T-18] by the menu of the row, without dragging", async ({ page, person }) => {
  await open(page, person);
  await ready(page);
  const menuOf = (title: string) => page.getByRole("button", { name: `Actions for ${title}` });
  await menuOf("C").click();
  await expect(page.getByRole("menuitem")).toHaveText([
    "Edit task",
    "Move up",
    "Move down",
    "Delete task",
  ]);
  await page.getByRole("menuitem", { name: "Move up" }).click();
  await expectOrder(page, "ACBDE");
  await expect(menuOf("C")).toBeFocused();
  await menuOf("C").click();
  await page.getByRole("menuitem", { name: "Move down" }).click();
  await expectOrder(page, "ABCDE");
  await expect(menuOf("C")).toBeFocused();
  await expectStored(person, "ABCDE");
});

test("[T-18] in another order or in a search nothing moves, and it is said why", async ({
  page,
  person,
}) => {
  await open(page, person, "/tasks");
  await box(page, "B").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByText("Sort by hand to move tasks")).toBeVisible();
  await page.getByRole("button", { name: "Actions for B" }).click();
  await expect(page.getByRole("menuitem")).toHaveText(["Edit task", "Delete task"]);
  await page.keyboard.press("Escape");
  await expect(page.getByTitle("Drag to move")).toHaveCount(0);
  await page.getByRole("combobox", { name: "Sort" }).selectOption("By hand");
  await expect(page).toHaveURL("/tasks?sort=position");
  await ready(page);
  await page.goto("/tasks?sort=position&q=B");
  await expect(rows(page)).toHaveCount(1);
  // The announcement of the list comes first, before the one for the key.
  await expect(said(page)).toHaveText("1 task found");
  await box(page, "B").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByText("Clear the search to move tasks")).toBeVisible();
  await expectStored(person, "ABCDE");
});

test("[T-18] among the pending, a move is beside those that are shown", async ({
  page,
  person,
}) => {
  await open(page, person);
  const { body } = await person.api.listTasks({ query: { q: "B" } });
  await person.api.completeTask({ params: { id: body[0]?.id ?? "" } });
  await page.goto("/tasks?sort=position&status=pending");
  await ready(page);
  await box(page, "D").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expectOrder(page, "ADCE");
  await expect(said(page)).toHaveText("Moved: D, 2 of 4");
  await expectStored(person, "ADCE", "pending");
});

test("[T-18] two tabs move into one gap at once: both see one order, and nobody is asked", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(/status of 412/);
  await open(page, person);
  await ready(page);
  const other = await page.context().newPage();
  await other.goto("/tasks?sort=position");
  await ready(other);
  await box(page, "D").focus();
  await box(other, "E").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expectOrder(page, "ABDCE");
  // Both tasks go between A and B; the other tab may know of the first move or not.
  await Promise.all([page.keyboard.press("Alt+ArrowUp"), other.keyboard.press("Alt+ArrowUp")]);
  await expect
    .poll(async () =>
      (await person.api.listTasks()).body.every(
        ({ position }, _, all) => all.filter((one) => one.position === position).length === 1,
      ),
    )
    .toBe(true);
  // One task is moved from both tabs at once: the last move wins.
  await box(other, "D").focus();
  await Promise.all([page.keyboard.press("Alt+ArrowDown"), other.keyboard.press("Alt+ArrowDown")]);
  await page.reload();
  await other.reload();
  await ready(page);
  await ready(other);
  const order = (await titlesInOrder(page)).join("");
  expect([...order].sort().join("")).toBe("ABCDE");
  await expectOrder(other, order);
  await expectStored(person, order);
  for (const tab of [page, other]) await expect(tab.getByText("Not saved")).toHaveCount(0);
});

test("[T-18] a move without a network is kept over a reload and sent when there is one", async ({
  page,
  person,
  context,
}) => {
  await open(page, person);
  await ready(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await box(page, "C").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expectOrder(page, "ACBDE");
  await expectStored(person, "ABCDE");
  await context.setOffline(false);
  await expectStored(person, "ACBDE");
  await page.reload();
  await expectOrder(page, "ACBDE");
});

test("[T-18] a move of a task that was deleted elsewhere does not bring it back", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(/status of 404/);
  // The page does not learn of the delete before the move.
  await holdRequests(page, /\/tasks\/changes/);
  // Nor by the trash, which it reads before.
  const trash = page.waitForResponse(/[?&]status=trashed/);
  await open(page, person);
  await ready(page);
  await trash;
  const { body } = await person.api.listTasks({ query: { q: "C" } });
  await person.api.deleteTask({ params: { id: body[0]?.id ?? "" } });
  await box(page, "C").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(rows(page)).toHaveCount(4);
  await expectStored(person, "ABDE");
  await expectOrder(page, "ABDE");
});

test("[T-18] in a list of 300, a row is dragged; the list scrolls along", async ({
  page,
  person,
}) => {
  for (let from = 0; from < 300; from += 100) {
    const operations = Array.from({ length: 100 }, (_, index) => {
      const title = `Task ${300 - from - index}`;
      return { operation: "create" as const, task: { title } };
    });
    await person.api.batchTasks({ body: { operations } });
  }
  await page.goto("/tasks?sort=position");
  await ready(page);
  await expect
    .poll(async () => (await titlesInOrder(page)).slice(0, 3))
    .toEqual(["Task 1", "Task 2", "Task 3"]);
  await drag(page, "Task 2", "below", "Task 5");
  await page.mouse.up();
  await expect
    .poll(async () => (await titlesInOrder(page)).slice(0, 5))
    .toEqual(["Task 1", "Task 3", "Task 4", "Task 5", "Task 2"]);
  await expect(said(page)).toHaveText("Moved: Task 2, 5 of 300");
  // The list scrolls while the row is held near the lower edge.
  await row(page, "Task 1").hover();
  const from = await middleOf(handle(page, "Task 1"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const { height } = page.viewportSize() ?? { height: 0 };
  // A drag event needs a move over the same element.
  const holdAt = async (y: number) => {
    for (const nearer of [6, 4, 2, 0]) await page.mouse.move(from.x, y - nearer);
  };
  await holdAt(height / 2);
  await holdAt(height - 8);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(1000);
  await holdAt(height / 2);
  await page.mouse.up();
  await expect(said(page)).toHaveText(/^Moved: Task 1, \d+ of 300$/);
  await expect.poll(async () => (await titlesInOrder(page))[0]).toBe("Task 3");
  await expect(box(page, "Task 1")).toBeInViewport();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test("the order by hand has no axe violation, its menu and the help neither", async ({
      page,
      person,
    }) => {
      await open(page, person);
      await ready(page);
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole("button", { name: "Actions for B" }).click();
      await expect(page.getByRole("menuitem", { name: "Move down" })).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await box(page, "B").focus();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog").getByText("Move down")).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
    });
  });
}
