import { addressForms, api, fillPath } from "@tend/contracts";
import { poolSize } from "@tend/db";
import { makeUser } from "@tend/db/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { verifiedUserId } from "#server/auth/user-id.ts";
import { database } from "#server/database.ts";
import { changeWaiters } from "#server/tasks/change-waiters.ts";
import { hungAfter } from "../../../hung.ts";
import { fromHome, makeAccount } from "../../support/account.ts";
import { mintToken, seconds, tokenOf } from "../../support/mint-token.ts";
import { appFetch, createTask, needsOwnProcess, type Sent, send } from "../../support/send.ts";

needsOwnProcess();

const changesAt = "/api/tasks/changes";

async function makeReader() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const { body } = await send("GET", `${changesAt}?from=now`, { token });
  return { user, token, cursor: String(body.next_cursor) };
}

/** Asks for what changed since, and would wait that long. */
const ask = (
  { token, cursor }: { token: string; cursor: string },
  wait: string | number = 25,
  target = changesAt,
): Promise<Sent> =>
  send("GET", `${target}?cursor=${cursor}`, { token, headers: { Prefer: `wait=${wait}` } });

/** Until so many requests wait, each of them after its first read. */
const untilWaiting = (count: number): Promise<unknown> =>
  vi.waitUntil(() => changeWaiters().count === count, { timeout: hungAfter });

/** Makes a task as another process does: no handler of this one hears of it. */
async function writeElsewhere(user: { id: string }): Promise<string> {
  const id = crypto.randomUUID();
  await database().$executeRaw`
    WITH counter AS (
      INSERT INTO task_counters (owner_user_id, last_change) VALUES (${user.id}, 1)
      ON CONFLICT (owner_user_id) DO UPDATE SET last_change = task_counters.last_change + 1
      RETURNING last_change)
    INSERT INTO tasks (owner_user_id, id, title, change)
    SELECT ${user.id}, ${id}::uuid, 'Written elsewhere', last_change FROM counter`;
  return id;
}

const applied = ({ headers }: Sent) => headers.get("Preference-Applied");
const idsOf = ({ body }: Sent): string[] => body.changes.map(({ id }: { id: string }) => id);

describe.each(addressForms(api.listChanges.path))("at %s", (form) => {
  test("200 [T-20] it is answered when this user writes, with what was written", async () => {
    const reader = await makeReader();
    const answer = ask(reader, 25, fillPath(form, { user_id: reader.user.id }));
    await untilWaiting(1);
    const task = await createTask(reader.token);
    const { status, body, headers } = await answer;
    expect([status, headers.get("Preference-Applied")]).toEqual([200, "wait"]);
    expect(body.changes).toEqual([{ type: "saved", id: task.id, task }]);
    expect(changeWaiters().count).toBe(0);
  });
});

test("200 [T-20] each kind of write wakes who waits", async () => {
  const reader = await makeReader();
  const { id } = await createTask(reader.token);
  const own = `/api/tasks/${id}`;
  const writes: [string, string, object][] = [
    ["PUT", own, { body: { title: "Changed" } }],
    ["PATCH", own, { body: { priority: "high" } }],
    ["PATCH", `${own}/complete`, {}],
    ["DELETE", own, {}],
    ["POST", `${own}/restore`, {}],
    ["POST", "/api/tasks/batch", { body: { operations: [{ operation: "complete", id }] } }],
    ["DELETE", `${own}?permanent=true`, {}],
  ];
  let cursor = String((await ask(reader)).body.next_cursor);
  for (const [method, path, given] of writes) {
    const answer = ask({ ...reader, cursor });
    await untilWaiting(1);
    await send(method, path, { ...given, token: reader.token });
    const { body } = await answer;
    expect(body.changes, `${method} ${path}`).toHaveLength(1);
    cursor = body.next_cursor;
  }
});

test("200 [T-20] what is there already is answered at once", async () => {
  const reader = await makeReader();
  const { id } = await createTask(reader.token);
  const answer = await ask(reader);
  expect([idsOf(answer), applied(answer)]).toEqual([[id], "wait"]);
});

test("200 [T-20] what another process writes is noticed, too", async () => {
  const reader = await makeReader();
  const answer = ask(reader);
  await untilWaiting(1);
  const id = await writeElsewhere(reader.user);
  expect(idsOf(await answer)).toEqual([id]);
});

test("200 [T-20] after its time it has no changes, and the very cursor that was given", async () => {
  const reader = await makeReader();
  const start = performance.now();
  const { status, body, headers } = await ask(reader, 1);
  expect(performance.now() - start).toBeGreaterThanOrEqual(999);
  expect([status, headers.get("Preference-Applied")]).toEqual([200, "wait"]);
  expect(body).toEqual({ changes: [], next_cursor: reader.cursor, has_more: false });
});

