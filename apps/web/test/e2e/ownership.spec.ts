import type { Page, PlaywrightWorkerArgs } from "@playwright/test";
import { someAddress } from "../some-address.ts";
import { axeViolationsInBothThemes } from "./support/axe.ts";
import { everythingStored, expectKept, keptChanges, keptTitles } from "./support/device.ts";
import { expect, type Person, signIn, signInByForm, test } from "./support/person.ts";
import { rows } from "./support/task-list.ts";

const secret = "Ada's secret plan";

const row = (page: Page, title: string) => rows(page).filter({ hasText: title });
const box = (page: Page) => page.getByRole("textbox", { name: "Add a task" });
const signedOut = (page: Page) => page.getByText(/^You are signed out\./);
const waiting = (page: Page) => page.getByText("here. Sign in to");

const masked = ({ email }: Person) => `${email[0]}…@e….com`;

/** A first visit, after which the device can open this task by itself. */
async function visit(page: Page, person: Person, title = secret): Promise<void> {
  await person.api.createTask({ body: { title } });
  await page.goto("/tasks");
  await expectKept(page, [title]);
}

async function add(page: Page, title: string): Promise<void> {
  await box(page).fill(title);
  await box(page).press("Enter");
  await expect(row(page, title)).toBeVisible();
}

async function openAnother(page: Page): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto("/tasks");
  await expect(row(other, secret)).toBeVisible();
  return other;
}

/** Ends all sessions of a person but one that it makes, as they do on another device. */
async function endElsewhere(
  playwright: PlaywrightWorkerArgs["playwright"],
  page: Page,
  { email, password }: Person,
): Promise<void> {
  const { origin } = new URL(page.url());
  const device = await playwright.request.newContext({
    baseURL: origin,
    extraHTTPHeaders: { "X-Forwarded-For": someAddress(), Origin: origin },
  });
  await device.post("/api/auth/sign-in/email", { data: { email, password } });
  const ended = await device.post("/api/auth/revoke-other-sessions");
  expect(ended.status()).toBe(200);
  await device.dispose();
}

/** Lets the API token of a page grow too old, and touches the page. */
async function letTokenExpire(page: Page): Promise<void> {
  await page.clock.setFixedTime(Date.now() + 16 * 60_000);
  await page.keyboard.press("Shift");
}

const titlesOf = async ({ api }: Person) =>
  (await api.listTasks({ query: { sort: "created", order: "asc" } })).body.map(
    ({ title }) => title,
  );

test("[D-2] a session that was ended elsewhere: the list leaves every tab at once, what is typed stays, and all arrives with the next", async ({
  page,
  person,
  playwright,
  foreseen,
}) => {
  foreseen.push(/status of 401/);
  await visit(page, person);
  const other = await openAnother(page);
  await box(other).fill("Typed in the other tab");
  await box(page).pressSequentially("Half a thou");
  await endElsewhere(playwright, page, person);
  await letTokenExpire(page);
  for (const tab of [page, other]) {
    await expect(signedOut(tab)).toBeVisible();
    await expect(tab).toHaveURL("/tasks");
    await expect(tab.getByText(secret)).toHaveCount(0);
    await expect(tab.getByText("1 left")).toHaveCount(0);
    await expect(tab.getByText(person.name)).toHaveCount(0);
  }
  await expect(box(other)).toHaveValue("Typed in the other tab");
  await expect(box(page)).toBeFocused();
  await expect.poll(() => keptTitles(page)).toEqual([]);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);

  await page.keyboard.type("ght");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Sign in to send 1 change")).toBeVisible();
  await expect(page.getByText("Half a thought", { exact: true })).toHaveCount(0);

  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(waiting(page)).toContainText(`1 unsent change of ${masked(person)} waits here.`);
  await expect(page.getByText(/thought|secret/)).toHaveCount(0);
  await signInByForm(page, person);
  for (const tab of [page, other]) {
    await expect(row(tab, secret)).toBeVisible();
    await expect(row(tab, "Half a thought")).toBeVisible();
  }
  await expect(box(other)).toHaveValue("Typed in the other tab");
  await expect.poll(() => titlesOf(person)).toEqual([secret, "Half a thought"]);
});

