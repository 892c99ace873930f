import type { Locator, Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { networkAtRest } from "./support/network.ts";
import { expect, type Person, test, workerless } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

test.use(workerless);

const many = 1500;

/** Makes as many tasks, of which the list begins with "Task 1"; each seventh is high. */
async function makeTasks({ api }: Person, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const operations = Array.from({ length: Math.min(100, count - from) }, (_, index) => {
      const number = count - from - index;
      const isLow = number % 3 !== 0;
      const title = isLow
        ? `Task ${number}`
        : `Task ${number}, ${"on several lines, ".repeat(8).trim()}`;
      return { operation: "create" as const, task: { title, completed: number % 50 === 0 } };
    });
    await api.batchTasks({ body: { operations } });
  }
}

const title = (number: number) => new RegExp(`^Task ${number}(,|$)`);
const box = (page: Page, number: number) => page.getByRole("checkbox", { name: title(number) });
const row = (page: Page, number: number) => rows(page).filter({ has: box(page, number) });
const topOf = async (element: Locator) => (await element.boundingBox())?.y ?? Number.NaN;

/** Opens a list that is whole and drawn in part. */
async function open(page: Page, person: Person, path = "/tasks", count = many): Promise<void> {
  await makeTasks(person, count);
  await page.goto(path);
  const shown = path.includes("status=pending") ? count - Math.floor(count / 50) : count;
  await expect(rows(page).last()).toHaveAttribute("aria-setsize", String(shown));
  await expectWindow(page);
}

const expectWindow = (page: Page) =>
  expect.poll(() => page.locator("[data-task]").count()).toBeLessThan(80);

/** Scrolls until this task is in the middle of the screen, without a move of the focus. */
async function scrollToTask(page: Page, number: number, place = number): Promise<void> {
  const scrollOnce = (place: number) => {
    const awayFrom = (row: HTMLElement) => place - 1 - Number(row.dataset.index);
    const [nearest] = [...document.querySelectorAll<HTMLElement>("[data-index]")].sort(
      (a, b) => Math.abs(awayFrom(a)) - Math.abs(awayFrom(b)),
    );
    if (!nearest) return false;
    const { top } = nearest.getBoundingClientRect();
    if (awayFrom(nearest) === 0 && top > 100 && top < innerHeight - 100) return true;
    scrollBy({ top: top + awayFrom(nearest) * 49 - innerHeight / 2, behavior: "instant" });
    return false;
  };
  await expect.poll(() => page.evaluate(scrollOnce, place)).toBe(true);
  await expect(box(page, number)).toBeInViewport();
}

test("only what is in sight is drawn, each row says its place, and the end is reached", async ({
  page,
  person,
}) => {
  await open(page, person);
  for (const number of [1, 400, 900, 1400]) {
    await scrollToTask(page, number);
    await expectWindow(page);
    await expect(row(page, number)).toHaveAttribute("aria-posinset", String(number));
    await expect(row(page, number)).toHaveAttribute("aria-setsize", String(many));
  }
  await page.evaluate(() => scrollTo({ top: document.body.scrollHeight, behavior: "instant" }));
  await expect(box(page, many)).toBeInViewport();
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(10_000);
  expect(await axeViolations(page)).toEqual([]);
});

