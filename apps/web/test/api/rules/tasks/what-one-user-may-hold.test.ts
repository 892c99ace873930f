import { limits } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { purgeOneOwner } from "#server/tasks/retention.ts";
import { hungAfter } from "../../../hung.ts";
import { makeAccount } from "../../support/account.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { duringRequest } from "../../support/owner-watch.ts";
import { needsOwnProcess } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

needsOwnProcess();

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Somebody, and the app as another process has it, which lets each user have so many tasks. */
async function withQuota(quota: number) {
  vi.resetModules();
  vi.stubEnv("TASKS_QUOTA", String(quota));
  const { insist, send } = await import("../../support/send.ts");
  const user = await makeUser(database());
  const token = tokenOf(user);
  return {
    user,
    create: (task: object = {}, headers: Record<string, string> = {}) =>
      send("POST", "/api/tasks", { token, body: { title: "Pay rent", ...task }, headers }),
    batch: (operations: readonly object[], more: object = {}) =>
      insist(() =>
        send("POST", "/api/tasks/batch", { token, body: { operations, atomic: false, ...more } }),
      ),
    keyed: (key: string, operations: readonly object[]) =>
      insist(() =>
        send("POST", "/api/tasks/batch", {
          token,
          body: { operations },
          headers: { "Idempotency-Key": key },
        }),
      ),
    remove: (id: string, permanent = false) =>
      send("DELETE", `/api/tasks/${id}${permanent ? "?permanent=true" : ""}`, { token }),
    restore: (id: string) => send("POST", `/api/tasks/${id}/restore`, { token }),
    get: (id: string) => send("GET", `/api/tasks/${id}`, { token }),
  };
}

/** How many tasks of this user are counted, and how many there are. */
async function counted({ id }: { id: string }) {
  const [row] = await database().$queryRaw<{ counted: number; there: number }[]>`
    SELECT (SELECT task_count FROM task_counters WHERE owner_user_id = ${id}) AS counted,
      (SELECT count(*)::int FROM tasks WHERE owner_user_id = ${id}) AS there`;
  return row;
}

const newTask = (more: object = {}) => ({
  operation: "create",
  task: { title: "Pay rent", ...more },
});
const statusesOf = ({ body }: { body: { results: { status: number }[] } }) =>
  body.results.map(({ status }) => status);

