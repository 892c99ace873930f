import type { Page } from "@playwright/test";
import { expectKept, leaveDatabase, workerReady } from "./support/device.ts";
import { expect, type Person, test } from "./support/person.ts";

const row = (page: Page, title: string) =>
  page.getByRole("list", { name: "Tasks" }).getByRole("listitem").filter({ hasText: title });
const titlesOf = async ({ api }: Person) =>
  (await api.listTasks()).body.map(({ title }) => title).toSorted();

/** Puts values into local storage before the next page begins. */
const store = (page: Page, entries: Readonly<Record<string, string>>) =>
  page.evaluate((given) => {
    for (const [key, value] of Object.entries(given)) localStorage.setItem(key, value);
  }, entries);

/** Signs in, on a page of the app that touches no storage. */
async function visitor(page: Page, person: Person): Promise<string> {
  const { body } = await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/no-such-page");
  return body.owner_user_id;
}

const id = (number: number) => `0199d3c2-6f1e-7a54-9b0e-${String(number).padStart(12, "0")}`;
const task = (number: number, more: object = {}) => ({
  id: id(number),
  owner_user_id: "x",
  title: `Task ${number}`,
  description: null,
  completed: false,
  due_date: null,
  created_at: "2026-11-24T09:30:00.000Z",
  updated_at: "2026-11-24T09:30:00.000Z",
  ...more,
});

test("damaged values in local storage: the app opens, and what can be read is sent", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(/status of (?:404|422)/);
  const user = await visitor(page, person);
  const key = (kind: string, which: string) => `tend:${kind}:${user}:${which}`;
  const change = (number: number, kind: string, more: object = {}, fields: object = {}) => [
    key("change", id(number)),
    JSON.stringify({ id: id(number), kind, task: task(number, fields), ...more }),
  ];
  await store(page, {
    ...Object.fromEntries([
      change(1, "create"),
      change(2, "create", {}, { tags: 5, priority: "huge", due_date: "2026-13-45", position: {} }),
      change(3, "create", {}, { created_at: "yesterday", updated_at: null, completed: "no" }),
      change(4, "burn"),
      change(5, "set", { fields: "title" }),
      change(6, "delete", { send_at: "soon" }),
    ]),
    [key("change", "truncated")]: JSON.stringify({
      id: id(7),
      kind: "create",
      task: task(7),
    }).slice(0, 90),
    [key("change", "list")]: "[1, 2]",
    [key("removed", "of nothing")]: "",
    [key("draft", "edit:x")]: JSON.stringify({ task: task(8, { tags: {} }), edit: { title: 5 } }),
    [key("draft", "edit:y")]: "{",
    [key("draft", "new")]: "Buy mil",
    "tend:here": "somebody else",
    "tend:nonsense": "x".repeat(500_000),
  });
  await page.goto("/tasks");
  await expect(row(page, "Pay rent")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Add a task" })).toHaveValue("Buy mil");
  await expect.poll(() => titlesOf(person)).toEqual(["Pay rent", "Task 1", "Task 2", "Task 3"]);
  const left = await page.evaluate(() => Object.keys(localStorage));
  expect(left).toContain(key("change", "truncated"));
  expect(left).toContain(key("change", id(4)));
});

test("databases of another version, without their store, or with junk: the app opens and keeps", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  foreseen.push(/status of 404/);
  const user = await visitor(page, person);
  const own = `tend:${user}`;
  await leaveDatabase(page, own, 9, ["other"]);
  await leaveDatabase(page, "tend-changes", 4, []);
  await page.goto("/tasks");
  await expectKept(page, ["Pay rent"]);
  await context.setOffline(true);
  await page.reload();
  await expect(row(page, "Pay rent")).toBeVisible();
  await page.getByRole("textbox", { name: "Add a task" }).fill("Written offline");
  await page.keyboard.press("Enter");
  await expect(row(page, "Written offline")).toBeVisible();
  await page.reload();
  await expect(row(page, "Written offline")).toBeVisible();
  await context.setOffline(false);
  await expect.poll(() => titlesOf(person)).toEqual(["Pay rent", "Written offline"]);

  await page.goto("/no-such-page");
  await leaveDatabase(
    page,
    "tend-changes",
    2,
    ["changes"],
    [
      [[user, "1"], null],
      [[user, "2"], { id: 5 }],
      [
        [user, "3"],
        { id: id(21), kind: "create", task: task(21, { tags: "home", description: 5 }) },
      ],
      [[user, id(20)], { id: id(20), kind: "create", task: task(20) }],
    ],
  );
  await leaveDatabase(
    page,
    "tend",
    1,
    ["lists"],
    [
      [
        user,
        { format: 1, user: { id: user }, complete: "yes", counts: 7, tasks: [task(30), null] },
      ],
      ["another", 5],
    ],
  );
  await page.evaluate((name) => indexedDB.deleteDatabase(name), own);
  await context.setOffline(true);
  await page.goto("/tasks");
  for (const title of ["Task 30", "Task 20", "Task 21"])
    await expect(row(page, title)).toBeVisible();
  await context.setOffline(false);
  await expect
    .poll(() => titlesOf(person))
    .toEqual(["Pay rent", "Task 20", "Task 21", "Written offline"]);
  await workerReady(page);
  await expect(row(page, "Pay rent")).toBeVisible();
  await expect(row(page, "Task 30")).toHaveCount(0);
});
