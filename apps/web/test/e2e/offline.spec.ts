import type { Page } from "@playwright/test";
import { axeViolations } from "./support/axe.ts";
import { cached, expectKept, keptChanges, keptTitles, leaveDatabase } from "./support/device.ts";
import { networkAtRest } from "./support/network.ts";
import { expect, noNetwork, type Person, signIn, signInByForm, test } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

const row = (page: Page, title: string) => rows(page).filter({ hasText: title });
const box = (page: Page) => page.getByRole("textbox", { name: "Add a task" });
const banner = "Offline. Changes will be sent when you reconnect.";

async function add(page: Page, title: string): Promise<void> {
  await box(page).fill(title);
  await page.keyboard.press("Enter");
  await expect(row(page, title)).toBeVisible();
}

/** A first visit, after which the device can open these tasks by itself. The first is done. */
async function visit(page: Page, person: Person, ...titles: string[]): Promise<void> {
  for (const [index, title] of titles.entries()) {
    await person.api.createTask({ body: { title, completed: index === 0 } });
  }
  await page.goto("/tasks");
  await expectKept(page, titles);
}

const tasksOf = async (person: Person) =>
  (await person.api.listTasks({ query: { sort: "created", order: "asc" } })).body.map(
    ({ title, completed }) => [title, completed],
  );

test("after one visit /tasks opens without a network, under its strict policy", async ({
  page,
  person,
  context,
}) => {
  await visit(page, person, "Pay rent", "Buy stamps");
  await context.setOffline(true);
  for (const address of ["/tasks", "/tasks?status=completed", "/"]) {
    const answer = await page.goto(address);
    expect(answer?.fromServiceWorker()).toBe(true);
    expect(answer?.headers()["content-security-policy"]).toContain("'strict-dynamic'");
    await expect(page.getByText(banner)).toBeVisible();
    await expect(rows(page)).toHaveCount(address === "/tasks?status=completed" ? 1 : 2);
    await expect(page).toHaveURL(address === "/" ? "/tasks" : address);
    await expect(page).toHaveTitle("Tasks · Tend");
  }
  await expect(row(page, "Pay rent").getByRole("checkbox")).toBeChecked();
  await page.getByRole("link", { name: "Pending 1" }).click();
  await expect(page).toHaveURL("/tasks?status=pending");
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await page.goBack();
  await expect(rows(page)).toHaveCount(2);
});

test("what is done offline outlives reloads, and reaches the server once and in order", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  // A change whose answer a reload cut off is known only by the next one's refusal.
  foreseen.push(/status of 412/);
  await visit(page, person, "Pay rent", "Buy stamps", "Call Grandma");
  await context.setOffline(true);
  await page.reload();
  await add(page, "First offline");
  await add(page, "Second offline");
  await page.getByRole("checkbox", { name: "First offline" }).check();
  await page.getByRole("button", { name: "Edit Buy stamps" }).click();
  const form = page.getByRole("form", { name: "Edit task" });
  await form.getByLabel("Title").fill("Buy ten stamps");
  await page.getByRole("button", { name: "Save task" }).click();
  await page.getByRole("button", { name: "Actions for Call Grandma" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(rows(page)).toHaveCount(4);
  await page.reload();
  await add(page, "Third offline");
  await page.reload();
  const there = ["First offline", "Second offline", "Third offline", "Buy ten stamps", "Pay rent"];
  for (const title of there) await expect(row(page, title)).toBeVisible();
  await expect(rows(page)).toHaveCount(5);
  await expect(page.getByRole("checkbox", { name: "First offline" })).toBeChecked();

  // The network returns in the same page: focus and typed text stay.
  await page.getByRole("button", { name: "Edit Buy ten stamps" }).click();
  await form.getByLabel("Notes").fill("The ones with birds");
  await person.api.createTask({ body: { title: "From another device" } });
  await context.setOffline(false);
  const sent = [
    ["Pay rent", true],
    ["Buy ten stamps", false],
    ["From another device", false],
    ["First offline", true],
    ["Second offline", false],
    ["Third offline", false],
  ];
  await expect.poll(() => tasksOf(person)).toEqual(sent);
  await expect(page.getByText(banner)).toHaveCount(0);
  await expect(page.getByText("From another device")).toHaveCount(1);
  await expect(form.getByLabel("Notes")).toHaveValue("The ones with birds");
  await expect(form.getByLabel("Notes")).toBeFocused();
  await page.getByRole("button", { name: "Save task" }).click();
  await page.reload();
  await expect(rows(page)).toHaveCount(6);
  expect(await tasksOf(person)).toEqual(sent);
});

test("where the browser is wrong that there is no network, what is written is sent, and Offline goes", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork);
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "onLine", { get: () => false });
  });
  const tasksAddress = /\/api\/([^/]+\/)?tasks(?=[/?]|$)/;
  await page.route(tasksAddress, (route) => route.abort());
  await page.goto("/tasks");
  await expect(page.getByText(banner)).toBeVisible();
  await add(page, "Pay rent");
  await page.unroute(tasksAddress);
  await page.getByRole("button", { name: "Try now" }).click();
  await expect.poll(() => tasksOf(person)).toEqual([["Pay rent", false]]);
  await expect(page.getByText(banner)).toHaveCount(0);
  // Where nothing is to be sent, the feed proves the connection.
  await page.reload();
  await expect(row(page, "Pay rent")).toBeVisible();
  await expect(page.getByText(banner)).toHaveCount(0);
});

