import { makeUser } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { cookieOf, fromHome, makeAccount, newUser } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { send } from "../../support/send.ts";

const signIn = (body: object, headers: Record<string, string> = {}) =>
  send("POST", "/api/auth/sign-in/email", { body, headers });

test("200 [A-1] opens a session and shows nothing but the user", async () => {
  const { id, name, email, password } = await makeAccount();
  const answer = await signIn({ email, password });
  expect([answer.status, answer.body]).toEqual([200, { user: { id, name, email } }]);
  const cookies = answer.headers.getSetCookie();
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax/i);
  const session = await send("GET", "/api/auth/get-session", {
    headers: { Cookie: cookieOf(answer) },
  });
  expect(session.body).toEqual(answer.body);
});

test("200 [A-1] the case of the email does not matter", async () => {
  const { id, email, password } = await makeAccount();
  const { status, body } = await signIn({ email: email.toUpperCase(), password });
  expect([status, body.user.id]).toEqual([200, id]);
});

test.each([
  ["composed", "decomposed", "Crème brûlée", "NFC", "NFD"],
  ["decomposed", "composed", "Crème brûlée", "NFD", "NFC"],
  ["with wide letters", "with narrow ones", "ｗｉｄｅ ｌｅｔｔｅｒｓ", "NFC", "NFKC"],
])("200 [A-1] a password set %s opens when it is typed %s", async (_, __, password, set, typed) => {
  const given = newUser({ password: password.normalize(set) });
  expect(given.password).not.toBe(password.normalize(typed));
  expect((await send("POST", "/api/auth/sign-up/email", { body: given })).status).toBe(200);
  const attempt = { email: given.email, password: password.normalize(typed) };
  expect((await signIn(attempt)).status).toBe(200);
});

test("401 [A-1] a wrong password and an unknown email are answered alike", async () => {
  const { email, password } = await makeAccount();
  const withoutPassword = await makeUser(database());
  const answers = await Promise.all([
    signIn({ email, password: `${password}!` }),
    signIn({ email: `${crypto.randomUUID()}@example.com`, password }),
    signIn({ email: withoutPassword.email, password }),
  ]);
  for (const { status, headers, body } of answers) {
    expect([status, body.code]).toEqual([401, "invalid_email_or_password"]);
    expect({ ...body, request_id: "" }).toEqual({ ...answers[0]?.body, request_id: "" });
    expect([...headers.keys()]).toEqual([...(answers[0]?.headers.keys() ?? [])]);
    expect(headers.getSetCookie()).toEqual([]);
  }
});

test.each([
  [{}, ["body.email", "body.password"]],
  [{ email: "x", password: "" }, ["body.email", "body.password"]],
  [{ email: { contains: "@" }, password: { not: "" } }, ["body.email", "body.password"]],
  [
    { email: "ada@example.com", password: "x".repeat(9), rememberMe: true, callbackURL: "/" },
    ["body.callbackURL", "body.rememberMe"],
  ],
])("422 [E-1] %j is refused with every fault", async (given, paths) => {
  const { status, headers, body } = await signIn(given);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(headers.getSetCookie()).toEqual([]);
});

test("403 foreign_origin [A-1] a foreign page cannot sign a signed-in browser in", async () => {
  const { email, password, cookie } = await makeAccount();
  const { status, headers, body } = await signIn(
    { email, password },
    { Cookie: cookie, Origin: "https://evil.example" },
  );
  expect([status, body.code]).toEqual([403, "foreign_origin"]);
  expect(headers.getSetCookie()).toEqual([]);
});

test("401 [A-1, A-3] neither the cookie nor what is in it opens the tasks", async () => {
  const { id, cookie } = await makeAccount();
  const value = cookie.slice(cookie.indexOf("=") + 1);
  const stored = await database().session.findFirstOrThrow({ where: { userId: id } });
  expect(decodeURIComponent(value).split(".")[0]).toBe(stored.token);
  for (const form of ["/api/tasks", `/api/${id}/tasks`]) {
    const byCookie = await send("GET", form, { headers: fromHome(cookie) });
    expect([byCookie.status, byCookie.body.code]).toEqual([401, "missing_token"]);
    for (const token of [value, decodeURIComponent(value), stored.token, stored.id]) {
      const { status, body } = await send("GET", form, { token, headers: fromHome(cookie) });
      expect([status, body.code]).toEqual([401, "invalid_token"]);
    }
  }
});

test("[A-1] an API token opens no session", async () => {
  const account = await makeAccount();
  const token = tokenOf(account);
  const session = await send("GET", "/api/auth/get-session", {
    token,
    headers: { Cookie: `tend.session_token=${token}; tend.session_data=${token}` },
  });
  expect([session.status, session.body]).toEqual([200, null]);
  const issued = await send("GET", "/api/auth/token", { token });
  expect([issued.status, issued.body.code]).toEqual([401, "no_session"]);
});
