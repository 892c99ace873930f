import { type Database, Prisma } from "@tend/db";
import { makeTask } from "@tend/db/testing";
import { expect, test } from "vitest";
import { accountOf } from "#server/auth/sign-in-guard.ts";
import { database } from "#server/database.ts";
import { heldOpen } from "../hung.ts";
import { fromHome, makeAccount, newUser } from "./account.ts";
import { tokenOf } from "./mint-token.ts";
import { isElsewhere, send } from "./send.ts";
import { storedTasks } from "./stored.ts";

const erase = (headers: Record<string, string>, body: object) =>
  send("POST", "/api/auth/delete-user", { body, headers });

const signIn = ({ email, password }: { email: string; password: string }) =>
  send("POST", "/api/auth/sign-in/email", { body: { email, password } });

/** Every table that holds one of these texts anywhere in a row. */
async function tablesWith(...texts: string[]): Promise<string[]> {
  const tables = await database().$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await database().$transaction(async (transaction) => {
      // It reads everything, which no request may.
      await transaction.$executeRaw`SET LOCAL statement_timeout = 0`;
      return transaction.$queryRawUnsafe<unknown[]>(
        `SELECT 1 FROM "${name}" t WHERE EXISTS (
           SELECT 1 FROM unnest($1::text[]) AS text WHERE position(text IN t::text) > 0) LIMIT 1`,
        texts,
      );
    }, heldOpen);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

async function makeTasks({ id }: { id: string }, count: number): Promise<void> {
  for (let made = 0; made < count; made += 100) {
    await database().$executeRaw`
      INSERT INTO tasks (owner_user_id, id, title)
      SELECT ${id}, gen_random_uuid(), 'Task' FROM generate_series(1, 100)`;
  }
}

/** A row of this user in each table that refers to users. */
async function makeEverything(owner: { id: string; email: string; password: string }) {
  await makeTask(database(), owner);
  await signIn(owner);
  const { id } = owner;
  await database().$executeRaw`INSERT INTO task_counters (owner_user_id) VALUES (${id})`;
  await database().$executeRaw`
    INSERT INTO task_tombstones (owner_user_id, id, version, change)
    VALUES (${id}, gen_random_uuid(), 1, 1)`;
  await database().$executeRaw`
    INSERT INTO idempotency_keys (owner_user_id, key, fingerprint) VALUES (${id}, 'key', '')`;
  await database().$executeRaw`
    INSERT INTO sign_in_failures (account, failures) VALUES (${accountOf(owner.email)}, 3)`;
  // One more, with a row of its network.
  await signIn({ ...owner, password: "not this one" });
}

const everything = [
  "accounts",
  "idempotency_keys",
  "sessions",
  "sign_in_failures",
  "task_counters",
  "task_tombstones",
  "tasks",
  "users",
];

test("200 [A-1] nothing of the account is left but its id, which no token opens", async () => {
  const ada = await makeAccount();
  await makeEverything(ada);
  const texts = [ada.id, ada.email, accountOf(ada.email)];
  expect(await tablesWith(...texts)).toEqual(everything);
  const token = tokenOf(ada);

  const { status, headers, body } = await erase(fromHome(ada.cookie), { password: ada.password });
  expect([status, body]).toEqual([200, { success: true }]);
  expect(headers.getSetCookie().length).toBeGreaterThan(0);
  for (const one of headers.getSetCookie()) expect(one).toMatch(/^[^=]+=;.*Max-Age=0/i);

  expect(await tablesWith(...texts)).toEqual(["erased_users"]);
  const session = await send("GET", "/api/auth/get-session", { headers: { Cookie: ada.cookie } });
  expect([session.status, session.body]).toEqual([200, null]);
  const issued = await send("GET", "/api/auth/token", { headers: { Cookie: ada.cookie } });
  expect([issued.status, issued.body.code]).toEqual([401, "no_session"]);
  const again = await erase(fromHome(ada.cookie), { password: ada.password });
  expect([again.status, again.body.code]).toEqual([401, "no_session"]);
  const back = await signIn(ada);
  expect([back.status, back.body.code]).toEqual([401, "invalid_email_or_password"]);
  for (const answer of [
    await send("GET", "/api/tasks", { token }),
    await send("POST", "/api/tasks", { token, body: { title: "Still here" } }),
  ]) {
    expect([answer.status, answer.body.code]).toEqual([401, "unknown_user"]);
  }
});

test("200 [A-1] what others have stays as it is, and the email is free again", async () => {
  const ada = await makeAccount();
  const bob = await makeAccount();
  await makeEverything(bob);
  const all = () =>
    Promise.all([
      storedTasks(bob),
      database().user.findUnique({
        where: { id: bob.id },
        include: { accounts: true, sessions: true },
      }),
      tablesWith(bob.id, accountOf(bob.email)),
    ]);
  const before = await all();
  expect(before[2]).toEqual(everything);
  const { password } = ada;
  expect((await erase(fromHome(ada.cookie), { password })).status).toBe(200);
  expect(await all()).toEqual(before);
  const { status, body } = await send("POST", "/api/auth/sign-up/email", {
    body: newUser({ email: ada.email }),
  });
  expect(status).toBe(200);
  expect(body.user.id).not.toBe(ada.id);
});

/** Runs it while the app's connection breaks wherever such a statement is about to be sent. */
async function breakingAt<T>(isTheOne: (text: string) => boolean, run: () => Promise<T>) {
  const whole = database();
  // A client with an extension answers to all that the app asks of one without.
  globalThis.tendDatabase = whole.$extends({
    query: {
      $executeRaw({ args, query }) {
        if (args instanceof Prisma.Sql && isTheOne(args.text)) {
          throw new Error("Connection terminated unexpectedly");
        }
        return query(args);
      },
    },
  }) as unknown as Database;
  try {
    return await run();
  } finally {
    globalThis.tendDatabase = whole;
  }
}

test("503 [E-3] an erasure that breaks off leaves the account, and 200 [A-1] a repeat finishes it", async ({
  skip,
}) => {
  skip(isElsewhere);
  const ada = await makeAccount();
  await makeTasks(ada, 12_000);
  const attempt = () => erase(fromHome(ada.cookie), { password: ada.password });

  let chunks = 0;
  for (const [left, isTheOne] of [
    [7_000, (text: string) => text.includes("DELETE FROM tasks") && ++chunks > 1],
    [0, (text: string) => text.includes("DELETE FROM users")],
  ] as const) {
    const { status, headers } = await breakingAt(isTheOne, attempt);
    expect(status).toBe(503);
    expect(headers.getSetCookie()).toEqual([]);
    expect(await storedTasks(ada)).toHaveLength(left);
    expect(await tablesWith(ada.id)).not.toContain("erased_users");
    expect((await signIn(ada)).status).toBe(200);
  }

  expect((await attempt()).status).toBe(200);
  expect(await tablesWith(ada.id, ada.email)).toEqual(["erased_users"]);
});

test("401 invalid_email_or_password [A-1] with a wrong password, and nothing is deleted", async () => {
  const ada = await makeAccount();
  await makeTask(database(), ada);
  const before = await storedTasks(ada);
  const { status, headers, body } = await erase(fromHome(ada.cookie), { password: "not this one" });
  expect([status, body.code]).toEqual([401, "invalid_email_or_password"]);
  expect(headers.getSetCookie()).toEqual([]);
  expect(await storedTasks(ada)).toEqual(before);
  expect((await signIn(ada)).status).toBe(200);
});

test("401 invalid_email_or_password [A-1] for a user without a password", async () => {
  const ada = await makeAccount();
  await database().account.deleteMany({ where: { userId: ada.id } });
  const { status, body } = await erase(fromHome(ada.cookie), { password: ada.password });
  expect([status, body.code]).toEqual([401, "invalid_email_or_password"]);
  expect(await database().user.count({ where: { id: ada.id } })).toBe(1);
});

test("401 no_session [A-1] without a session; an API token is none", async () => {
  const ada = await makeAccount();
  for (const headers of [
    {},
    fromHome("better-auth.session_token=x.y"),
    { ...fromHome(""), Authorization: `Bearer ${tokenOf(ada)}` },
  ]) {
    const { status, body } = await erase(headers, { password: ada.password });
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
  expect(await database().user.count({ where: { id: ada.id } })).toBe(1);
});

test("403 foreign_origin [A-1] a foreign page cannot use the cookie", async () => {
  const { id, cookie, password } = await makeAccount();
  for (const Origin of ["https://evil.example", "null", "https://tend.test"]) {
    const { status, headers, body } = await erase({ Cookie: cookie, Origin }, { password });
    expect([status, body.code]).toEqual([403, "foreign_origin"]);
    expect(headers.getSetCookie()).toEqual([]);
  }
  expect(await database().user.count({ where: { id } })).toBe(1);
});

test.each([
  [{}, ["body.password"]],
  [{ password: "" }, ["body.password"]],
  [{ password: { not: "" } }, ["body.password"]],
  [
    { password: "correct horse battery", token: "x", callbackURL: "/" },
    ["body.callbackURL", "body.token"],
  ],
])("422 [E-1] %j is refused with every fault, and deletes nothing", async (given, paths) => {
  const { id, cookie } = await makeAccount();
  const { status, body } = await erase(fromHome(cookie), given);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(await database().user.count({ where: { id } })).toBe(1);
});