test("the rows lie one under the other, whatever their heights", async ({ page, person }) => {
  await open(page, person);
  await scrollToTask(page, 700);
  await scrollToTask(page, 690);
  const gaps = await page.evaluate(() => {
    const inSight = [...document.querySelectorAll<HTMLElement>("[data-index]")].filter((row) => {
      const { bottom, top } = row.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    return inSight.slice(1).map((row, nth) => {
      const before = inSight[nth];
      const isNext = Number(row.dataset.index) - Number(before?.dataset.index) === 1;
      return isNext
        ? row.getBoundingClientRect().top - (before?.getBoundingClientRect().bottom ?? 0)
        : "a row is missing";
    });
  });
  expect(gaps.length).toBeGreaterThan(5);
  expect(gaps.filter((gap) => gap !== 0)).toEqual([]);
});

test("keys reach rows that are not drawn: End, Home, j, k and held arrows", async ({
  page,
  person,
}) => {
  await open(page, person);
  await box(page, 1).focus();
  await page.keyboard.press("End");
  await expect(box(page, many)).toBeFocused();
  await expect(box(page, many)).toBeInViewport();
  for (const number of [many - 1, many - 2, many - 3]) {
    await page.keyboard.press(number % 2 === 0 ? "k" : "ArrowUp");
    await expect(box(page, number)).toBeFocused();
  }
  await page.keyboard.press("Home");
  await expect(box(page, 1)).toBeFocused();
  await expect(box(page, 1)).toBeInViewport();
  for (let nth = 0; nth < 120; nth++) await page.keyboard.press(nth % 2 === 0 ? "j" : "ArrowDown");
  await expect(box(page, 121)).toBeFocused();
  await expect(box(page, 121)).toBeInViewport();
  await expectWindow(page);
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: /^Actions for Task 120,/ })).toBeFocused();
});

test("the row with the focus stays, wherever one scrolls, and goes on from its place", async ({
  page,
  person,
}) => {
  await open(page, person);
  await scrollToTask(page, 300);
  await box(page, 300).focus();
  for (const number of [1200, 10]) {
    await scrollToTask(page, number);
    await expect(box(page, 300)).toBeFocused();
    await expectWindow(page);
  }
  await page.keyboard.press("ArrowDown");
  await expect(box(page, 301)).toBeFocused();
  await expect(box(page, 301)).toBeInViewport();
});

test("the form stays with what was typed, wherever one scrolls", async ({ page, person }) => {
  await open(page, person);
  await page.getByRole("button", { name: "Edit Task 4", exact: true }).click();
  const field = page.getByRole("form", { name: "Edit task" }).getByLabel("Title");
  await field.fill("Task 4 with an end");
  await scrollToTask(page, 1000);
  await expect(field).toBeFocused();
  await page.keyboard.type(" typed from afar");
  await expect(field).toHaveValue("Task 4 with an end typed from afar");
  await expect(field).toBeInViewport();
});

test("the focus goes on to the next when its task is deleted, or leaves its tab", async ({
  page,
  person,
}) => {
  await open(page, person, "/tasks?status=pending");
  // Fourteen tasks before it are completed.
  await scrollToTask(page, 701, 687);
  await box(page, 701).focus();
  const top = await topOf(row(page, 701));
  await page.keyboard.press("Delete");
  await expect(box(page, 702)).toBeFocused();
  await expect.poll(() => topOf(row(page, 702))).toBeCloseTo(top, 0);
  await page.keyboard.press("Control+z");
  await expect(box(page, 701)).toBeInViewport();
  await page.keyboard.press("Space");
  await expect(box(page, 702)).toBeChecked();
  await expect(box(page, 702)).toHaveCount(0);
  await expect(box(page, 703)).toBeFocused();
  await expect(box(page, 703)).toBeInViewport();
});

test("nothing jumps when tasks come or go above what is read", async ({
  page,
  person,
  context,
}) => {
  await open(page, person);
  const other = await context.newPage();
  await other.goto("/tasks");
  await scrollToTask(page, 800);
  const top = await topOf(row(page, 800));
  await other.getByRole("textbox", { name: "Add a task" }).fill("One more");
  await other.keyboard.press("Enter");
  await expect(row(page, 800)).toHaveAttribute("aria-posinset", "801");
  expect(await topOf(row(page, 800))).toBeCloseTo(top, 0);
  await other.getByRole("checkbox", { name: "Task 2", exact: true }).focus();
  await other.keyboard.press("Delete");
  await expect(row(page, 800)).toHaveAttribute("aria-posinset", "800");
  expect(await topOf(row(page, 800))).toBeCloseTo(top, 0);
  // At the top what is new is seen.
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await other.getByRole("textbox", { name: "Add a task" }).fill("And another");
  await other.keyboard.press("Enter");
  await expect(page.getByRole("checkbox", { name: "And another" })).toBeInViewport();
});