test("messages and undo work without a network", async ({ page, person, context }) => {
  await visit(page, person, "Pay rent", "Buy stamps");
  await context.setOffline(true);
  await page.reload();
  await page.getByRole("button", { name: "Actions for Buy stamps" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const message = page.getByRole("listitem").filter({ hasText: "Deleted" });
  await message.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "Buy stamps")).toBeVisible();
  await page.getByRole("checkbox", { name: "Buy stamps" }).check();
  await page
    .getByRole("listitem")
    .filter({ hasText: "Completed" })
    .getByRole("button", { name: "Undo" })
    .click();
  await expect(page.getByRole("checkbox", { name: "Buy stamps" })).not.toBeChecked();
});

test("from a page that opened offline the way leads on, once there is a network", async ({
  page,
  person,
  context,
}) => {
  await visit(page, person, "Pay rent");
  await context.setOffline(true);
  await page.reload();
  await expect(row(page, "Pay rent")).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("link", { name: `Account of ${person.name}` }).click();
  await expect(page).toHaveURL("/account");
  await page.getByRole("link", { name: "Back to your tasks" }).click();
  await expect(row(page, "Pay rent")).toBeVisible();
});

test("a page that is not kept says so, and leads to the tasks", async ({
  page,
  person,
  context,
}) => {
  await visit(page, person, "Pay rent");
  await context.setOffline(true);
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "This page needs a connection" })).toBeVisible();
  await page.getByRole("link", { name: "Go to your tasks" }).click();
  await expect(row(page, "Pay rent")).toBeVisible();
});

/** Turns preload off: the worker itself then requests a page, where a test can hold it up. */
const withoutPreload = (page: Page) =>
  page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).navigationPreload.disable();
  });

test("a server that is away is as no network", async ({ page, person, context, foreseen }) => {
  foreseen.push(/status of 502/);
  await visit(page, person, "Pay rent");
  await withoutPreload(page);
  await context.route(/\/(?:tasks|api\/.*)$/, (route) =>
    route.fulfill({ status: 502, body: "Bad" }),
  );
  const answer = await page.goto("/tasks");
  expect(answer?.status()).toBe(200);
  await expect(row(page, "Pay rent")).toBeVisible();
  await expect(page.getByText("The list may be incomplete.")).toBeVisible();
});

test("a connection that hangs does not keep the tasks from view", async ({
  page,
  person,
  context,
}) => {
  await visit(page, person, "Pay rent");
  await withoutPreload(page);
  let asked = 0;
  await context.route("/tasks", () => {
    asked++;
  });
  await page.goto("/tasks");
  await expect(row(page, "Pay rent")).toBeVisible();
  expect(asked).toBe(1);
});

