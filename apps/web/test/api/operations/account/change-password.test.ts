import { makeTask } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { cookieOf, fromHome, makeAccount, signInAgain } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const newPassword = "ada likes 7 lemons";

const change = (headers: Record<string, string>, body: object) =>
  send("POST", "/api/auth/change-password", { body, headers });

/** Changes the password by a valid request, but for what is given. */
const changeOf = (
  { cookie, password }: { cookie: string; password: string },
  given: { current_password?: string; new_password?: string } = {},
): Promise<Sent> =>
  change(fromHome(cookie), { current_password: password, new_password: newPassword, ...given });

const signIn = (email: string, password: string) =>
  send("POST", "/api/auth/sign-in/email", { body: { email, password } });

const issue = (cookie: string) => send("GET", "/api/auth/token", { headers: { Cookie: cookie } });

/** All that is stored of how this person gets in. */
const stored = ({ id }: { id: string }) =>
  database().user.findUnique({ where: { id }, include: { accounts: true, sessions: true } });

test("200 [A-11] the new password opens, the old one no longer does", async () => {
  const ada = await makeAccount();
  const { status, headers, body } = await changeOf(ada);
  const { id, name, email } = ada;
  expect([status, body]).toEqual([200, { user: { id, name, email } }]);
  for (const one of headers.getSetCookie()) expect(one).toMatch(/HttpOnly.*SameSite=Lax/i);
  const old = await signIn(email, ada.password);
  expect([old.status, old.body.code]).toEqual([401, "invalid_email_or_password"]);
  expect((await signIn(email, newPassword)).status).toBe(200);
});

test("200 [A-11] it is normalized as on sign-up", async () => {
  const ada = await makeAccount();
  expect((await changeOf(ada, { new_password: "ａｄａ likes 7 ﬁgs" })).status).toBe(200);
  expect((await signIn(ada.email, "ada likes 7 figs")).status).toBe(200);
});

test("200 [A-11] other sessions end, this one goes on, under a cookie that is new", async () => {
  const ada = await makeAccount();
  const others = [await signInAgain(ada), await signInAgain(ada)];
  const { token } = (await issue(others[0] ?? "")).body;
  const goingOn = cookieOf(await changeOf(ada));
  for (const cookie of [...others, ada.cookie]) {
    const { status, body } = await issue(cookie);
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
  expect((await issue(goingOn)).status).toBe(200);
  const { body } = await send("GET", "/api/auth/list-sessions", { headers: { Cookie: goingOn } });
  expect(body).toMatchObject([{ current: true }]);
  expect((await send("GET", "/api/tasks", { token })).status).toBe(200);
});

test("200 [A-11] nothing changes for others, nor of one's tasks", async () => {
  const ada = await makeAccount();
  const bob = await makeAccount();
  for (const owner of [ada, bob]) await makeTask(database(), owner);
  const before = [await stored(bob), await storedTasks(ada, bob)];
  expect((await changeOf(ada)).status).toBe(200);
  expect([await stored(bob), await storedTasks(ada, bob)]).toEqual(before);
  expect((await issue(bob.cookie)).status).toBe(200);
});

test("401 invalid_email_or_password [A-11] with a wrong password, and nothing is changed", async () => {
  const ada = await makeAccount();
  const before = await stored(ada);
  const { status, headers, body } = await changeOf(ada, { current_password: "not this one" });
  expect([status, body.code]).toEqual([401, "invalid_email_or_password"]);
  expect(headers.getSetCookie()).toEqual([]);
  expect(await stored(ada)).toEqual(before);
});

test("401 invalid_email_or_password [A-11] for a user without a password", async () => {
  const ada = await makeAccount();
  await database().account.deleteMany({ where: { userId: ada.id } });
  const { status, body } = await changeOf(ada);
  expect([status, body.code]).toEqual([401, "invalid_email_or_password"]);
});

test.each([
  ["one of the first that attackers try", "password1", "attackers"],
  ["one's name", "ADA LOVELACE", "guess"],
])("422 [A-8] %s, and no guess is counted", async (_, new_password, words) => {
  const ada = await makeAccount();
  await send("POST", "/api/auth/update-user", {
    body: { name: "Ada Lovelace" },
    headers: fromHome(ada.cookie),
  });
  const before = await stored(ada);
  for (let turn = 0; turn < 21; turn++) {
    const { status, body } = await changeOf(ada, { new_password });
    expect([status, body.code]).toEqual([422, "validation_failed"]);
    expect(body.errors).toEqual([
      { path: ["body", "new_password"], message: expect.stringContaining(words) },
    ]);
  }
  expect(await stored(ada)).toEqual(before);
});

test.each([
  [{}, ["body.current_password", "body.new_password"]],
  [{ current_password: "", new_password: "short" }, ["body.current_password", "body.new_password"]],
  [
    { current_password: "correct horse battery", new_password: "a\0bcdefgh" },
    ["body.new_password"],
  ],
  [
    { current_password: "x", new_password: newPassword, revokeOtherSessions: false },
    ["body.revokeOtherSessions"],
  ],
])("422 [E-1] %j is refused with every fault, and changes nothing", async (given, paths) => {
  const ada = await makeAccount();
  const before = await stored(ada);
  const { status, body } = await change(fromHome(ada.cookie), given);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(await stored(ada)).toEqual(before);
});

test("401 no_session [A-11] without a session; an API token is none", async () => {
  const ada = await makeAccount();
  const before = await stored(ada);
  const body = { current_password: ada.password, new_password: newPassword };
  for (const headers of [
    {},
    fromHome("tend.session_token=x.y"),
    { ...fromHome(""), Authorization: `Bearer ${tokenOf(ada)}` },
  ]) {
    const answer = await change(headers, body);
    expect([answer.status, answer.body.code]).toEqual([401, "no_session"]);
  }
  expect(await stored(ada)).toEqual(before);
});

test("403 foreign_origin [A-11] a foreign page cannot use the cookie", async () => {
  const ada = await makeAccount();
  const before = await stored(ada);
  const given = { current_password: ada.password, new_password: newPassword };
  for (const Origin of ["https://evil.example", "null", "https://tend.test"]) {
    const { status, headers, body } = await change({ Cookie: ada.cookie, Origin }, given);
    expect([status, body.code]).toEqual([403, "foreign_origin"]);
    expect(headers.getSetCookie()).toEqual([]);
  }
  expect(await stored(ada)).toEqual(before);
});