test("on paper all rows stand, and the page is afterwards as before", async ({ page, person }) => {
  await open(page, person);
  await scrollToTask(page, 500);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(rows(page)).toHaveCount(many);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await expectWindow(page);
  await expect(rows(page).last()).toContainText("Task 1500");
});

test("the key of the browser's search opens ours, which says why; again it is the browser's", async ({
  page,
  person,
}) => {
  await open(page, person);
  await page.evaluate(() => {
    addEventListener("keydown", ({ key, defaultPrevented }) => {
      if (key === "f") document.title = defaultPrevented ? "ours" : "the browser's";
    });
  });
  const field = page.getByRole("searchbox", { name: "Search tasks" });
  const why = page.getByText(/^This searches all tasks/);
  await expect(why).toHaveCount(0);
  await page.keyboard.press("Control+f");
  await expect(page).toHaveTitle("ours");
  await expect(field).toBeFocused();
  await expect(why).toBeInViewport({ ratio: 1 });
  await expect(field).toHaveAccessibleDescription(/^This searches all tasks/);
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press("Control+f");
  await expect(page).toHaveTitle("the browser's");
  await page.keyboard.type("1499");
  await expect(box(page, 1499)).toBeInViewport();
  await expect(rows(page)).toHaveCount(1);
  // A list that is drawn as a whole is searched by the browser.
  await box(page, 1499).focus();
  await expect(why).toHaveCount(0);
  await page.evaluate(() => {
    document.title = "";
  });
  await page.keyboard.press("Control+f");
  await expect(page).toHaveTitle("the browser's");
  await expect(field).not.toBeFocused();
});

/** The place in the list, counted from zero, of the row in the middle of the screen. */
const placeInSight = (page: Page) =>
  page.evaluate(() => {
    const row = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("[data-index]");
    return Number(row?.getAttribute("data-index") ?? Number.NaN);
  });

test("Back from a search finds the place that one left", async ({ page, person }) => {
  await open(page, person);
  await scrollToTask(page, 900);
  const place = await placeInSight(page);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("1");
  await expect(box(page, 10)).toBeInViewport();
  await page.keyboard.type("499");
  await expect(rows(page)).toHaveCount(1);
  await page.goBack();
  // The middle of the screen may lie between two rows.
  const away = async () => Math.abs((await placeInSight(page)) - place);
  await expect.poll(away).toBeLessThanOrEqual(1);
});

test("[T-18] by hand: keys move a row over the edge of what is drawn, and the focus with it", async ({
  page,
  person,
}) => {
  await open(page, person, "/tasks?sort=position", 600);
  await expect(page.getByTitle("Drag to move").first()).toBeAttached();
  await box(page, 1).focus();
  for (let nth = 0; nth < 60; nth++) await page.keyboard.press("Alt+ArrowDown");
  await expect(row(page, 1)).toHaveAttribute("aria-posinset", "61");
  await expect(box(page, 1)).toBeFocused();
  await expect(box(page, 1)).toBeInViewport();
  await page.keyboard.press("End");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(box(page, 600)).toBeFocused();
  await expect(row(page, 600)).toHaveAttribute("aria-posinset", "599");
  await page.keyboard.press("Home");
  await expect(box(page, 2)).toBeFocused();
});

