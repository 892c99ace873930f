import { holdRequests } from "./support/hold.ts";
import { expect, signInByForm, test } from "./support/person.ts";

test("[A-1] a wrong password and an unknown address say the same", async ({
  page,
  makePerson,
  foreseen,
}) => {
  foreseen.push(/status of 401/);
  const person = await makePerson();
  const sentence = page.getByRole("alert").filter({ hasText: /email|password/i });
  const said: (string | null)[] = [];
  for (const email of [person.email, `nobody-${person.email}`]) {
    await page.goto("/sign-in");
    await signInByForm(page, { email, password: "not the password" });
    await expect(sentence).toBeVisible();
    await expect(page.getByLabel("Email")).toHaveValue(email);
    said.push(await sentence.textContent());
  }
  expect(said[0]).toBe(said[1]);
});

test("what is typed and sent before the page is alive stays, and can be sent", async ({
  page,
  makePerson,
}) => {
  const person = await makePerson();
  const release = await holdRequests(page, /_next\/static\/chunks\/.*\.js/);
  await page.goto("/sign-in", { waitUntil: "commit" });
  await page.getByLabel("Email").fill(person.email);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill(person.password);
  await password.press("Enter");
  release();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/tasks");
});

test("a taken email says so and leads to signing in", async ({ page, makePerson, foreseen }) => {
  foreseen.push(/status of 422/);
  const person = await makePerson();
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("That email already has an account.")).toBeVisible();
  await page.getByRole("link", { name: /Sign in instead/ }).click();
  await expect(page).toHaveURL(/sign-in/);
});

test("every wrong field is named, and the first has the focus", async ({ page }) => {
  await page.goto("/sign-up");
  await page.getByLabel("Email").fill("no address");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Name")).toBeFocused();
  for (const label of ["Name", "Email"]) {
    await expect(page.getByLabel(label)).toHaveAttribute("aria-invalid", "true");
  }
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
});

test("?next= leads back, and never to another host", async ({ page, makePerson }) => {
  for (const [next, expected] of [
    ["/account", "/account"],
    ["//evil.example", "/tasks"],
    ["https://evil.example", "/tasks"],
  ] as const) {
    const { email, password } = await makePerson();
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await signInByForm(page, { email, password });
    await expect(page).toHaveURL(expected);
  }
});

test("[A-2] the account page gives a token and a curl line that work", async ({
  page,
  person,
  context,
  baseURL,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/account");
  await page.getByRole("button", { name: "Copy an API token" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^ey/);
  const token = await page.evaluate(() => navigator.clipboard.readText());
  const answer = await fetch(`${baseURL}/api/tasks`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject([{ title: "Pay rent" }]);
  await expect(page.getByText(/curl /).first()).toBeVisible();
});

test("the name can be changed, and is there after a reload", async ({ page, person }) => {
  await page.goto("/account");
  await expect(page.getByLabel("Name")).toHaveValue(person.name);
  await page.getByLabel("Name").fill("Grace");
  await page.getByRole("button", { name: /Save/ }).click();
  await expect(page.getByText("Saved", { exact: false }).first()).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Name")).toHaveValue("Grace");
});

for (const kind of ["sign-in", "sign-up"] as const) {
  test(`at another address of this machine, /${kind} says where to sign in`, async ({
    page,
    baseURL: home = "",
    foreseen,
  }) => {
    foreseen.push(/status of 403/);
    const { port } = new URL(home);
    await page.goto(`http://127.0.0.1:${port}/${kind}?next=/account`);
    if (kind === "sign-up") await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Email").fill("ada@example.com");
    await page.getByLabel("Password", { exact: true }).fill("correct horse");
    await page.getByRole("main").getByRole("button").last().click();
    await expect(page.getByRole("main").getByRole("alert")).toContainText(
      "Nobody can sign in at this address.",
    );
    await page.getByRole("link", { name: home }).click();
    await expect(page).toHaveURL(`/${kind}?next=%2Faccount`);
  });
}
