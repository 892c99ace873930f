import type { Browser, Page } from "@playwright/test";
import { axeViolationsInBothThemes } from "./support/axe.ts";
import { holdRequests } from "./support/hold.ts";
import { expect, type Person, signIn, test } from "./support/person.ts";

/** Opens a page of the same person on another device, with this user agent. */
async function onDevice(browser: Browser, person: Person, userAgent: string, baseURL = "") {
  const context = await browser.newContext({ baseURL, userAgent });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const iPhone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

const rows = (page: Page) => page.getByRole("list", { name: "Sessions" }).getByRole("listitem");
const isSignedIn = async (page: Page) =>
  (await page.request.get("/api/auth/token")).status() === 200;

test("what is typed into the name while it is being saved is not called saved, and is kept", async ({
  page,
  person,
}) => {
  await page.goto("/account");
  const name = page.getByLabel("Name", { exact: true });
  const save = page.getByRole("button", { name: /^Sav(e name|ing)$/ });
  for (const typedOn of ["Grace Hopper", person.name]) {
    const release = await holdRequests(page, /update-user/);
    await name.fill("Grace");
    await save.click();
    await expect(save).toHaveText("Saving");
    await name.fill(typedOn);
    release();
    await expect(save).toHaveText("Save name");
    await expect(page.getByText("Saved", { exact: true })).toHaveCount(0);
    await page.unroute(/update-user/);
    await page.reload();
    await expect(name).toHaveValue(typedOn);
  }
  await save.click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(name).toHaveValue(person.name);
});

test.describe("sessions", () => {
  test("[A-10] each other device is signed out alone, or all of them at once", async ({
    page,
    person,
    browser,
    baseURL,
  }) => {
    const laptop = await onDevice(browser, person, firefox, baseURL);
    const phone = await onDevice(browser, person, iPhone, baseURL);
    await page.goto("/account");
    await expect(rows(page)).toHaveCount(4);
    await expect(rows(page).first()).toContainText("This device");
    await expect(rows(page).first().getByRole("button")).toHaveCount(0);
    await expect(rows(page).filter({ hasText: "Safari on iPhone" })).toContainText(
      "Last active today",
    );
    expect(await axeViolationsInBothThemes(page)).toEqual([]);

    await page.getByRole("button", { name: "Sign out Firefox on Linux" }).press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Signed out" })).toHaveText(
      "Signed out: Firefox on Linux",
    );
    await expect(rows(page).filter({ hasText: "Firefox" })).toContainText("Signed out");
    await expect(page.getByRole("list", { name: "Sessions" })).toBeFocused();
    expect([await isSignedIn(laptop), await isSignedIn(phone)]).toEqual([false, true]);

    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await expect(rows(page).getByText("Signed out")).toHaveCount(3);
    await expect(page.getByRole("button", { name: "Sign out everywhere else" })).toHaveCount(0);
    expect([await isSignedIn(phone), await isSignedIn(page)]).toEqual([false, true]);
    expect(await axeViolationsInBothThemes(page)).toEqual([]);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    for (const device of [laptop, phone]) await device.context().close();
  });

  test("one that cannot be signed out stays, and says what to do", async ({
    page,
    person: _,
    foreseen,
  }) => {
    foreseen.push(/ERR_FAILED/);
    await page.goto("/account");
    await page.route("**/api/auth/revoke-other-sessions", (route) => route.abort());
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await expect(page.getByText(/^Not signed out: everywhere else\. .*try again\.$/)).toBeVisible();
    await expect(rows(page)).toHaveCount(2);
    expect(await axeViolationsInBothThemes(page)).toEqual([]);
  });
});

