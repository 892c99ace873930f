import { expect, noNetwork, signIn, test } from "./support/person.ts";

/** Both forms of the addresses of tasks. */
const tasksAddress = /\/api\/([^/]+\/)?tasks(?=[/?]|$)/;

test("the API down: what was typed stays, says so, and is sent on Retry", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork, /status of 503/);
  await page.goto("/tasks");
  await expect(page.getByRole("textbox", { name: "Add a task" })).toBeEnabled();
  await page.route(tasksAddress, (route) => route.abort());
  await page.getByRole("textbox", { name: "Add a task" }).fill("Do not lose me");
  await page.keyboard.press("Enter");
  const row = page.getByRole("list", { name: "Tasks" }).getByRole("listitem");
  await expect(row.filter({ hasText: "Do not lose me" })).toContainText("Not saved");
  await page.unroute(tasksAddress);
  await row.getByRole("button", { name: "Retry" }).click();
  await expect(row).not.toContainText("Not saved");
  await expect
    .poll(async () => (await person.api.listTasks()).body.map((task) => task.title))
    .toEqual(["Do not lose me"]);
});

test("[E-2] a 503 is retried by itself, and makes no second task", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork, /status of 503/);
  await page.goto("/tasks");
  let refused = 0;
  await page.route(tasksAddress, async (route) => {
    if (route.request().method() !== "POST" || refused > 1) return route.continue();
    refused++;
    // The second time the task is made, and only the answer is lost.
    if (refused === 2) await route.fetch();
    return route.fulfill({
      status: 503,
      headers: { "Retry-After": "1", "Content-Type": "application/problem+json" },
      body: JSON.stringify({
        type: "/docs#database_unavailable",
        title: "The database cannot be reached",
        status: 503,
        detail: "Wait.",
        code: "database_unavailable",
        request_id: "x",
      }),
    });
  });
  await page.getByRole("textbox", { name: "Add a task" }).fill("Once only");
  await page.keyboard.press("Enter");
  await expect.poll(() => refused).toBe(2);
  await expect
    .poll(async () => (await person.api.listTasks()).body.map((task) => task.title))
    .toEqual(["Once only"]);
  await expect(page.getByText("Not saved")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("list", { name: "Tasks" }).getByRole("checkbox")).toHaveCount(1);
});

test("offline: it says so, keeps the change over a reload, and sends it when back", async ({
  page,
  person,
  context,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  await expect(page.getByRole("checkbox", { name: "Pay rent" })).toBeVisible();
  // The chips show that the parser of lines is loaded.
  await page.getByRole("textbox", { name: "Add a task" }).fill("Call Friday");
  await expect(page.getByRole("list", { name: "Recognised" })).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("Offline. Changes will be sent when you reconnect.")).toBeVisible();
  await page.getByRole("textbox", { name: "Add a task" }).fill("Written offline");
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: "Pay rent" }).check();
  await expect(page.getByRole("checkbox", { name: "Written offline" })).toBeVisible();
  // The page goes away unsent, as when a laptop is closed, and comes back with a connection.
  await page.goto("about:blank");
  await context.setOffline(false);
  await page.goto("/tasks");
  await expect(page.getByRole("checkbox", { name: "Written offline" })).toBeVisible();
  await expect
    .poll(async () =>
      (await person.api.listTasks()).body.map(({ title, completed }) => [title, completed]),
    )
    .toEqual([
      ["Written offline", false],
      ["Pay rent", true],
    ]);
});

test("an unfinished edit and an unfinished new task are there after a reload", async ({
  page,
  person,
}) => {
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/tasks");
  const form = page.getByRole("form", { name: "Edit task" });
  await page.getByRole("textbox", { name: "Add a task" }).fill("Half a thou");
  await page.getByRole("button", { name: "Edit Pay rent" }).click();
  await form.getByLabel("Notes").fill("To the new account, from");
  await page.reload();
  await expect(form.getByLabel("Notes")).toHaveValue("To the new account, from");
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("textbox", { name: "Add a task" })).toHaveValue("Half a thou");
});

test("signing out with unsent changes asks first, and deletes them when told to", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork, /status of 503/);
  await page.goto("/tasks");
  await page.route(tasksAddress, (route) => route.abort());
  await page.getByRole("textbox", { name: "Add a task" }).fill("Not sent yet");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "Not saved" })).toBeVisible();
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Some changes are not saved yet" });
  await expect(dialog).toContainText("Signing out deletes 1 unsent change from this device");
  await dialog.getByRole("button", { name: "Stay signed in" }).click();
  await expect(page).toHaveURL("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await dialog.getByRole("button", { name: "Sign out and delete" }).click();
  await expect(page).toHaveURL("/");
  await page.unroute(tasksAddress);
  await signIn(page, person);
  await page.goto("/tasks");
  await expect(page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible();
  expect((await person.api.listTasks()).body).toEqual([]);
});
