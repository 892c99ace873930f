import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, makeAccount } from "../../support/account.ts";
import { send } from "../../support/send.ts";

const issue = (cookie: string) => send("GET", "/api/auth/token", { headers: { Cookie: cookie } });

test("200 [A-1] ends the session, at the browser and at the server", async () => {
  const { id, cookie } = await makeAccount();
  const before = await issue(cookie);
  expect(before.status).toBe(200);
  const { status, headers, body } = await send("POST", "/api/auth/sign-out", {
    headers: fromHome(cookie),
  });
  expect([status, body]).toEqual([200, { success: true }]);
  for (const one of headers.getSetCookie()) expect(one).toMatch(/^[^=]+=;.*Max-Age=0/i);
  expect(headers.getSetCookie().length).toBeGreaterThan(0);
  expect(await database().session.findMany({ where: { userId: id } })).toEqual([]);
  const after = await issue(cookie);
  expect([after.status, after.body.code]).toEqual([401, "no_session"]);
});

test("200 [A-3] a token that was issued before lives on until it expires", async () => {
  const { cookie } = await makeAccount();
  const { token } = (await issue(cookie)).body;
  await send("POST", "/api/auth/sign-out", { headers: fromHome(cookie) });
  expect((await send("GET", "/api/tasks", { token })).status).toBe(200);
});

test("200 [A-1] other sessions of the user live on", async () => {
  const { email, password, cookie } = await makeAccount();
  const { headers } = await send("POST", "/api/auth/sign-in/email", { body: { email, password } });
  const other = headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await send("POST", "/api/auth/sign-out", { headers: fromHome(cookie) });
  expect((await issue(other)).status).toBe(200);
});

test.each([
  ["JSON, as many clients send it", { "Content-Type": "application/json" }, "{}"],
  ["an empty body of the type text/plain", { "Content-Type": "text/plain" }, ""],
  ["a form", { "Content-Type": "application/x-www-form-urlencoded" }, "a=b"],
])("200 [A-1] with %s", async (_, headers, raw) => {
  const { id, cookie } = await makeAccount();
  const { status } = await send("POST", "/api/auth/sign-out", {
    raw,
    headers: { ...fromHome(cookie), ...headers },
  });
  expect(status).toBe(200);
  expect(await database().session.findMany({ where: { userId: id } })).toEqual([]);
});

test("200 [A-1] without a session there is nothing to end", async () => {
  const { status, body } = await send("POST", "/api/auth/sign-out");
  expect([status, body]).toEqual([200, { success: true }]);
});

test("403 foreign_origin [A-1] a foreign page cannot end it", async () => {
  const { cookie } = await makeAccount();
  for (const Origin of ["https://evil.example", "null", "http://tend.test.evil.example"]) {
    const { status, headers, body } = await send("POST", "/api/auth/sign-out", {
      headers: { Cookie: cookie, Origin },
    });
    expect([status, body.code]).toEqual([403, "foreign_origin"]);
    expect(headers.getSetCookie()).toEqual([]);
  }
  expect((await issue(cookie)).status).toBe(200);
});