test("signing out takes everything off the device, in every tab", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  foreseen.push(/ERR_FAILED/);
  await visit(page, person, "Ada's secret plan");
  await box(page).fill("Half a thou");
  await context.setOffline(true);
  await add(page, "Not sent yet");
  await box(page).fill("Half a thou");
  const other = await context.newPage();
  await other.goto("/tasks");
  await expect(row(other, "Ada's secret plan")).toBeVisible();
  const account = await context.newPage();

  await page.route(/\/api\/([^/]+\/)?tasks(?=[/?]|$)/, (route) => route.abort());
  await other.route(/\/api\/([^/]+\/)?tasks(?=[/?]|$)/, (route) => route.abort());
  await context.setOffline(false);
  await account.goto("/account");
  await account.getByRole("button", { name: "Sign out", exact: true }).click();
  const dialog = account.getByRole("dialog", { name: "Some changes are not saved yet" });
  await expect(dialog).toContainText("Signing out deletes 1 unsent change and 1 unfinished text");
  await dialog.getByRole("button", { name: "Stay signed in" }).click();
  expect(await keptTitles(account)).toEqual(["Ada's secret plan"]);
  await expect.poll(() => keptChanges(account)).toEqual(["Not sent yet"]);
  await account.getByRole("button", { name: "Sign out", exact: true }).click();
  await dialog.getByRole("button", { name: "Sign out and delete" }).click();
  for (const tab of [account, page, other]) {
    await expect(tab).toHaveURL("/");
    await expect(tab.getByRole("link", { name: "Create account" })).toBeVisible();
  }
  expect(await keptTitles(page)).toEqual([]);
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
  expect(await keptChanges(page)).toEqual([]);
  expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({});

  await context.setOffline(true);
  for (const address of ["/tasks", "/", "/account"]) {
    await page.goto(address);
    await expect(page.getByRole("heading")).toBeVisible();
    await expect(page.getByText(/secret|Not sent|Half|Ada/)).toHaveCount(0);
  }
});

test("what the device keeps of the app is the same for everybody", async ({
  page,
  makePerson,
  person,
  context,
}) => {
  await visit(page, person, "Ada's secret plan");
  const kept = await cached(page);
  expect(kept.filter(({ url }) => !url.startsWith("/_next/static/")).map(({ url }) => url)).toEqual(
    ["/offline"],
  );
  expect(kept.length).toBeGreaterThan(10);
  for (const { url, text } of kept) {
    for (const word of ["secret", person.email, person.name]) {
      expect(text.includes(word), url).toBe(false);
    }
  }
  const shellOf = async () => {
    const answer = await page.request.get("/offline");
    expect(answer.headers()).not.toHaveProperty("set-cookie");
    return (await answer.text()).replaceAll(/[\w+/]{22}==/g, "");
  };
  const first = await shellOf();
  await context.clearCookies();
  await signIn(page, await makePerson());
  expect(await shellOf()).toBe(first);
});

test("[O-1] offline, too, a second person sees nothing of the first", async ({
  page,
  person,
  makePerson,
  context,
}) => {
  await visit(page, person, "Ada's secret plan");
  // The session is gone without a sign-out.
  await context.clearCookies();
  const second = await makePerson();
  await page.goto("/sign-in");
  await signInByForm(page, second);
  await expect(page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible();
  await expect.poll(() => keptTitles(page)).toEqual([]);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText(banner)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible();
  await expect(page.getByText("secret")).toHaveCount(0);
});

test("a session that ended meanwhile: the list goes, the changes wait for the next sign-in", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  foreseen.push(/status of 401/);
  await visit(page, person, "Pay rent");
  await context.setOffline(true);
  await page.reload();
  await add(page, "Written offline");
  await context.clearCookies();
  await context.setOffline(false);
  await expect(page.getByText("Sign in to send 1 change")).toBeVisible();
  await expect.poll(() => keptTitles(page)).toEqual([]);
  await page.getByRole("link", { name: "Sign in" }).click();
  await signInByForm(page, person);
  await expect
    .poll(() => tasksOf(person))
    .toEqual([
      ["Pay rent", true],
      ["Written offline", false],
    ]);
  await expectKept(page, ["Pay rent", "Written offline"]);
});

