import { type Database, Prisma } from "@tend/db";
import { makeTask } from "@tend/db/testing";
import { Client } from "pg";
import { expect, test, vi } from "vitest";
import { accountOf } from "#server/auth/sign-in-guard.ts";
import { database } from "#server/database.ts";
import { purgeOneOwner } from "#server/tasks/retention.ts";
import { hungAfter } from "../../../hung.ts";
import { cookieOf, fromHome, makeAccount, newUser } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { isElsewhere, type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const erase = (headers: Record<string, string>, body: object) =>
  send("POST", "/api/auth/delete-user", { body, headers });

const signIn = ({ email, password }: { email: string; password: string }) =>
  send("POST", "/api/auth/sign-in/email", { body: { email, password } });

/** Every table that holds one of these texts anywhere in a row. */
async function tablesWith(...texts: string[]): Promise<string[]> {
  // Without the limits of the app: it reads everything, which no request may.
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await client.query(
      `SELECT 1 FROM "${name}" t WHERE EXISTS (
         SELECT 1 FROM unnest($1::text[]) AS text WHERE position(text IN t::text) > 0) LIMIT 1`,
      [texts],
    );
    if (rowCount !== 0) found.push(name);
  }
  await client.end();
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
  await database().$executeRaw`
    INSERT INTO task_counters (owner_user_id) VALUES (${id}) ON CONFLICT DO NOTHING`;
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

const broken = () => Promise.reject(new Error("Connection terminated unexpectedly"));

/** Runs `run`, with `before` ahead of each statement that `isTheOne` picks, which it may cancel. */
async function interrupted<T>(
  isTheOne: (text: string) => boolean,
  before: () => Promise<unknown>,
  run: () => Promise<T>,
) {
  const whole = database();
  // A client with an extension has every method that the app calls on one without.
  globalThis.tendDatabase = whole.$extends({
    query: {
      async $executeRaw({ args, query }) {
        if (args instanceof Prisma.Sql && isTheOne(args.text)) await before();
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

test("503 [E-3] a deletion that fails before it is decided leaves the account as it is", async ({
  skip,
}) => {
  skip(isElsewhere);
  const ada = await makeAccount();
  await makeTasks(ada, 100);
  const before = await storedTasks(ada);
  const attempt = () => erase(fromHome(ada.cookie), { password: ada.password });
  for (const first of [
    "DELETE FROM sessions",
    "DELETE FROM accounts",
    "INSERT INTO erased_users",
  ]) {
    const { status, headers } = await interrupted((text) => text.includes(first), broken, attempt);
    expect([first, status, headers.getSetCookie()]).toEqual([first, 503, []]);
    expect(await storedTasks(ada)).toEqual(before);
    expect(await tablesWith(ada.id)).not.toContain("erased_users");
    expect((await signIn(ada)).status).toBe(200);
  }
  expect((await attempt()).status).toBe(200);
  expect(await tablesWith(ada.id, ada.email)).toEqual(["erased_users"]);
});

test.for([
  ["its tasks", 7_000, "DELETE FROM tasks", 1],
  ["the user", 0, "DELETE FROM users", 0],
] as const)(
  "200 [A-9] a deletion whose erasing breaks off at %s is done, and is finished by the sweep",
  async ([, left, statement, whole], { skip }) => {
    skip(isElsewhere);
    const ada = await makeAccount();
    await makeTasks(ada, 12_000);
    let sent = 0;
    const { status, headers } = await interrupted(
      (text) => text.includes(statement) && ++sent > whole,
      broken,
      () => erase(fromHome(ada.cookie), { password: ada.password }),
    );
    expect(status).toBe(200);
    for (const one of headers.getSetCookie()) expect(one).toMatch(/^[^=]+=;.*Max-Age=0/i);
    expect(await storedTasks(ada)).toHaveLength(left);
    const opened = [
      await signIn(ada),
      await send("GET", "/api/auth/token", { headers: { Cookie: ada.cookie } }),
      await erase(fromHome(ada.cookie), { password: ada.password }),
    ];
    expect(opened.map((answer) => answer.status)).toEqual([401, 401, 401]);
    // The sweep is due some time after the request gave up.
    await vi.waitFor(async () => {
      await database().task_counters.updateMany({
        where: { owner_user_id: ada.id },
        data: { sweep_at: new Date(0) },
      });
      await purgeOneOwner();
      expect(await tablesWith(ada.id, ada.email)).toEqual(["erased_users"]);
    }, hungAfter);
  },
);

test("200 [A-9] a sign-in that comes while the account is being closed opens nothing afterwards", async ({
  skip,
}) => {
  skip(isElsewhere);
  const ada = await makeAccount();
  await makeTasks(ada, 100);
  let begun: Sent | undefined;
  const { status } = await interrupted(
    (text) => /DELETE FROM (accounts|tasks)/.test(text),
    async () => {
      if (begun) return broken();
      begun = await signIn(ada);
    },
    () => erase(fromHome(ada.cookie), { password: ada.password }),
  );
  expect([begun?.status, status]).toEqual([200, 200]);
  const Cookie = begun ? cookieOf(begun) : "";
  const session = await send("GET", "/api/auth/get-session", { headers: { Cookie } });
  expect(session.body).toBeNull();
});

const changePassword = ({ cookie, password }: { cookie: string; password: string }) =>
  send("POST", "/api/auth/change-password", {
    headers: fromHome(cookie),
    body: { current_password: password, new_password: "ada likes 7 lemons" },
  });

test("401 [A-11] a change of the password that comes while the account is erased is not done", async ({
  skip,
}) => {
  skip(isElsewhere);
  const ada = await makeAccount();
  await makeTasks(ada, 100);
  const changes: number[] = [];
  const { status } = await interrupted(
    (text) => /DELETE FROM (tasks|users)/.test(text),
    async () => changes.push((await changePassword(ada)).status),
    () => erase(fromHome(ada.cookie), { password: ada.password }),
  );
  expect([status, changes]).toEqual([200, [401, 401]]);
  expect(await tablesWith(ada.id, ada.email)).toEqual(["erased_users"]);
});

test.for(["DELETE FROM sessions", "DELETE FROM accounts"])(
  "401 [A-11] a deletion that a change of the password overtakes before its %s is not done",
  async (statement, { skip }) => {
    skip(isElsewhere);
    const ada = await makeAccount();
    await makeTasks(ada, 100);
    const before = await storedTasks(ada);
    let changed: Promise<{ status: number }> | undefined;
    const { status, body } = await interrupted(
      (text) => text.includes(statement),
      // After its first statement both compete for one lock, and either may win.
      () => {
        changed ??= changePassword(ada);
        return statement.includes("sessions") ? changed : Promise.resolve();
      },
      () => erase(fromHome(ada.cookie), { password: ada.password }),
    );
    const change = (await changed)?.status;
    if (change === 200) {
      expect([status, body.code]).toEqual([401, "invalid_email_or_password"]);
      expect(await storedTasks(ada)).toEqual(before);
      const now = { email: ada.email, password: "ada likes 7 lemons" };
      expect((await signIn(now)).status).toBe(200);
    } else {
      expect([status, change]).toEqual([200, expect.toBeOneOf([401, 503])]);
      expect(await tablesWith(ada.id, ada.email)).toEqual(["erased_users"]);
    }
    if (statement.includes("sessions")) expect(change).toBe(200);
  },
);

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
    fromHome("tend.session_token=x.y"),
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
