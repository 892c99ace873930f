import { setTimeout } from "node:timers/promises";
import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { connect, type Database } from "@tend/db";
import { makeTask, makeUser, type TestUser } from "@tend/db/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { accountOf } from "#server/auth/sign-in-guard.ts";
import { heldOpen, hungAfter } from "../../../hung.ts";
import { startYardstick, tolerance, type Yardstick } from "../../../yardstick.ts";
import { cookieOf, fromHome, newUser } from "../../support/account.ts";
import { type FlakyProxy, proxyTo } from "../../support/flaky-proxy.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { needsOwnProcess, type Sent, send } from "../../support/send.ts";

needsOwnProcess();

/** Past the proxy: what is really stored. */
let direct: Database;
let proxy: FlakyProxy;
let user: TestUser;
let task: string;
/** Measures durations without the slowdown by other load of this machine. */
let yardstick: Yardstick;

beforeAll(async () => {
  yardstick = await startYardstick();
  const url = process.env.DATABASE_URL ?? "";
  direct = connect(url);
  proxy = await proxyTo(url);
  // Set before the app's modules are first loaded, by the first `send`.
  vi.stubEnv("DATABASE_URL", proxy.url);
});

beforeEach(async () => {
  user = await makeUser(direct);
  task = await makeTask(direct, user);
});

afterEach(() => proxy.mend());

afterAll(async () => {
  await globalThis.tendDatabase?.$disconnect();
  await proxy.stop();
  await yardstick.end();
  await direct.$disconnect();
  vi.unstubAllEnvs();
});

const tasksOperations = Object.entries<Operation>(api).filter(
  ([, { security }]) => security === "bearer",
);

/** Every request that needs the database, all at once. */
const askAll = (cookie: string): Promise<Sent>[] => [
  ...tasksOperations.flatMap(([, { method, path, bodyExample }]) =>
    addressForms(path).map((form) =>
      send(method, fillPath(form, { user_id: user.id, id: task }), {
        token: tokenOf(user),
        ...(bodyExample !== undefined && { body: bodyExample }),
      }),
    ),
  ),
  send("POST", "/api/tasks", {
    token: tokenOf(user),
    headers: { "Idempotency-Key": crypto.randomUUID() },
    body: { title: "Pay rent" },
  }),
  send("POST", "/api/auth/sign-in/email", {
    body: { email: user.email, password: "correct horse" },
  }),
  send("POST", "/api/auth/sign-up/email", { body: newUser() }),
  send("GET", "/api/auth/token", { headers: { Cookie: cookie } }),
  send("GET", "/api/auth/get-session", { headers: { Cookie: cookie } }),
  send("POST", "/api/auth/update-user", { headers: fromHome(cookie), body: { name: "x" } }),
  send("GET", "/api/ready"),
];

const allUnavailable = (answers: readonly Sent[]) => {
  for (const { status, headers, body } of answers) {
    expect(status).toBe(503);
    // Requests that still waited for their turn are `overloaded`: they were not begun.
    expect(["database_unavailable", "overloaded"]).toContain(body.code);
    expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(headers.getSetCookie()).toEqual([]);
  }
};

/** The cookie of a new session, made while the database works. */
const signedIn = async () =>
  cookieOf(await send("POST", "/api/auth/sign-up/email", { body: newUser() }));

const rows = () => direct.tasks.findMany({ where: { owner_user_id: user.id } });

const works = async () => {
  const { status } = await send("GET", "/api/tasks", { token: tokenOf(user) });
  expect(status).toBe(200);
};

/** Expects that the app works again in time (C-6). */
const expectRecovery = async () => {
  const worksAgain = () => vi.waitFor(works, { timeout: hungAfter, interval: 10 });
  const [, time] = await yardstick.timed(worksAgain);
  expect(time).toBeLessThan(5_000 * tolerance);
};

/** Expects that requests that need no database work. */
const theRestWorks = async () => {
  const token = tokenOf(user);
  const answers = await Promise.all([
    send("GET", "/api/health"),
    send("GET", "/api/openapi.json"),
    send("GET", "/api/tasks"),
    send("GET", "/api/tasks", { token: `${token}x` }),
    send("POST", "/api/tasks", { token, body: {} }),
    send("GET", "/api/tasks/no-uuid", { token }),
    send("GET", "/api/somebody/tasks", { token }),
    send("POST", "/api/auth/sign-in/email", { body: {} }),
    send("GET", "/api/auth/token"),
    send("GET", "/api/nope"),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([
    200, 200, 401, 401, 422, 404, 403, 422, 401, 404,
  ]);
};

test("[A-3, A-5, C-2] neither health nor a refusal asks the database", async () => {
  await works();
  const before = proxy.sent();
  await theRestWorks();
  expect(proxy.sent()).toBe(before);
  await works();
  expect(proxy.sent()).toBeGreaterThan(before);
});

describe.each<[string, () => Promise<void>]>([
  ["its port is closed", () => proxy.stop()],
  [
    "it takes connections and never answers",
    async () => {
      await proxy.stop();
      await proxy.mend();
      proxy.hang();
    },
  ],
  ["it falls silent on connections that are open", async () => proxy.hang()],
])("while the database cannot be reached: %s", (_, breakIt) => {
  test("503 [E-2] with Retry-After, within four seconds, and nothing is half done", async () => {
    const cookie = await signedIn();
    await works();
    const before = await rows();
    await breakIt();
    const [answers, time] = await yardstick.timed(() => Promise.all(askAll(cookie)));
    allUnavailable(answers);
    expect(time).toBeLessThan(4_000 * tolerance);
    await theRestWorks();

    await proxy.mend();
    await expectRecovery();
    const ready = await send("GET", "/api/ready");
    const issued = await send("GET", "/api/auth/token", { headers: { Cookie: cookie } });
    expect([ready.status, issued.status]).toEqual([200, 200]);
    expect(await rows()).toEqual(before);
  });
});

test("[E-2] connections that are cut one by one cost at most one 503 each, and heal", async () => {
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 10 }, works));
    await proxy.stop();
    await proxy.mend();
    await expectRecovery();
  }
});