test("200 [T-20] a counter that moves without a change of a task ends no wait", async () => {
  const reader = await makeReader();
  const answer = ask(reader);
  await untilWaiting(1);
  await createTask((await makeReader()).token);
  await database().$executeRaw`
    INSERT INTO task_counters (owner_user_id, last_change) VALUES (${reader.user.id}, 5)`;
  changeWaiters().wake(verifiedUserId(reader.user.id));
  const id = await writeElsewhere(reader.user);
  expect(idsOf(await answer)).toEqual([id]);
});

test("200 [T-20] HEAD, and a Prefer that says no time, are answered at once", async () => {
  const { token, cursor } = await makeReader();
  const target = `${changesAt}?cursor=${cursor}`;
  const head = await send("HEAD", target, { token, headers: { Prefer: "wait=25" } });
  expect([head.status, applied(head)]).toEqual([200, null]);
  for (const prefer of [
    "",
    "wait",
    "wait=0",
    "wait=-5",
    "wait=soon",
    'x="wait=25',
    "respond-async",
  ]) {
    const answer = await send("GET", target, { token, headers: { Prefer: prefer } });
    expect([answer.status, applied(answer)], prefer).toEqual([200, null]);
  }
});

test("200 [T-20] a batch that failed, whole or in part, ends no wait unless it changed something", async () => {
  const reader = await makeReader();
  const answer = ask(reader);
  await untilWaiting(1);
  const missing = { operation: "delete", id: crypto.randomUUID() };
  for (const atomic of [true, false]) {
    const body = { operations: [missing], atomic };
    await send("POST", "/api/tasks/batch", { token: reader.token, body });
  }
  const made = { operation: "create", task: { title: "Made beside a failure" } };
  const { body } = await send("POST", "/api/tasks/batch", {
    token: reader.token,
    body: { operations: [missing, made, missing], atomic: false },
  });
  expect(idsOf(await answer)).toEqual([body.results[1].task.id]);
});

test("200 [T-20] without a cursor it waits for the first change of all", async () => {
  const { token } = await makeReader();
  const answer = send("GET", changesAt, { token, headers: { Prefer: "wait=25" } });
  await untilWaiting(1);
  const { id } = await createTask(token);
  expect([idsOf(await answer), applied(await answer)]).toEqual([[id], "wait"]);
});

describe("from=now [T-9]", () => {
  test("200 gives a cursor of this moment, at once: what was is not told, what comes is", async () => {
    const { token, user } = await makeReader();
    await createTask(token);
    const now = await send("GET", `${changesAt}?from=now`, {
      token,
      headers: { Prefer: "wait=25" },
    });
    expect(now.body).toEqual({
      changes: [],
      next_cursor: expect.any(String),
      has_more: false,
    });
    expect(applied(now)).toBeNull();
    const id = await writeElsewhere(user);
    expect(idsOf(await ask({ token, cursor: now.body.next_cursor }))).toEqual([id]);
  });

  test("200 beside eight writers: nothing is missed, and nothing of before is told", async () => {
    const { token } = await makeReader();
    const before = await Promise.all(Array.from({ length: 8 }, () => createTask(token)));
    const writing = Array.from({ length: 8 }, async () => {
      const made: string[] = [];
      for (let n = 0; n < 10; n++) made.push((await createTask(token)).id);
      return made;
    });
    const read = async () =>
      (await send("GET", `${changesAt}?from=now`, { token })).body.next_cursor;
    const cursors: string[] = [await read()];
    for (let n = 0; n < 5; n++) cursors.push(await read());
    const made = (await Promise.all(writing)).flat();
    const told = await send("GET", `${changesAt}?cursor=${cursors[0]}&limit=500`, { token });
    expect(idsOf(told)).not.toContain(before[0]?.id);
    const all = (await send("GET", "/api/tasks?limit=500", { token })).body;
    for (const cursor of cursors) {
      const since = idsOf(await send("GET", `${changesAt}?cursor=${cursor}&limit=500`, { token }));
      const listed = (await send("GET", `${changesAt}?limit=500`, { token })).body.changes;
      // What is told since is exactly the end of all that was ever told.
      expect(
        listed.slice(listed.length - since.length).map(({ id }: { id: string }) => id),
      ).toEqual(since);
    }
    expect(all).toHaveLength(8 + made.length);
  });

  test("422 with a cursor, or with another moment, by its field", async () => {
    const { token, cursor } = await makeReader();
    for (const query of [
      `from=now&cursor=${cursor}`,
      "from=yesterday",
      "from=",
      "from=now&from=now",
    ]) {
      const { status, body } = await send("GET", `${changesAt}?${query}`, { token });
      expect([status, body.errors?.[0]?.path], query).toEqual([422, ["query", "from"]]);
    }
  });
});

