import { makeTask } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, makeAccount, signInAgain } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const revokeOthers = (headers: Record<string, string>) =>
  send("POST", "/api/auth/revoke-other-sessions", { headers });

const issue = (cookie: string) => send("GET", "/api/auth/token", { headers: { Cookie: cookie } });

const countOf = ({ id }: { id: string }) => database().session.count({ where: { userId: id } });

test("200 [A-10] ends all but this one, and nothing of anybody else", async () => {
  const ada = await makeAccount();
  const bob = await makeAccount();
  await makeTask(database(), bob);
  const tasks = await storedTasks(bob);
  const others = [await signInAgain(ada), await signInAgain(ada)];
  const { token } = (await issue(others[0] ?? "")).body;
  const { status, body } = await revokeOthers(fromHome(ada.cookie));
  expect([status, body]).toEqual([200, { status: true }]);
  for (const other of others) expect((await issue(other)).status).toBe(401);
  for (const { cookie } of [ada, bob]) expect((await issue(cookie)).status).toBe(200);
  expect((await send("GET", "/api/tasks", { token })).status).toBe(200);
  expect([await countOf(ada), await storedTasks(bob)]).toEqual([1, tasks]);
});

test("200 [A-10] however many there are, and also where there is none", async () => {
  const ada = await makeAccount();
  await database().$executeRaw`
    INSERT INTO sessions (id, user_id, token, expires_at, updated_at)
    SELECT gen_random_uuid()::text, ${ada.id}, gen_random_uuid()::text,
      now() + interval '1 day', now()
    FROM generate_series(1, 1000)`;
  for (let turn = 0; turn < 2; turn++) {
    expect((await revokeOthers(fromHome(ada.cookie))).status).toBe(200);
    expect(await countOf(ada)).toBe(1);
  }
  expect((await issue(ada.cookie)).status).toBe(200);
});

test("401 no_session [A-10] without a session; an API token is none", async () => {
  const ada = await makeAccount();
  await signInAgain(ada);
  for (const headers of [
    {},
    fromHome("tend.session_token=x.y"),
    { ...fromHome(""), Authorization: `Bearer ${tokenOf(ada)}` },
  ]) {
    const { status, body } = await revokeOthers(headers);
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
  expect(await countOf(ada)).toBe(2);
});

test("403 foreign_origin [A-10] a foreign page cannot use the cookie", async () => {
  const ada = await makeAccount();
  await signInAgain(ada);
  for (const Origin of ["https://evil.example", "null", "https://tend.test"]) {
    const { status, body } = await revokeOthers({ Cookie: ada.cookie, Origin });
    expect([status, body.code]).toEqual([403, "foreign_origin"]);
  }
  expect(await countOf(ada)).toBe(2);
});