describe("422 [T-19] whoever has as many tasks as they may", () => {
  test("makes no more, by any operation, and loses nothing", async () => {
    const { user, create, batch } = await withQuota(2);
    await create();
    await create();
    const before = await storedTasks(user);
    const key = crypto.randomUUID();
    for (const answer of [
      await create(),
      await create({ id: crypto.randomUUID() }),
      await create({}, { "Idempotency-Key": key }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([422, "quota_exceeded"]);
      expect(answer.body.detail).toContain("2 tasks");
    }
    const some = await batch([newTask(), newTask({ id: crypto.randomUUID() })]);
    expect(some.body.results.map((one: { problem: { code: string } }) => one.problem.code)).toEqual(
      ["quota_exceeded", "quota_exceeded"],
    );
    const all = await batch([newTask()], { atomic: true });
    expect([all.status, all.body.code]).toEqual([422, "batch_failed"]);
    expect(await storedTasks(user)).toEqual(before);
    const keys = { where: { owner_user_id: user.id } };
    expect(await database().idempotency_keys.count(keys)).toBe(0);
    expect(await counted(user)).toEqual({ counted: 2, there: 2 });
  });

  test("may repeat a create, change, complete, delete and restore", async () => {
    const { user, create, batch, remove, restore } = await withQuota(1);
    const id = crypto.randomUUID();
    expect((await create({ id })).status).toBe(201);
    expect((await create({ id })).status).toBe(200);
    expect((await create({ id, title: "Other" })).status).toBe(409);
    expect((await remove(id)).status).toBe(204);
    // What is in the trash is still held.
    expect((await create()).body.code).toBe("quota_exceeded");
    expect((await restore(id)).status).toBe(200);
    const done = await batch([
      newTask({ id }),
      { operation: "complete", id },
      { operation: "delete", id },
      { operation: "restore", id },
      newTask(),
    ]);
    expect(statusesOf(done)).toEqual([200, 200, 204, 200, 422]);
    expect(await counted(user)).toEqual({ counted: 1, there: 1 });
  });

  test("has room again for each task that is deleted for good", async () => {
    const { user, create, batch, remove } = await withQuota(2);
    const [first, second] = [await create(), await create()];
    expect((await remove(first.body.id, true)).status).toBe(204);
    expect((await remove(first.body.id, true)).status).toBe(404);
    expect((await create({ id: first.body.id })).status).toBe(201);
    expect((await create()).status).toBe(422);
    const done = await batch([
      newTask(),
      { operation: "delete", id: second.body.id },
      { operation: "delete", id: second.body.id, permanent: true },
      newTask({ id: second.body.id }),
      newTask(),
      { operation: "delete", id: first.body.id, permanent: true },
      newTask(),
    ]);
    expect(statusesOf(done)).toEqual([422, 204, 204, 201, 422, 204, 201]);
    expect(await counted(user)).toEqual({ counted: 2, there: 2 });
  });

  test("has room again once the trash is purged", async () => {
    const { user, create, remove } = await withQuota(1);
    const { body } = await create();
    await remove(body.id);
    const owner_user_id = user.id;
    await database().tasks.updateMany({
      where: { owner_user_id },
      data: { deleted_at: new Date(Date.now() - 31 * 86_400_000) },
    });
    await database().task_counters.update({
      where: { owner_user_id },
      data: { sweep_at: new Date(0) },
    });
    // The request that finds no room sweeps as every other does.
    await vi.waitFor(async () => {
      const { purgeOneOwner } = await import("#server/tasks/retention.ts");
      await purgeOneOwner();
      expect((await create()).status).toBe(201);
    }, hungAfter);
    expect(await counted(user)).toEqual({ counted: 1, there: 1 });
  });

  test("gets no more by asking for many at once", async () => {
    const { user, create, batch } = await withQuota(5);
    const id = crypto.randomUUID();
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => create()),
      ...Array.from({ length: 4 }, () => create({ id })),
      ...Array.from({ length: 4 }, () => batch([newTask(), newTask(), newTask()])),
    ]);
    for (const { status } of answers) expect([200, 201, 422, 503]).toContain(status);
    const now = await counted(user);
    expect(now?.counted).toBe(now?.there);
    expect(now?.there).toBeLessThanOrEqual(5);
    // Whatever found no turn on a busy machine left its room.
    while ((await create()).status !== 422);
    expect(await counted(user)).toEqual({ counted: 5, there: 5 });
  });

  test("also where the operator has lowered what they may", async () => {
    const { user, create, remove } = await withQuota(3);
    const made = [await create(), await create(), await create()];
    vi.resetModules();
    vi.stubEnv("TASKS_QUOTA", "1");
    const { send } = await import("../../support/send.ts");
    const token = tokenOf(user);
    const make = () => send("POST", "/api/tasks", { token, body: { title: "One more" } });
    for (const { body } of made) {
      expect((await make()).body.code).toBe("quota_exceeded");
      expect((await remove(body.id, true)).status).toBe(204);
    }
    expect((await make()).status).toBe(201);
  });
});

test("[T-19] whatever statement makes or deletes tasks, they are counted, each for its owner", async () => {
  const [ada, bob] = [await makeUser(database()), await makeUser(database())];
  await database().$executeRaw`
    INSERT INTO tasks (owner_user_id, id, title)
    SELECT owner, gen_random_uuid(), 'Note' FROM unnest(ARRAY[${ada.id}, ${bob.id}, ${ada.id}]) AS owner`;
  expect(await counted(ada)).toEqual({ counted: 2, there: 2 });
  expect(await counted(bob)).toEqual({ counted: 1, there: 1 });
  await database().$executeRaw`DELETE FROM tasks WHERE owner_user_id = ${bob.id}`;
  await database().$executeRaw`DELETE FROM tasks WHERE owner_user_id = ${bob.id}`;
  expect(await counted(bob)).toEqual({ counted: 0, there: 0 });
  expect(await counted(ada)).toEqual({ counted: 2, there: 2 });
});