test.describe("password", () => {
  const section = (page: Page) => ({
    current: page.getByLabel("Current password", { exact: true }),
    fresh: page.getByLabel("New password", { exact: true }),
    submit: page.getByRole("button", { name: "Change password" }),
  });

  test("[A-11] a new one opens, and signs out everywhere else", async ({
    page,
    person,
    browser,
    baseURL,
  }) => {
    const laptop = await onDevice(browser, person, firefox, baseURL);
    const password = `new ${person.password}`;
    await page.goto("/account");
    const { current, fresh, submit } = section(page);
    await expect(current).toHaveAttribute("autocomplete", "current-password");
    await expect(fresh).toHaveAttribute("autocomplete", "new-password");
    await current.fill(person.password);
    await fresh.fill(password);
    await page.getByRole("button", { name: "Show new password" }).click();
    await expect(fresh).toHaveAttribute("type", "text");
    await fresh.press("Enter");
    await expect(page.getByText("Your other sessions are signed out.")).toBeVisible();
    await expect(current).toHaveValue("");
    await expect(rows(page)).toHaveCount(1);
    expect([await isSignedIn(laptop), await isSignedIn(page)]).toEqual([false, true]);
    expect(await axeViolationsInBothThemes(page)).toEqual([]);
    await page.context().clearCookies();
    await signIn(page, { ...person, password });
    await expect(submit).toBeVisible();
    await laptop.context().close();
  });

  test("each wrong field is named, and the first has the focus", async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(/status of (401|422)/);
    await page.goto("/account");
    const { current, fresh, submit } = section(page);
    await submit.click();
    await expect(current).toBeFocused();
    for (const field of [current, fresh]) {
      await expect(field).toHaveAttribute("aria-invalid", "true");
    }
    expect(await axeViolationsInBothThemes(page)).toEqual([]);

    await current.fill("not the password");
    await fresh.fill("ada likes 7 lemons");
    await submit.click();
    await expect(current).toHaveAccessibleDescription(/This is not your password/);
    await expect(current).toBeFocused();

    await current.fill(person.password);
    await fresh.fill("password1");
    await submit.click();
    await expect(fresh).toHaveAccessibleDescription(/attackers/);
    await expect(fresh).toBeFocused();
    expect(await isSignedIn(page)).toBe(true);
  });
});

test.describe("delete account", () => {
  const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Delete your account?" });
  const stored = (page: Page) =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("tend:")));

  test("[A-9] email and password confirm it; nothing is left, here or on the server", async ({
    page,
    person,
  }) => {
    await person.api.createTask({ body: { title: "Pay rent" } });
    await page.goto("/tasks");
    await page.getByRole("textbox", { name: "Add a task" }).fill("Half a thou");
    await expect.poll(() => stored(page)).not.toEqual([]);
    await page.goto("/account");
    await page.getByRole("button", { name: "Delete account" }).click();
    const dialog = dialogOf(page);
    await expect(dialog.getByLabel("Your email")).toBeFocused();
    expect(await axeViolationsInBothThemes(page)).toEqual([]);
    await page.keyboard.type(person.email.toUpperCase());
    await page.keyboard.press("Tab");
    await page.keyboard.type(person.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/");
    await expect(page.getByText("Your account and all your tasks are deleted.")).toBeVisible();
    expect(await axeViolationsInBothThemes(page)).toEqual([]);
    expect(await stored(page)).toEqual([]);
    await expect(person.api.listTasks()).rejects.toMatchObject({
      problem: { code: "unknown_user" },
    });
    await page.goto("/tasks");
    await expect(page).toHaveURL(/\/sign-in/);
  });

  test("a wrong email or password deletes nothing, and Esc leaves", async ({
    page,
    person,
    foreseen,
  }) => {
    foreseen.push(/status of 401/);
    await page.goto("/account");
    const open = page.getByRole("button", { name: "Delete account" });
    await open.click();
    const dialog = dialogOf(page);
    const email = dialog.getByLabel("Your email");
    const password = dialog.getByLabel("Password", { exact: true });
    const submit = dialog.getByRole("button", { name: "Delete account" });
    await email.fill("somebody@example.com");
    await submit.click();
    await expect(email).toBeFocused();
    for (const field of [email, password]) {
      await expect(field).toHaveAttribute("aria-invalid", "true");
    }
    expect(await axeViolationsInBothThemes(page)).toEqual([]);
    await email.fill(person.email);
    await password.fill("not the password");
    await submit.click();
    await expect(password).toHaveAccessibleDescription(/This is not your password/);
    await expect(password).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(open).toBeFocused();
    expect((await person.api.listTasks()).status).toBe(200);
  });
});