describe("[C-6] a server that sleeps, and takes a second to wake", () => {
  const wake = 1_000;
  /** Sends a request for each connection, a transaction too; more would wait for a turn (C-6). */
  const askTen = () => {
    const token = tokenOf(user);
    const operations = [{ operation: "create", task: { title: "Pay rent" } }];
    return [
      ...Array.from({ length: 8 }, () => send("GET", "/api/tasks", { token })),
      send("POST", "/api/tasks", { token, body: { title: "Pay rent" } }),
      send("POST", "/api/tasks/batch", { token, body: { operations } }),
    ];
  };
  const filled = () => Promise.all(Array.from({ length: 10 }, works));

  /** Expects all to be answered, none sooner than the server is awake, and none much later. */
  const allAnswered = async (asked: Promise<Sent>[], start: number) => {
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(wake - 1);
    expect(yardstick.elapsed(start)).toBeLessThan(4_000 * tolerance);
  };

  afterEach(() => vi.useRealTimers());

  test("connections ended while they were idle: the first requests are answered", async () => {
    await filled();
    const start = performance.now();
    proxy.sleep(setTimeout(wake));
    // Long enough for the app to read that they are closed.
    await theRestWorks();
    await allAnswered(askTen(), start);
  });

  test("connections ended while this process was frozen: the first requests are answered", async () => {
    await filled();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    const start = performance.now();
    // No await between: the app has not read from the sockets that they are closed.
    proxy.sleep(setTimeout(wake));
    await allAnswered(askTen(), start);
  });

  test("connections ended in mid-request: 503 before it wakes, and the next requests are answered", async () => {
    await filled();
    proxy.hang();
    const before = proxy.sent();
    const asked = send("GET", "/api/tasks", { token: tokenOf(user) });
    await vi.waitUntil(() => proxy.sent() > before, { timeout: hungAfter });
    let wakeUp = () => {};
    const awake = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    proxy.sleep(awake);
    allUnavailable([await asked]);
    const start = performance.now();
    setTimeout(wake).then(wakeUp);
    await allAnswered(askTen(), start);
  });
});

describe("a row that another transaction holds", () => {
  test("503 [E-2] within two seconds, and nothing is changed", async () => {
    const token = tokenOf(user);
    const before = await rows();
    await direct.$transaction(async (holder) => {
      await holder.$queryRaw`SELECT FROM tasks WHERE id = ${task}::uuid FOR UPDATE`;
      const [answers, time] = await yardstick.timed(() =>
        Promise.all([
          send("PUT", `/api/tasks/${task}`, { token, body: { title: "x" } }),
          send("PATCH", `/api/tasks/${task}/complete`, { token }),
          send("DELETE", `/api/tasks/${task}`, { token }),
        ]),
      );
      for (const { status, headers, body } of answers) {
        expect([status, body.code]).toEqual([503, "took_too_long"]);
        expect(body.title + body.detail).not.toContain("reached");
        expect(headers.get("Retry-After")).toMatch(/^[1-9]/);
      }
      expect(time).toBeLessThan(2_000 * tolerance);
      const read = await send("GET", `/api/tasks/${task}`, { token });
      expect(read.status).toBe(200);
    }, heldOpen);
    // Whatever still waits in the database for that row comes before this does.
    await direct.$queryRaw`SELECT FROM tasks WHERE id = ${task}::uuid FOR UPDATE`;
    expect(await rows(), "what was refused is not done later").toEqual(before);
  });
});

test("503 took_too_long [E-2] where an account waits for a row, where a batch does, and where a statement is cut short", async () => {
  const { email, password } = newUser();
  const token = tokenOf(user);
  const waiting = async () => {
    const found = await direct.$queryRaw<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND position('task_counters' IN query) > 0`;
    for (const { pid } of found) await direct.$queryRaw`SELECT pg_cancel_backend(${pid}::int)`;
  };
  await direct.$executeRaw`
    INSERT INTO sign_in_failures (account, failures) VALUES (${accountOf(email)}, 1)`;
  await direct.$executeRaw`
    INSERT INTO task_counters (owner_user_id) VALUES (${user.id}) ON CONFLICT DO NOTHING`;
  await direct.$transaction(async (holder) => {
    await holder.$queryRaw`SELECT FROM sign_in_failures WHERE account = ${accountOf(email)} FOR UPDATE`;
    await holder.$queryRaw`SELECT FROM task_counters WHERE owner_user_id = ${user.id} FOR UPDATE`;
    const operations = [{ operation: "create", task: { title: "x" } }];
    let over = false;
    const cancelling = (async () => {
      while (!over) await waiting();
    })();
    const answers = await Promise.all([
      send("POST", "/api/auth/sign-in/email", { body: { email, password } }),
      send("POST", "/api/tasks/batch", { token, body: { operations } }),
      send("POST", "/api/tasks", { token, body: { title: "x" } }),
    ]);
    over = true;
    await cancelling;
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([503, "took_too_long"]);
    }
  }, heldOpen);
});