test("410 [T-9] of what was deleted for good, a million changes are remembered, by one and in a batch", async () => {
  const { user, create, batch, remove } = await withQuota(100);
  const { send } = await import("../../support/send.ts");
  const token = tokenOf(user);
  const owner_user_id = user.id;
  const changesAfter = ({ body }: { body: { next_cursor: string } }) =>
    send("GET", `/api/tasks/changes?cursor=${body.next_cursor}`, { token });
  const tombstones = () => database().task_tombstones.count({ where: { owner_user_id } });
  const goOn = (changes: number) =>
    database().task_counters.update({
      where: { owner_user_id },
      data: { last_change: { increment: changes } },
    });
  const made = await Promise.all(Array.from({ length: 4 }, () => create()));
  const [first = "", second = "", third = "", fourth = ""] = made.map(({ body }) => body.id);

  const early = await send("GET", "/api/tasks/changes", { token });
  expect((await remove(first, true)).status).toBe(204);
  await goOn(999_000);
  expect((await remove(second, true)).status).toBe(204);
  expect(await tombstones()).toBe(2);
  expect((await changesAfter(early)).status).toBe(200);

  await goOn(999_000);
  expect((await remove(third, true)).status).toBe(204);
  expect(await tombstones()).toBe(2);
  const late = await changesAfter(early);
  expect([late.status, late.body.code]).toEqual([410, "cursor_gone"]);

  const anew = await send("GET", "/api/tasks/changes", { token });
  await goOn(1_000_000);
  const done = await batch([{ operation: "delete", id: fourth, permanent: true }]);
  expect(statusesOf(done)).toEqual([204]);
  expect(await tombstones()).toBe(1);
  // A client that has read all forgotten changes goes on.
  const next = await changesAfter(anew);
  expect(next.body.changes).toEqual([
    { type: "deleted", id: fourth, version: expect.any(Number), task: null },
  ]);
});

/** The longest note: 40 kB of text. */
const longest = "🎂".repeat(10_000);

/** One task that is named a hundred times by a request of 8 kB. */
const ticks = (id: string) => Array.from({ length: 100 }, () => ({ operation: "complete", id }));

describe("422 [T-10] a batch whose answer would be over 4 MB", () => {
  test.each([
    ["that succeeds", ticks],
    ["that fails", (id: string) => ticks(id).map((one) => ({ ...one, version: 9 }))],
    [
      "of updates",
      (id: string) =>
        ticks(id).map(() => ({ operation: "update", id, change: { priority: "high" } })),
    ],
    [
      "of restores that change nothing",
      (id: string) => ticks(id).map(() => ({ operation: "restore", id })),
    ],
  ])("%s is refused before anything is done", async (_, operations) => {
    const { user, create, batch, keyed } = await withQuota(100);
    const { body: task } = await create({ description: longest });
    const before = await storedTasks(user);
    const key = crypto.randomUUID();
    for (const answer of [
      await batch(operations(task.id)),
      await batch(operations(task.id), { atomic: true }),
      await keyed(key, operations(task.id)),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([422, "answer_too_large"]);
      expect(answer.text.length).toBeLessThan(1_000);
    }
    expect(await storedTasks(user)).toEqual(before);
    const keys = { where: { owner_user_id: user.id } };
    expect(await database().idempotency_keys.count(keys)).toBe(0);
  });

  test("and one that is just below is carried out", async () => {
    const { create, batch, get } = await withQuota(100);
    const { body: task } = await create({ description: longest });
    const { status, text } = await batch(ticks(task.id).slice(0, 97));
    expect(status).toBe(200);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.answer);
    expect(Buffer.byteLength(text)).toBeGreaterThan(limits.answer * 0.97);
    expect((await get(task.id)).body.version).toBe(98);
  });

  test("of which each task is named once, and none is stranger than long, is never so large", async () => {
    const { batch, create } = await withQuota(100);
    const ids: string[] = [];
    for (let n = 0; n < 100; n++) {
      const { body } = await create({ description: "家".repeat(10_000), completed: false });
      ids.push(body.id);
    }
    const done = await batch(ids.map((id) => ({ operation: "complete", id })));
    expect(done.status).toBe(200);
  });
});

