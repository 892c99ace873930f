import { afterEach, describe, expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { cookieOf, home, newUser } from "../../support/account.ts";
import { isElsewhere, send } from "../../support/send.ts";

const signUp = (body: object, headers: Record<string, string> = {}) =>
  send("POST", "/api/auth/sign-up/email", { body, headers });

const usersOf = (email: string) =>
  database().user.findMany({ where: { email }, include: { accounts: true, sessions: true } });

test("200 [A-1] makes the account, signs in, and shows nothing but the user", async () => {
  const given = newUser({ name: "  Ada Lovelace 🫠 " });
  const { status, body, headers } = await signUp(given);
  expect(status).toBe(200);
  expect(body).toEqual({
    user: { id: expect.any(String), name: "Ada Lovelace 🫠", email: given.email },
  });
  expect(headers.getSetCookie().length).toBeGreaterThan(0);
  const session = await send("GET", "/api/auth/get-session", {
    headers: { Cookie: cookieOf({ headers }) },
  });
  expect(session.body).toEqual(body);
  const [user, ...more] = await usersOf(given.email);
  expect(more).toEqual([]);
  expect(user).toMatchObject({ id: body.user.id, emailVerified: false });
  expect(user?.accounts.map(({ providerId }) => providerId)).toEqual(["credential"]);
  expect(JSON.stringify(user)).not.toContain(given.password);
});

test("200 [A-1] the cookie is httpOnly and SameSite=Lax, for the whole site", async () => {
  const { headers } = await signUp(newUser());
  const cookies = headers.getSetCookie();
  expect(cookies.map((cookie) => cookie.split("=")[0])).toContain("tend.session_token");
  for (const cookie of cookies) {
    expect(cookie).toMatch(/; HttpOnly/i);
    expect(cookie).toMatch(/; SameSite=Lax/i);
    expect(cookie).toMatch(/; Path=\/(;|$)/i);
    expect(cookie).not.toMatch(/; Domain=/i);
  }
});

describe.skipIf(isElsewhere)("on https", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  test("200 [A-1] the cookie is Secure", async () => {
    vi.stubEnv("BETTER_AUTH_URL", "https://tend.test");
    vi.resetModules();
    const fresh = await import("../../support/send.ts");
    const { status, headers } = await fresh.send("POST", "/api/auth/sign-up/email", {
      body: newUser(),
    });
    expect(status).toBe(200);
    for (const cookie of headers.getSetCookie()) {
      expect(cookie).toMatch(/^__Host-tend\.(session_token|device)=/);
      expect(cookie).toMatch(/; Secure/i);
      expect(cookie).toMatch(/; Path=\/(;|$)/i);
      expect(cookie).not.toMatch(/; Domain=/i);
      expect(cookie).toMatch(/; HttpOnly/i);
      expect(cookie).toMatch(/; SameSite=Lax/i);
    }
  });
});

describe("a taken email", () => {
  test("422 user_already_exists [E-2], in whatever case, and the account stays as it is", async () => {
    const given = newUser();
    await signUp(given);
    const before = await usersOf(given.email);
    for (const email of [given.email, given.email.toUpperCase()]) {
      const { status, headers, body } = await signUp({ ...newUser({ name: "Eve" }), email });
      expect([status, body.code]).toEqual([422, "user_already_exists"]);
      expect(headers.getSetCookie()).toEqual([]);
    }
    expect(await usersOf(given.email)).toEqual(before);
  });

  test("422 for one of two sign-ups at the same time; there is one user", async () => {
    for (let round = 0; round < 3; round++) {
      const given = newUser();
      const answers = await Promise.all([signUp(given), signUp({ ...given, name: "Eve" })]);
      const [won, lost] = answers.sort((a, b) => a.status - b.status);
      expect([won?.status, lost?.status]).toEqual([200, 422]);
      expect(lost?.body.code).toBe("user_already_exists");
      expect(lost?.headers.getSetCookie()).toEqual([]);
      const users = await usersOf(given.email);
      expect(users.map(({ name, accounts }) => [name, accounts.length])).toEqual([
        [won?.body.user.name, 1],
      ]);
    }
  });
});

