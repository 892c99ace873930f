import type { Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { holdRequests } from "./support/hold.ts";
import { expect, type Person, test, workerless } from "./support/person.ts";

test.use(workerless);

const field = (page: Page) => page.getByRole("textbox", { name: "Add a task" });
const chips = (page: Page) => page.getByRole("list", { name: "Recognised" });
const stored = (person: Person) => async () => (await person.api.listTasks()).body;

/** A day so many days ahead, in the browser's zone by Playwright's settings. */
const inDays = (days: number) =>
  new Intl.DateTimeFormat("sv", { timeZone: "Europe/Berlin" }).format(
    Date.now() + days * 86_400_000,
  );

/** Holds the requests for scripts until the returned function is called. */
const holdScripts = (page: Page) => holdRequests(page, /\/_next\/static\/.*\.js/);

test("one line says title, day, time, tag and priority, and the cursor stays", async ({
  page,
  person,
}) => {
  await page.goto("/tasks");
  await field(page).pressSequentially("Pay rent tomorrow 9am #home !high");
  await expect(chips(page).getByRole("listitem")).toHaveText([
    "Tomorrow",
    "09:00",
    "home",
    "High priority",
  ]);
  await field(page).press("Enter");
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("");
  await expect(chips(page)).toBeHidden();
  const row = page.getByRole("list", { name: "Tasks" }).getByRole("listitem");
  await expect(row).toContainText("Pay rent");
  await expect(row).toContainText("High priority");
  await expect(row).toContainText("#home");
  await expect(row).toContainText("Tomorrow 09:00");
  await expect.poll(stored(person)).toMatchObject([
    {
      title: "Pay rent",
      due_date: inDays(1),
      due_time: "09:00",
      time_zone: null,
      tags: ["home"],
      priority: "high",
    },
  ]);
});

test("names stay names, and what is quoted or taken back stays in the title", async ({
  page,
  person,
}) => {
  await page.goto("/tasks");
  for (const title of ["Watch Saturday Night Live", "Buy a monitor", "March to the top"]) {
    await field(page).fill(title);
    await expect(chips(page)).toBeHidden();
    await field(page).press("Enter");
  }
  await field(page).fill('Read "tomorrow"');
  await expect(chips(page)).toBeHidden();
  await field(page).press("Enter");
  await field(page).fill("Sing tomorrow #choir");
  await chips(page).getByRole("button", { name: "Keep “tomorrow” in the title" }).click();
  await expect(field(page)).toBeFocused();
  await expect(chips(page).getByRole("listitem")).toHaveText(["choir"]);
  await field(page).press("Enter");
  await expect
    .poll(async () => (await stored(person)()).map(({ title, due_date }) => [title, due_date]))
    .toEqual([
      ["Sing tomorrow", null],
      ["Read tomorrow", null],
      ["March to the top", null],
      ["Buy a monitor", null],
      ["Watch Saturday Night Live", null],
    ]);
});

test("Enter before the line can be read waits for it, and loses nothing", async ({
  page,
  person,
}) => {
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await page.reload({ waitUntil: "commit" });
  const release = await holdScripts(page);
  await field(page).fill("Pay rent tomorrow");
  release();
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await field(page).press("Enter");
  await expect.poll(stored(person)).toMatchObject([{ title: "Pay rent", due_date: inDays(1) }]);
});

test("what is typed after Enter is the next line, also while the first waits to be read", async ({
  page,
  person,
}) => {
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  const release = await holdScripts(page);
  await field(page).pressSequentially("Pay rent tomorrow");
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("");
  await field(page).pressSequentially("Buy milk");
  release();
  await expect.poll(stored(person)).toMatchObject([{ title: "Pay rent", due_date: inDays(1) }]);
  await expect(field(page)).toHaveValue("Buy milk");
  await field(page).press("Enter");
  await expect.poll(stored(person)).toMatchObject([{ title: "Buy milk" }, { title: "Pay rent" }]);
});

test("time, priority and tags are edited in the form, and a day that goes takes its time along", async ({
  page,
  person,
}) => {
  const { body } = await person.api.createTask({
    body: { title: "Pay rent", due_date: inDays(1), due_time: "09:00", tags: ["home"] },
  });
  await page.goto("/tasks");
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Time").fill("18:30");
  await form.getByLabel("Priority").selectOption("Medium");
  await form.getByLabel("Tags").fill("#home, money money");
  await form.getByRole("button", { name: "Save task" }).click();
  const read = async () => (await person.api.getTask({ params: { id: body.id } })).body;
  await expect.poll(read).toMatchObject({
    due_time: "18:30",
    priority: "medium",
    tags: ["home", "money"],
  });
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  await form.getByRole("button", { name: "Clear date" }).click();
  await form.getByRole("button", { name: "Save task" }).click();
  await expect.poll(read).toMatchObject({ due_date: null, due_time: null, priority: "medium" });
});

declare global {
  /** Defined in the browser by `standingClock`. */
  var clockTime: string;
}

test.describe("the clock", () => {
  test.use({ timezoneId: "UTC" });

  const day = (ahead: number) =>
    new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

  test("[Q-3] a time that is past is tomorrow's, and its chip says so", async ({
    page,
    person,
  }) => {
    await page.clock.setFixedTime(`${day(0)}T15:00:00Z`);
    await page.goto("/tasks");
    await field(page).fill("Call Bob at 9am");
    await expect(chips(page).getByRole("listitem")).toHaveText(["Tomorrow 09:00"]);
    await field(page).fill("Call Bob at 4");
    await expect(chips(page).getByRole("listitem")).toHaveText(["Today 16:00"]);
    await field(page).press("Enter");
    await expect
      .poll(stored(person))
      .toMatchObject([{ title: "Call Bob", due_date: day(0), due_time: "16:00" }]);
  });

  /** Installs a clock that jumps without firing timers, as Playwright's own would. */
  async function standingClock(page: Page, start: string) {
    await page.addInitScript((time) => {
      globalThis.clockTime = time;
      const now = () => Number(new RealDate(globalThis.clockTime));
      const RealDate = Date;
      globalThis.Date = new Proxy(RealDate, {
        construct: (target, given, made) =>
          Reflect.construct(target, given.length === 0 ? [now()] : given, made),
        get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
      });
    }, start);
    return (time: string) =>
      page.evaluate((to) => {
        globalThis.clockTime = to;
      }, time);
  }

  test("[Q-5] the day is that of Enter, also of a line half typed at midnight", async ({
    page,
    person,
  }) => {
    await standingClock(page, `${day(0)}T23:59:58Z`);
    await page.goto("/tasks");
    await field(page).fill("Pay rent tomorrow");
    await expect(chips(page).getByRole("listitem")).toHaveText(["Tomorrow"]);
    // Midnight and Enter come in one task, so that nothing renders between them.
    await field(page).evaluate(
      (input: HTMLInputElement, time) => {
        globalThis.clockTime = time;
        input.form?.requestSubmit();
      },
      `${day(1)}T00:00:01Z`,
    );
    await expect.poll(stored(person)).toMatchObject([{ title: "Pay rent", due_date: day(2) }]);
  });

  test("[Q-5] a page that is shown again knows at once what day it is", async ({
    page,
    person,
  }) => {
    expect(person).toBeDefined();
    const jumpTo = await standingClock(page, `${day(0)}T10:00:00Z`);
    await page.goto("/tasks");
    await field(page).fill(`Pay rent ${day(1)}`);
    const chip = chips(page).getByRole("listitem");
    await expect(chip).toHaveText(["Tomorrow"]);
    await jumpTo(`${day(1)}T08:00:00Z`);
    const shown = await chip.evaluate(async (item) => {
      window.dispatchEvent(new Event("pageshow"));
      await new Promise((seen) => requestAnimationFrame(seen));
      const list = document.querySelector('[aria-label="Recognised"]');
      return (list ?? item).textContent;
    });
    expect(shown).toBe("Today");
  });
});

test("a line from right to left is written, marked and shown from the right", async ({
  page,
  person: _,
}) => {
  await page.goto("/tasks");
  await field(page).fill("לקנות חלב tomorrow #בית !high");
  await expect(chips(page).getByRole("listitem")).toHaveCount(3);
  const form = page.getByRole("form", { name: "Add a task" });
  const behind = form.locator("[aria-hidden]").filter({ has: page.locator("mark") });
  for (const text of [field(page), behind]) await expect(text).toHaveCSS("direction", "rtl");
  const places = await form
    .locator("mark")
    .evaluateAll((marks) => marks.map((mark) => mark.getBoundingClientRect().x));
  expect(places, "each further to the left").toEqual(places.toSorted((a, b) => b - a));
  await field(page).fill("Buy milk tomorrow");
  for (const text of [field(page), behind]) await expect(text).toHaveCSS("direction", "ltr");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`chips, rows and the form have no axe violation, ${colorScheme}`, async ({
    page,
    person,
  }) => {
    await page.emulateMedia({ colorScheme });
    for (const priority of ["low", "medium", "high"] as const) {
      await person.api.createTask({
        body: {
          title: `Of ${priority} priority`,
          due_date: inDays(-1),
          due_time: "09:00",
          tags: ["home", "a-rather-long-tag-that-needs-room"],
          priority,
        },
      });
    }
    await page.goto("/tasks");
    await field(page).fill("Pay rent tomorrow 9am #home !high");
    await expect(chips(page)).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Edit Of low priority" }).click();
    await expect(page.getByLabel("Tags")).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
  });
}
