import type { Page } from "@playwright/test";
import { expect, noNetwork, type Person, test, workerless } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

test.use(workerless);

const row = (page: Page, title: string) => rows(page).filter({ hasText: title });
const notice = (page: Page) => page.getByText("This browser keeps nothing of Tend");
const losing = (page: Page) => page.getByText("This browser has no room for what you typed");
const titlesOf = async ({ api }: Person) =>
  (await api.listTasks()).body.map(({ title }) => title).toSorted();

/** Both forms of the addresses of tasks. */
const tasksAddress = /\/api\/([^/]+\/)?tasks(?=[/?]|$)/;

async function add(page: Page, title: string): Promise<void> {
  await page.getByRole("textbox", { name: "Add a task" }).fill(title);
  await page.keyboard.press("Enter");
  await expect(row(page, title)).toBeVisible();
}

const browsers = {
  "has no IndexedDB": () => {
    Object.defineProperty(window, "indexedDB", { value: undefined });
  },
  "forbids IndexedDB": () => {
    Object.defineProperty(window, "indexedDB", {
      get() {
        throw new DOMException("Denied", "SecurityError");
      },
    });
  },
  "never opens IndexedDB": () => {
    const silence = () => Object.setPrototypeOf(new EventTarget(), IDBOpenDBRequest.prototype);
    IDBFactory.prototype.open = silence;
    IDBFactory.prototype.databases = () => new Promise(() => {});
  },
};

for (const [name, spoil] of Object.entries(browsers)) {
  test(`[FR-017] a browser that ${name}: it is said, and all can be done`, async ({
    page,
    person,
  }) => {
    await page.addInitScript(spoil);
    await person.api.createTask({ body: { title: "Pay rent" } });
    await page.goto("/tasks");
    await expect(row(page, "Pay rent")).toBeVisible();
    await expect(notice(page)).toContainText("without a network it cannot show your tasks");
    await add(page, "Buy stamps");
    await add(page, "Call Grandma");
    await page.getByRole("checkbox", { name: "Pay rent" }).check();
    await page.getByRole("button", { name: "Edit Buy stamps" }).click();
    const form = page.getByRole("form", { name: "Edit task" });
    await form.getByLabel("Title").fill("Buy ten stamps");
    await page.getByRole("button", { name: "Save task" }).click();
    await page.getByRole("button", { name: "Actions for Call Grandma" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await expect(row(page, "Call Grandma")).toHaveCount(0);
    await expect.poll(() => titlesOf(person)).toContain("Buy ten stamps");
    await person.api.createTask({ body: { title: "From another device" } });
    await expect(row(page, "From another device")).toBeVisible();
    const filter = page.getByRole("navigation", { name: "Filter" });
    await filter.getByRole("link", { name: "Trash" }).click();
    await page.getByRole("button", { name: "Restore Call Grandma" }).click();
    await expect
      .poll(() => titlesOf(person))
      .toEqual(["Buy ten stamps", "Call Grandma", "From another device", "Pay rent"]);
    await page.goto("/tasks");
    await expect(rows(page)).toHaveCount(4);
    await expect(page.getByRole("checkbox", { name: "Pay rent" })).toBeChecked();
    await expect(losing(page)).toHaveCount(0);

    await page.goto("/account");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("link", { name: "Create account" })).toBeVisible();
  });
}

test("[FR-017] what is kept nowhere is said before all else, and until it is kept", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork);
  await page.addInitScript(() => {
    const state = { isFull: sessionStorage.getItem("has room") === null };
    Object.assign(window, { state });
    const full = () => {
      throw new DOMException("Full", "QuotaExceededError");
    };
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (...given) {
      return state.isFull ? full() : setItem.apply(this, given);
    };
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...given) {
      return state.isFull ? full() : put.apply(this, given);
    };
  });
  await page.goto("/tasks");
  await expect(notice(page)).toBeVisible();
  await page.route(tasksAddress, (route) => route.abort());
  await add(page, "Do not lose me");
  await expect(losing(page)).toContainText("Leave this page open");
  await page.evaluate(() => {
    Reflect.get(window, "state").isFull = false;
    sessionStorage.setItem("has room", "yes");
  });
  await expect(losing(page)).toHaveCount(0);
  await page.unroute(tasksAddress);
  await page.reload();
  await expect(row(page, "Do not lose me")).toBeVisible();
  await expect.poll(() => titlesOf(person)).toEqual(["Do not lose me"]);
  await expect(notice(page)).toHaveCount(0);
});

test("[FR-017] two tabs without locks, as on plain http: no double, and no conflict with oneself", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  // The second of two that send the same edit is told so.
  foreseen.push(/status of 412/);
  await context.addInitScript(() => {
    Object.defineProperty(navigator, "locks", { value: undefined });
  });
  const other = await context.newPage();
  for (const tab of [page, other]) await tab.goto("/tasks");
  await add(page, "Pay rent");
  await expect(row(other, "Pay rent")).toBeVisible();
  await expect.poll(() => titlesOf(person)).toEqual(["Pay rent"]);
  await context.setOffline(true);
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Title").fill("Pay the rent");
  await page.getByRole("button", { name: "Save task" }).click();
  await add(page, "Buy stamps");
  for (const title of ["Pay the rent", "Buy stamps"]) {
    await expect(row(other, title)).toBeVisible();
  }
  await context.setOffline(false);
  await expect.poll(() => titlesOf(person)).toEqual(["Buy stamps", "Pay the rent"]);
  for (const tab of [page, other]) {
    await expect(rows(tab)).toHaveCount(2);
    await expect(rows(tab).filter({ hasText: /Not saved|Review/ })).toHaveCount(0);
  }
});