test("200 [A-1] the email is folded to lower case", async () => {
  const id = crypto.randomUUID();
  const { body } = await signUp(newUser({ email: `Ada.${id}@EXAMPLE.Com` }));
  expect(body.user.email).toBe(`ada.${id}@example.com`);
});

test.each([
  ["7 code points", "seven77"],
  ["7 code points that are 14 UTF-16 units", "😀".repeat(7)],
  ["129 code points", "x".repeat(129)],
  ["129 emoji", "😀".repeat(129)],
  ["7 letters, each typed as two code points", "é".normalize("NFD").repeat(7)],
  ["NUL in it, which hashing takes for the end", "a secret\0"],
  ["nothing", ""],
  ["a number", 12345678],
  ["null", null],
])("422 [E-2] a password of %s makes no account", async (_, password) => {
  const given = newUser({ password });
  const { status, headers, body } = await signUp(given);
  expect(status).toBe(422);
  expect(body.errors).toEqual([{ path: ["body", "password"], message: expect.any(String) }]);
  expect(headers.getSetCookie()).toEqual([]);
  expect(await usersOf(given.email)).toEqual([]);
});

test.each([
  ["8 code points", "eight-88"],
  ["8 emoji", "😀".repeat(8)],
  ["128 code points", "x".repeat(128)],
  ["128 emoji", "😀".repeat(128)],
  ["white space at its ends", "  secret  "],
])("200 [A-1] a password of %s opens the account, and no other does", async (_, password) => {
  const given = newUser({ password });
  expect((await signUp(given)).status).toBe(200);
  const signIn = (attempt: string) =>
    send("POST", "/api/auth/sign-in/email", { body: { email: given.email, password: attempt } });
  expect((await signIn(password)).status).toBe(200);
  expect((await signIn([...password].slice(0, -1).join(""))).status).toBe(401);
});

test("422 [E-1] every fault at once; what people may not set is refused by name", async () => {
  const { status, body } = await signUp({
    name: " ",
    email: "no email",
    password: "short",
    emailVerified: true,
    id: "root",
    image: "x",
    callbackURL: "https://evil.example",
    rememberMe: false,
  });
  const paths = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, paths]).toEqual([
    422,
    "callbackURL email emailVerified id image name password rememberMe"
      .split(" ")
      .map((name) => `body.${name}`),
  ]);
});

test.each([
  ["a name with NUL", { name: "a\0b" }, "name"],
  ["a name with half a surrogate pair", { name: "\ud800" }, "name"],
  ["a name of 101 code points", { name: "x".repeat(101) }, "name"],
  ["an email with NUL", { email: "a\0b@example.com" }, "email"],
  ["an email with a line break", { email: "a@example.com\nBcc: b@example.com" }, "email"],
  ["an email of 300 characters", { email: `${"x".repeat(290)}@example.com` }, "email"],
  ["an operator object for an email", { email: { contains: "@" } }, "email"],
])("422 [T-3] %s", async (_, given, field) => {
  const { status, body } = await signUp(newUser(given));
  expect(status).toBe(422);
  expect(body.errors[0].path).toEqual(["body", field]);
});

test("403 foreign_origin [A-1] a foreign page cannot sign a signed-in browser up", async () => {
  const own = await signUp(newUser());
  const given = newUser();
  const { status, headers, body } = await signUp(given, {
    Cookie: cookieOf(own),
    Origin: "https://evil.example",
  });
  expect([status, body.code]).toEqual([403, "foreign_origin"]);
  expect(headers.getSetCookie()).toEqual([]);
  expect(await usersOf(given.email)).toEqual([]);
});

test("200 [C-1] the app's own origin and a listed one may", async () => {
  for (const origin of [home, "https://friend.example"]) {
    expect((await signUp(newUser(), { Origin: origin })).status).toBe(200);
  }
});