test("200 [T-20, A-4] the wait ends with the token, and says that it was cut short", async () => {
  const { user, cursor } = await makeReader();
  const askFor = (life: number) => {
    const token = mintToken({ sub: user.id, exp: seconds(life) });
    return ask({ token, cursor }).then((answer) => ({ token, answer }));
  };
  let life = 2;
  let { token, answer } = await askFor(life);
  // On a busy machine a token may end before it is looked at.
  while (answer.status === 401) {
    life *= 2;
    ({ token, answer } = await askFor(life));
  }
  expect([answer.status, applied(answer), idsOf(answer)]).toEqual([200, null, []]);
  expect((await ask({ token, cursor })).body.code).toBe("expired_token");
});

test("401 [T-20, A-5] an account that is deleted meanwhile: the wait ends, and says so", async () => {
  const account = await makeAccount();
  const token = tokenOf(account);
  await createTask(token);
  const { body } = await send("GET", `${changesAt}?from=now`, { token });
  const answer = ask({ token, cursor: body.next_cursor });
  await untilWaiting(1);
  const deleted = await send("POST", "/api/auth/delete-user", {
    body: { password: account.password },
    headers: fromHome(account.cookie),
  });
  expect(deleted.status).toBe(200);
  const { status, body: problem } = await answer;
  expect([status, problem.code]).toEqual([401, "unknown_user"]);
});

test("[T-20] who goes away waits no more", async () => {
  const { token, cursor } = await makeReader();
  const going = new AbortController();
  const answer = appFetch(`${changesAt}?cursor=${cursor}`, {
    headers: { Authorization: `Bearer ${token}`, Prefer: "wait=25" },
    signal: going.signal,
  });
  answer.catch(() => {});
  await untilWaiting(1);
  going.abort();
  await untilWaiting(0);
  await answer.catch(() => {});
});

test("[T-20, C-6] those who wait hold no turn and no connection, and are counted once", async () => {
  // No minute ends, of which the requests are counted.
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const readers = await Promise.all(Array.from({ length: poolSize * 3 }, makeReader));
  const answers = readers.map((reader) => ask(reader));
  await untilWaiting(readers.length);
  const { token } = await makeReader();
  for (let n = 0; n < poolSize; n++) await createTask(token);
  const remaining = ({ headers }: Sent) =>
    Number(/r=(\d+)/.exec(headers.get("RateLimit") ?? "")?.[1]);
  const [first] = readers;
  if (!first) throw new Error("There are readers.");
  const before = remaining(await send("GET", "/api/tasks", { token: first.token }));
  for (const reader of readers) await writeElsewhere(reader.user);
  const [answered] = await Promise.all(answers);
  expect(answered && idsOf(answered)).toHaveLength(1);
  const after = remaining(await send("GET", "/api/tasks", { token: first.token }));
  expect(before - after).toBe(1);
});

test("[T-20, O-1] another user's writes wake nobody, and are told to nobody else", async () => {
  const [ada, bob] = [await makeReader(), await makeReader()];
  const answer = ask(ada);
  await untilWaiting(1);
  const foreign = await createTask(bob.token);
  await send("PATCH", `/api/tasks/${foreign.id}/complete`, { token: bob.token });
  expect(changeWaiters().count).toBe(1);
  const own = await createTask(ada.token);
  expect(idsOf(await answer)).toEqual([own.id]);
});

test("[T-20] of one user only so many may wait: the next is answered at once", async () => {
  const reader = await makeReader();
  const answers = Array.from({ length: 50 }, () => ask(reader));
  await untilWaiting(50);
  const beyond = await ask(reader);
  expect([beyond.status, applied(beyond), idsOf(beyond)]).toEqual([200, null, []]);
  expect(applied(await ask(await makeReader(), 1))).toBe("wait");
  const { id } = await createTask(reader.token);
  for (const answer of await Promise.all(answers)) expect(idsOf(answer)).toEqual([id]);
});

test("[T-20] a database that is away for a moment costs time and no change", async () => {
  const reader = await makeReader();
  const failing = vi.spyOn(database(), "$queryRaw");
  onTestFinished(() => failing.mockRestore());
  const answer = ask(reader);
  await untilWaiting(1);
  await vi.waitUntil(() => failing.mock.calls.length > 1, { timeout: hungAfter });
  failing.mockRejectedValueOnce(new Error("away"));
  const asked = failing.mock.calls.length;
  await vi.waitUntil(() => failing.mock.calls.length > asked, { timeout: hungAfter });
  const id = await writeElsewhere(reader.user);
  expect(idsOf(await answer)).toEqual([id]);
});
