import { makeTask } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, makeAccount, signInAgain } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const revoke = (headers: Record<string, string>, body: object) =>
  send("POST", "/api/auth/revoke-session", { body, headers });

const issue = (cookie: string) => send("GET", "/api/auth/token", { headers: { Cookie: cookie } });

const sessionsOf = ({ id }: { id: string }) =>
  database().session.findMany({ where: { userId: id }, orderBy: { createdAt: "asc" } });

/** Two devices of one person, and the id of the second one's session. */
async function makeDevices() {
  const ada = await makeAccount();
  const other = await signInAgain(ada);
  const { body } = await send("GET", "/api/auth/list-sessions", { headers: { Cookie: other } });
  return { ada, other, otherId: String(body[0].id) };
}

/** All that a caller sees of an answer but its number. */
const alike = ({ status, body }: Sent) => [status, { ...body, request_id: "" }];

test("200 [A-10] ends that session and no other; its API tokens live out their time", async () => {
  const { ada, other, otherId } = await makeDevices();
  const { token } = (await issue(other)).body;
  const { status, body } = await revoke(fromHome(ada.cookie), { id: otherId.toUpperCase() });
  expect([status, body]).toEqual([200, { status: true }]);
  const ended = await issue(other);
  expect([ended.status, ended.body.code]).toEqual([401, "no_session"]);
  expect((await issue(ada.cookie)).status).toBe(200);
  expect((await send("GET", "/api/tasks", { token })).status).toBe(200);
});

test("200 [A-10] also the session that asks", async () => {
  const { ada, other, otherId } = await makeDevices();
  expect((await revoke(fromHome(other), { id: otherId })).status).toBe(200);
  expect((await issue(other)).status).toBe(401);
  expect((await issue(ada.cookie)).status).toBe(200);
});

test("404 session_not_found [A-10] alike for none, one that is over, and somebody else's, which lives on", async () => {
  const { ada, otherId } = await makeDevices();
  const bob = await makeAccount();
  await makeTask(database(), bob);
  const before = [await sessionsOf(bob), await storedTasks(bob)];
  const [bobs] = await sessionsOf(bob);
  await revoke(fromHome(ada.cookie), { id: otherId });
  const answers = [];
  for (const id of [crypto.randomUUID(), otherId, bobs?.id]) {
    answers.push(await revoke(fromHome(ada.cookie), { id }));
  }
  expect(answers[0]?.status).toBe(404);
  expect(answers[0]?.body.code).toBe("session_not_found");
  expect(answers.slice(1).map(alike)).toEqual(answers.slice(0, 2).map(alike));
  expect([await sessionsOf(bob), await storedTasks(bob)]).toEqual(before);
  expect((await issue(bob.cookie)).status).toBe(200);
});

test("401 no_session [A-10] without a session; an API token is none", async () => {
  const { ada, otherId } = await makeDevices();
  const before = await sessionsOf(ada);
  for (const headers of [
    {},
    fromHome("tend.session_token=x.y"),
    { ...fromHome(""), Authorization: `Bearer ${tokenOf(ada)}` },
  ]) {
    const { status, body } = await revoke(headers, { id: otherId });
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
  expect(await sessionsOf(ada)).toEqual(before);
});

test("403 foreign_origin [A-10] a foreign page cannot use the cookie", async () => {
  const { ada, otherId } = await makeDevices();
  const before = await sessionsOf(ada);
  for (const Origin of ["https://evil.example", "null", "https://tend.test"]) {
    const { status, body } = await revoke({ Cookie: ada.cookie, Origin }, { id: otherId });
    expect([status, body.code]).toEqual([403, "foreign_origin"]);
  }
  expect(await sessionsOf(ada)).toEqual(before);
});

test.each([
  [{}, ["body.id"]],
  [{ id: "" }, ["body.id"]],
  [{ id: "a\0b" }, ["body.id"]],
  [{ id: { not: "" } }, ["body.id"]],
  [{ id: crypto.randomUUID(), token: "x" }, ["body.token"]],
])("422 [E-1] %j is refused with every fault, and ends nothing", async (given, paths) => {
  const { ada } = await makeDevices();
  const before = await sessionsOf(ada);
  const { status, body } = await revoke(fromHome(ada.cookie), given);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(await sessionsOf(ada)).toEqual(before);
});
