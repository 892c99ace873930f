import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { makeAccount } from "../../support/account.ts";
import { send } from "../../support/send.ts";

const ask = (headers: Record<string, string> = {}) =>
  send("GET", "/api/auth/get-session", { headers });

test("200 [A-1] the user of the cookie, and nothing else", async () => {
  const { id, name, email, cookie } = await makeAccount();
  const { status, body } = await ask({ Cookie: cookie });
  expect([status, body]).toEqual([200, { user: { id, name, email } }]);
});

test("200 [A-1] null without a cookie", async () => {
  const { status, text } = await ask();
  expect([status, text]).toEqual([200, "null"]);
});

/** The same cookie with this in place of its token. */
const withToken = (cookie: string, change: (token: string, signature: string) => string) => {
  const [name = "", value = ""] = cookie.split("=");
  const [token = "", signature = ""] = decodeURIComponent(value).split(".");
  return `${name}=${encodeURIComponent(change(token, signature))}`;
};

test("200 [A-1] null for a forged or spliced cookie, no token either", async () => {
  const ada = await makeAccount();
  const bob = await makeAccount();
  const { token: bobs } = await database().session.findFirstOrThrow({ where: { userId: bob.id } });
  const forged = [
    withToken(ada.cookie, (token) => token),
    withToken(ada.cookie, (token) => `${token}.`),
    withToken(ada.cookie, (token, signature) => `${token}x.${signature}`),
    withToken(ada.cookie, (_, signature) => `${bobs}.${signature}`),
    withToken(ada.cookie, (token) => `${token}.${Buffer.alloc(32).toString("base64")}`),
    "tend.session_token=",
    "tend.session_token=%00",
    "tend.session_token=%E0%A4%A",
    `tend.session_token=${"x".repeat(5000)}`,
    `tend.session_data=${Buffer.from(JSON.stringify({ session: { user: { id: ada.id } } })).toString("base64url")}`,
  ];
  for (const cookie of forged) {
    const session = await ask({ Cookie: cookie });
    expect([session.status, session.body]).toEqual([200, null]);
    const { status, body } = await send("GET", "/api/auth/token", { headers: { Cookie: cookie } });
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
  expect((await ask({ Cookie: ada.cookie })).body.user.id).toBe(ada.id);
});

test("200 [A-1] null once the session has expired", async () => {
  const { id, cookie } = await makeAccount();
  await database().session.updateMany({
    where: { userId: id },
    data: { expiresAt: new Date(Date.now() - 1000) },
  });
  expect((await ask({ Cookie: cookie })).body).toBeNull();
  const { status } = await send("GET", "/api/auth/token", { headers: { Cookie: cookie } });
  expect(status).toBe(401);
});

test("200 [A-1] null once the user is deleted", async () => {
  const { id, cookie } = await makeAccount();
  await database().user.delete({ where: { id } });
  expect((await ask({ Cookie: cookie })).body).toBeNull();
});