test("[D-2] ended while a tab is offline: it ends with the first answer, and nothing opens offline any more", async ({
  page,
  person,
  playwright,
  context,
  foreseen,
}) => {
  foreseen.push(/status of 401/);
  await visit(page, person);
  await context.setOffline(true);
  await page.reload();
  await add(page, "Written offline");
  await endElsewhere(playwright, page, person);
  await expect(row(page, secret)).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("Sign in to send 1 change")).toBeVisible();
  await expect(page.getByText(/secret|Written/)).toHaveCount(0);
  await expect.poll(() => keptTitles(page)).toEqual([]);
  expect(await keptChanges(page)).toEqual(["Written offline"]);
  await context.setOffline(true);
  await page.goto("/tasks");
  await expect(page.getByText("no tasks are kept on this device")).toBeVisible();
  await context.setOffline(false);
  await context.clearCookies();
  await signIn(page, person);
  await page.goto("/tasks");
  await expect(row(page, "Written offline")).toBeVisible();
  await expect.poll(() => titlesOf(person)).toEqual([secret, "Written offline"]);
});

test("[D-3] what waits can be discarded by anybody, who is told what is lost, and then nothing of it stays", async ({
  page,
  person,
  playwright,
  context,
  foreseen,
}) => {
  foreseen.push(/status of 401/);
  await visit(page, person);
  await context.setOffline(true);
  // Without the API token of the page before, which would outlive the session.
  await page.reload();
  await add(page, "First unsent");
  await add(page, "Second unsent");
  await box(page).fill("Half a thou");
  await endElsewhere(playwright, page, person);
  await context.setOffline(false);
  await page.goto("/tasks");
  await expect(page).toHaveURL(/sign-in/);
  await expect(waiting(page)).toContainText(
    `2 unsent changes and 1 unfinished text of ${masked(person)} wait here.`,
  );
  await expect(page.getByText(/unsent$|Half|secret/)).toHaveCount(0);
  expect(await everythingStored(page)).not.toContain(person.email);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);

  await page.getByRole("button", { name: "Discard" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard what waits here?" });
  await expect(dialog).toContainText("2 unsent changes and 1 unfinished text");
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect.poll(() => keptChanges(page)).toEqual(["First unsent", "Second unsent"]);
  await page.getByRole("button", { name: "Discard" }).click();
  await dialog.getByRole("button", { name: "Discard for good" }).click();
  await expect(waiting(page)).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: "Discarded" })).toBeAttached();
  await expect.poll(() => everythingStored(page)).not.toMatch(/unsent|Half|secret|tend:[^"]*:/);
  expect(await titlesOf(person)).toEqual([secret]);
});

test("[D-4] somebody else signs in: nothing of the former shows or is sent, and it waits for them", async ({
  page,
  person,
  makePerson,
  context,
  foreseen,
}) => {
  foreseen.push(/status of (401|403)|ERR_FAILED/);
  await visit(page, person);
  const former = await openAnother(page);
  const second = await makePerson();
  // Nothing is sent, so that no tab learns from the server whose session it is.
  await context.route(/\/api\/([^/]+\/)?tasks(?=[/?]|$)/, (route) => route.abort());
  await add(former, "Ada's unsent");
  await box(former).fill("Half a thou");
  await context.clearCookies();
  await signIn(page, second);
  await page.goto("/tasks");
  for (const tab of [page, former]) {
    await expect(tab.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible();
    await expect(tab.getByText(/Ada's/)).toHaveCount(0);
    await expect(box(tab)).toHaveValue("");
  }
  await expect.poll(() => keptTitles(page)).toEqual([]);
  await context.unrouteAll();
  await add(page, "Grace's");
  await expect.poll(() => titlesOf(second)).toEqual(["Grace's"]);
  expect(await titlesOf(person)).toEqual([secret]);

  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL("/");
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(waiting(page)).toContainText(masked(person));
  await signInByForm(page, person);
  await expect(row(page, "Ada's unsent")).toBeVisible();
  await expect(box(page)).toHaveValue("Half a thou");
  await expect.poll(() => titlesOf(person)).toEqual([secret, "Ada's unsent"]);
  expect(await titlesOf(second)).toEqual(["Grace's"]);
});

test("[D-1] signing out with a second tab open leaves no record of the person on the device", async ({
  page,
  person,
}) => {
  await visit(page, person);
  const { user } = await (await page.request.get("/api/auth/get-session")).json();
  const other = await openAnother(page);
  await add(other, "One more");
  await box(other).fill("Half a thou");
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Some changes are not saved yet" });
  await dialog.getByRole("button", { name: "Sign out and delete" }).click();
  for (const tab of [page, other]) await expect(tab).toHaveURL("/");
  const kept = () => everythingStored(page);
  for (const word of [secret, "One more", "Half", person.email, person.name, user.id, "tend:"]) {
    await expect.poll(kept, word).not.toContain(word);
  }
  // Back does not bring it back.
  await other.goBack();
  await expect(other.getByText(/secret|One more|Half/)).toHaveCount(0);
  await expect.poll(kept).not.toContain(user.id);
});