test("a session that was ended elsewhere: reaching the sign-in takes the list along, in every tab", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  foreseen.push(/status of 401|ERR_FAILED/);
  await visit(page, person, "Ada's secret plan");
  const other = await context.newPage();
  await other.goto("/tasks");
  await expect(row(other, "Ada's secret plan")).toBeVisible();
  // Nothing is sent, so that the tabs do not learn of it by themselves.
  await context.route(/\/api\/([^/]+\/)?tasks(?=[/?]|$)/, (route) => route.abort());
  await add(other, "Not sent yet");
  await box(other).fill("Half a thou");
  await context.clearCookies();

  await page.goto("/sign-in");
  await expect.poll(() => keptTitles(page)).toEqual([]);
  await expect(other.getByText(/^You are signed out\./)).toBeVisible();
  await expect(other.getByText("Ada's secret plan")).toHaveCount(0);
  await expect(box(other)).toHaveValue("Half a thou");
  await context.setOffline(true);
  await page.goto("/tasks");
  await expect(page.getByText("no tasks are kept on this device")).toBeVisible();
  await context.setOffline(false);
  await context.unrouteAll();

  await signIn(page, person);
  await page.goto("/tasks");
  await expect(row(page, "Not sent yet")).toBeVisible();
  await expect(box(page)).toHaveValue("Half a thou");
  await expect
    .poll(async () => (await person.api.listTasks()).body.map(({ title }) => title))
    .toContain("Not sent yet");
});

test("going back to the sign-in with a session takes nothing", async ({ page, person }) => {
  await page.context().clearCookies();
  await page.goto("/");
  await page.getByRole("link", { name: "Sign in" }).click();
  await signInByForm(page, person);
  await expect(page).toHaveURL("/tasks");
  await add(page, "Pay rent");
  await expectKept(page, ["Pay rent"]);
  await page.goBack();
  await networkAtRest(page);
  expect(await keptTitles(page)).toEqual(["Pay rent"]);
  await page.goForward();
  await expect(row(page, "Pay rent")).toBeVisible();
  await expectKept(page, ["Pay rent"]);
});

test("a new version drops what is older than the one before it, whose tabs go on", async ({
  page,
  person,
}) => {
  // The page has no worker yet, and registers none.
  await page.goto("/docs");
  await page.evaluate(async () => {
    for (const name of ["tend-oldest", "other", "tend-before"]) {
      const cache = await caches.open(name);
      await cache.put(`/_next/static/chunks/${name}.js`, new Response(name));
    }
  });
  await visit(page, person, "Pay rent");
  await expect
    .poll(() => page.evaluate(() => caches.keys()))
    .toEqual(["other", "tend-before", expect.stringMatching(/^tend-[\da-f-]{36}$/)]);
  const file = () =>
    page.evaluate(async () => (await fetch("/_next/static/chunks/tend-before.js")).text());
  await expect.poll(file).toBe("tend-before");
});

test("what another version keeps in another way is no harm", async ({
  page,
  person,
  context,
  foreseen,
}) => {
  foreseen.push(/status of 404/);
  await visit(page, person, "Pay rent");
  await page.goto("/no-such-page");
  await leaveDatabase(
    page,
    `tend:${(await person.api.listTasks()).body[0]?.owner_user_id}`,
    1,
    ["state", "tasks", "mutations"],
    [["sync", { rows: ["Pay rent"] }]],
  );
  await context.setOffline(true);
  await page.goto("/tasks");
  await expect(page.getByRole("heading", { name: "Your tasks cannot be shown" })).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(row(page, "Pay rent")).toBeVisible();
});

for (const theme of ["light", "dark"] as const) {
  test(`the page that opens offline has no axe violation and its theme, ${theme}`, async ({
    page,
    person,
    context,
    baseURL,
  }) => {
    await visit(page, person, "Pay rent", "Buy stamps");
    // The theme is chosen after the page was cached, and differs from the system's.
    await page.emulateMedia({ colorScheme: theme === "light" ? "dark" : "light" });
    await context.addCookies([{ name: "theme", value: theme, url: baseURL ?? "" }]);
    await context.setOffline(true);
    await page.reload();
    await expect(row(page, "Buy stamps")).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    expect(await axeViolations(page)).toEqual([]);
    await page.goto("/account");
    await expect(page.getByRole("heading")).toBeVisible();
    expect(await axeViolations(page)).toEqual([]);
  });
}