describe("429 [T-12] the answers that are kept for one user", () => {
  /** Counts so many bytes of answers as kept for this user. */
  const hold = (id: string, bytes: number) => database().$executeRaw`
    UPDATE task_counters SET answer_bytes = answer_bytes + ${bytes}::int WHERE owner_user_id = ${id}`;

  const kept = async (id: string) => {
    const [row] = await database().$queryRaw<{ counted: number; there: number }[]>`
      SELECT (SELECT answer_bytes::int FROM task_counters WHERE owner_user_id = ${id}) AS counted,
        (SELECT coalesce(sum(octet_length(answer::text)), 0)::int FROM idempotency_keys
          WHERE owner_user_id = ${id}) AS there`;
    return row ?? { counted: Number.NaN, there: Number.NaN };
  };

  test("hold 64 MB at most: the next is refused, nothing is changed, and without a key it is done", async () => {
    const { user, create, keyed, get } = await withQuota(100);
    const { body: task } = await create({ description: longest });
    expect((await keyed("first", ticks(task.id).slice(0, 50))).status).toBe(200);
    const one = await kept(user.id);
    // The text of the stored form has a space behind each colon and comma.
    expect(one.counted).toBeGreaterThan(50 * 40_000);
    expect(one.counted).toBeLessThanOrEqual(one.there);
    await hold(user.id, limits.keptAnswers - 2 * one.counted);
    expect((await keyed("second", ticks(task.id).slice(0, 49))).status).toBe(200);
    const before = await storedTasks(user);
    const counted = (await kept(user.id)).counted;
    for (const answer of [
      await keyed("third", ticks(task.id).slice(0, 50)),
      await create({ title: "One more", description: longest }, { "Idempotency-Key": "fourth" }),
      await create({ title: "One more", description: longest }, { "Idempotency-Key": "fifth" }),
    ].filter(({ status }) => status !== 201)) {
      expect([answer.status, answer.body.code]).toEqual([429, "idempotency_limit_reached"]);
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    expect((await keyed("third", ticks(task.id))).status).not.toBe(200);
    await hold(user.id, limits.keptAnswers - counted);
    const full = await storedTasks(user);
    const refused = await create({ title: "Small" }, { "Idempotency-Key": "sixth" });
    expect([refused.status, refused.body.code]).toEqual([429, "idempotency_limit_reached"]);
    expect(await storedTasks(user)).toEqual(full);
    expect(full.length).toBeLessThanOrEqual(before.length + 2);
    // What was answered is still answered, and a request without a key is carried out.
    expect((await keyed("first", ticks(task.id).slice(0, 50))).status).toBe(200);
    expect((await create({ title: "Small" })).status).toBe(201);
    expect((await get(task.id)).body.version).toBe(100);
    const keys = { where: { owner_user_id: user.id, key: { in: ["third", "sixth"] } } };
    expect(await database().idempotency_keys.count(keys)).toBe(0);
  });

  test("are counted anew once they are a day old", async () => {
    const { user, create } = await withQuota(100);
    await create({}, { "Idempotency-Key": "old" });
    await create({}, { "Idempotency-Key": "young" });
    await hold(user.id, limits.keptAnswers);
    expect((await create({}, { "Idempotency-Key": "none" })).status).toBe(429);
    const owner_user_id = user.id;
    await database().idempotency_keys.updateMany({
      where: { owner_user_id, key: "old" },
      data: { created_at: new Date(Date.now() - 25 * 3_600_000) },
    });
    const due = () =>
      database().task_counters.update({
        where: { owner_user_id },
        data: { sweep_at: new Date(0) },
      });
    const headers = new Headers({ Authorization: `Bearer ${tokenOf(user)}` });
    await vi.waitFor(async () => {
      await due();
      await duringRequest(headers, purgeOneOwner).catch(() => {});
      const { counted, there } = await kept(user.id);
      expect(counted).toBeLessThanOrEqual(there);
      expect(counted).toBeGreaterThan(0);
    }, hungAfter);
    expect((await create({}, { "Idempotency-Key": "none" })).status).toBe(201);
  });
});

test("[A-1] sessions that have ended are swept, and others stay", async () => {
  const ada = await makeAccount();
  const past = new Date(Date.now() - 1_000);
  const row = (expiresAt: Date) => {
    const token = crypto.randomUUID();
    return { id: token, token, userId: ada.id, expiresAt };
  };
  const ended = Array.from({ length: 3 }, () => row(past));
  const live = row(new Date(Date.now() + 3_600_000));
  await database().session.createMany({ data: [...ended, live] });
  const { deleteEndedSessions } = await import("#server/auth/sessions.ts");
  await vi.waitFor(async () => {
    await deleteEndedSessions();
    expect(await database().session.count({ where: { userId: ada.id } })).toBe(2);
  }, hungAfter);
  expect(await database().session.count({ where: { id: live.id } })).toBe(1);
});