test("[T-18] by hand: a row is dragged to where none was drawn, and Undo shows it in its place", async ({
  page,
  person,
}) => {
  await open(page, person, "/tasks?sort=position", 600);
  await expect(page.getByTitle("Drag to move").first()).toBeAttached();
  await row(page, 2).hover();
  const handle = await row(page, 2).getByTitle("Drag to move").boundingBox();
  if (!handle) throw new Error("The handle is not on the screen.");
  const x = handle.x + handle.width / 2;
  await page.mouse.move(x, handle.y + handle.height / 2);
  await page.mouse.down();
  const { height } = page.viewportSize() ?? { height: 0 };
  const holdAt = async (y: number) => {
    for (const nearer of [6, 4, 2, 0]) await page.mouse.move(x, y - nearer);
  };
  await holdAt(height / 2);
  await holdAt(height - 8);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(5000);
  await holdAt(height / 2);
  await page.mouse.up();
  await expect(
    page.getByRole("status").filter({ hasText: /^Moved: Task 2, \d+ of 600$/ }),
  ).toHaveCount(1);
  await expect(box(page, 2)).toBeInViewport();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, 2)).toHaveAttribute("aria-posinset", "2");
  await expect(box(page, 2)).toBeInViewport();
});

test("a long trash too: the end is reached, and the focus goes on from what is restored", async ({
  page,
  person,
}) => {
  await makeTasks(person, 300);
  const { body } = await person.api.listTasks({ query: { limit: "300" } });
  for (let from = 0; from < body.length; from += 100) {
    const operations = body
      .slice(from, from + 100)
      .map(({ id }) => ({ operation: "delete" as const, id }));
    await person.api.batchTasks({ body: { operations } });
  }
  await page.goto("/tasks?status=trashed");
  const deleted = page.getByRole("list", { name: "Deleted tasks" }).getByRole("listitem");
  await expect(deleted.last()).toHaveAttribute("aria-posinset", "300");
  await expectWindow(page);
  const restore = deleted.last().getByRole("button", { name: /^Restore/ });
  await restore.focus();
  await expect(restore).toBeInViewport();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(deleted.last()).toHaveAttribute("aria-posinset", "299");
  await expect(deleted.last().getByRole("button", { name: /^Restore/ })).toBeFocused();
});

test("nothing moves when the window takes the place of the first rows", async ({
  page,
  person,
}) => {
  await makeTasks(person, many);
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      // The cast is for layout-shift entries, which TypeScript does not know.
      for (const { value } of list.getEntries() as (PerformanceEntry & { value: number })[]) {
        globalThis.shifted += value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto("/tasks");
  await expect(rows(page).last()).toHaveAttribute("aria-posinset", String(many));
  await expectWindow(page);
  // As it stands on the device: all at once.
  await page.reload();
  await expect(rows(page).last()).toHaveAttribute("aria-posinset", String(many));
  await page.evaluate(() => new Promise((seen) => requestIdleCallback(() => seen(undefined))));
  expect(await page.evaluate(() => globalThis.shifted)).toBeLessThan(0.005);
});

declare global {
  /** How far the page has moved by itself, as the browser counts it. */
  var shifted: number;
}

test.describe("without the service worker, which has the script", () => {
  test.use({ serviceWorkers: "block" });

  test("the first rows stand where the script of the window does not come, and it is said", async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(/status of 404/, /ChunkLoadError|Failed to load chunk/);
    await makeTasks(person, 90);
    await page.goto("/tasks");
    await expect(rows(page)).toHaveCount(90);
    await networkAtRest(page);
    const files = /\/_next\/static\//;
    await page.route(files, (route) => route.fulfill({ status: 404, body: "Not found" }));
    await makeTasks(person, 200);
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await expect(
      page.getByRole("alert").getByText(/^The rest of the list could not be loaded/),
    ).toBeVisible();
    await expect(rows(page)).toHaveCount(100);
    await page.unroute(files);
    await Promise.all([
      page.waitForEvent("load"),
      page.getByRole("button", { name: "Reload" }).click(),
    ]);
    await expect(rows(page).last()).toHaveAttribute("aria-posinset", "290");
  });
});
