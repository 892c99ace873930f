import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, makeAccount } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { send } from "../../support/send.ts";

const update = (headers: Record<string, string>, body: object) =>
  send("POST", "/api/auth/update-user", { body, headers });

const userOf = (id: string) => database().user.findUniqueOrThrow({ where: { id } });

test("200 [A-1] changes the name of the signed-in user, and of nobody else", async () => {
  const ada = await makeAccount();
  const bob = await makeAccount();
  const before = await userOf(bob.id);
  const { status, body } = await update(fromHome(ada.cookie), { name: "  Ada 🫠 Lovelace " });
  expect([status, body]).toEqual([200, { status: true }]);
  expect((await userOf(ada.id)).name).toBe("Ada 🫠 Lovelace");
  expect(await userOf(bob.id)).toEqual(before);
  const session = await send("GET", "/api/auth/get-session", { headers: { Cookie: ada.cookie } });
  expect(session.body.user.name).toBe("Ada 🫠 Lovelace");
});

test("401 no_session [A-1] without a session; an API token is none", async () => {
  const account = await makeAccount();
  const before = await userOf(account.id);
  for (const headers of [
    {},
    fromHome("tend.session_token=x.y"),
    { ...fromHome(""), Authorization: `Bearer ${tokenOf(account)}` },
  ]) {
    const { status, body } = await update(headers, { name: "Eve" });
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
  expect(await userOf(account.id)).toEqual(before);
});

test("403 foreign_origin [A-1] a foreign page cannot use the cookie", async () => {
  const { id, cookie } = await makeAccount();
  const before = await userOf(id);
  for (const Origin of [
    "https://evil.example",
    "null",
    "https://tend.test",
    "http://tend.test:81",
  ]) {
    const { status, body } = await update({ Cookie: cookie, Origin }, { name: "Eve" });
    expect([status, body.code]).toEqual([403, "foreign_origin"]);
  }
  expect(await userOf(id)).toEqual(before);
});

test.each([
  [{}, ["body.name"]],
  [{ name: "" }, ["body.name"]],
  [{ name: "a\0b" }, ["body.name"]],
  [{ name: "x".repeat(101) }, ["body.name"]],
  [{ name: { set: "x" } }, ["body.name"]],
  [
    { name: "Eve", email: "eve@example.com", emailVerified: true, image: "x", id: "x" },
    ["body.email", "body.emailVerified", "body.id", "body.image"],
  ],
])("422 [E-1] %j is refused with every fault, and changes nothing", async (given, paths) => {
  const { id, cookie } = await makeAccount();
  const before = await userOf(id);
  const { status, body } = await update(fromHome(cookie), given);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(await userOf(id)).toEqual(before);
});
