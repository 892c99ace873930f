import { makeUser } from "@tend/db/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { purgeOneOwner } from "#server/tasks/retention.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { expectMoment } from "../../support/moment.ts";
import { duringRequest } from "../../support/owner-watch.ts";
import { createTask, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

async function makeOwner() {
  const user = await makeUser(database());
  return { user, token: tokenOf(user) };
}
type Owner = Awaited<ReturnType<typeof makeOwner>>;

async function makeTrashed({ token }: Owner) {
  const task = await createTask(token);
  await send("DELETE", `/api/tasks/${task.id}`, { token });
  return task.id;
}

async function makeBuried({ token }: Owner) {
  const task = await createTask(token);
  await send("DELETE", `/api/tasks/${task.id}?permanent=true`, { token });
  return task.id;
}

const counterOf = ({ user }: Owner) =>
  database().task_counters.findUniqueOrThrow({ where: { owner_user_id: user.id } });
const tombstonesOf = ({ user }: Owner) =>
  database().task_tombstones.findMany({ where: { owner_user_id: user.id } });
const keysOf = ({ user }: Owner) =>
  database().idempotency_keys.findMany({ where: { owner_user_id: user.id } });

/** Ages the owner's rows and makes the owner due in one step: other tests sweep meanwhile. */
async function age(
  { user }: Owner,
  given: {
    trash?: Record<string, Date>;
    tombstones?: Record<string, Date>;
    keys?: Record<string, Date>;
  },
  sweepAt = ago(1000),
) {
  const owner_user_id = user.id;
  await database().$transaction([
    ...Object.entries(given.trash ?? {}).map(([id, deleted_at]) =>
      database().tasks.updateMany({ where: { owner_user_id, id }, data: { deleted_at } }),
    ),
    ...Object.entries(given.tombstones ?? {}).map(([id, deleted_at]) =>
      database().task_tombstones.updateMany({ where: { owner_user_id, id }, data: { deleted_at } }),
    ),
    ...Object.entries(given.keys ?? {}).map(([key, created_at]) =>
      database().idempotency_keys.updateMany({
        where: { owner_user_id, key },
        data: { created_at },
      }),
    ),
    database().task_counters.update({ where: { owner_user_id }, data: { sweep_at: sweepAt } }),
  ]);
}

/** The number of this owner's rows that are past their time. */
async function overdue({ user: { id: owner_user_id } }: Owner): Promise<number> {
  const past = (age: number) => ({ lte: ago(age) });
  const counts = await Promise.all([
    database().task_counters.count({ where: { owner_user_id, sweep_at: past(0) } }),
    database().tasks.count({ where: { owner_user_id, deleted_at: past(30 * day) } }),
    database().task_tombstones.count({ where: { owner_user_id, deleted_at: past(90 * day) } }),
    database().idempotency_keys.count({ where: { owner_user_id, created_at: past(day) } }),
  ]);
  return counts.reduce((sum, count) => sum + count);
}

/**
 * Sweeps until nothing of this owner is overdue; as part of a request, so that O-1 is watched.
 * Another test's request may have begun it, and one that broke off leaves it for an hour.
 */
async function sweepOut(owner: Owner): Promise<void> {
  const headers = new Headers({ Authorization: `Bearer ${owner.token}` });
  while ((await overdue(owner)) > 0) {
    await age(owner, {});
    await duringRequest(headers, purgeOneOwner).catch(() => {});
  }
}

const readChanges = async ({ token }: Owner, cursor?: string) => {
  const query = cursor === undefined ? "" : `?cursor=${cursor}`;
  return send("GET", `/api/tasks/changes${query}`, { token });
};

describe("the trash [T-8]", () => {
  test("a task is purged after 30 days and not before, with a tombstone and a change", async () => {
    const start = Date.now();
    const owner = await makeOwner();
    const old = await makeTrashed(owner);
    const young = await makeTrashed(owner);
    const live = (await createTask(owner.token)).id;
    const { body } = await readChanges(owner);
    await age(owner, { trash: { [old]: ago(30 * day + 1000), [young]: ago(30 * day - hour) } });
    await sweepOut(owner);
    expect((await storedTasks(owner.user)).map(({ id }) => id).sort()).toEqual(
      [young, live].sort(),
    );
    const tombstones = await tombstonesOf(owner);
    expect(tombstones).toMatchObject([{ id: old, version: 2 }]);
    expectMoment(tombstones[0]?.deleted_at ?? null, start);
    const news = await readChanges(owner, body.next_cursor);
    expect(news.body.changes).toEqual([{ type: "deleted", id: old, version: 2, task: null }]);
    const { status } = await send("GET", `/api/tasks/${old}`, { token: owner.token });
    expect(status).toBe(404);
    const restored = await send("POST", `/api/tasks/${young}/restore`, { token: owner.token });
    expect(restored.status).toBe(200);
  });

  test("more than one portion of it is purged, and each task comes as a change", async () => {
    const owner = await makeOwner();
    await makeTrashed(owner);
    const { body } = await readChanges(owner);
    await database().tasks.createMany({
      data: Array.from({ length: 1100 }, () => ({
        owner_user_id: owner.user.id,
        id: crypto.randomUUID(),
        title: "Old",
        deleted_at: ago(31 * day),
      })),
    });
    await age(owner, {});
    await sweepOut(owner);
    expect(await storedTasks(owner.user)).toHaveLength(1);
    expect(await tombstonesOf(owner)).toHaveLength(1100);
    const ids = new Set<string>();
    let cursor: string = body.next_cursor;
    for (let more = true; more; ) {
      const page = await send("GET", `/api/tasks/changes?limit=300&cursor=${cursor}`, {
        token: owner.token,
      });
      for (const { type, id } of page.body.changes) {
        expect([type, ids.has(id)]).toEqual(["deleted", false]);
        ids.add(id);
      }
      cursor = page.body.next_cursor;
      more = page.body.has_more;
    }
    expect(ids.size).toBe(1100);
  });

  test("the versions of a purged task do not begin anew [T-7]", async () => {
    const owner = await makeOwner();
    const id = await makeTrashed(owner);
    await age(owner, { trash: { [id]: ago(31 * day) } });
    await sweepOut(owner);
    const again = await createTask(owner.token, { id, title: "Again" });
    expect(again.version).toBeGreaterThan(2);
    expect(await tombstonesOf(owner)).toEqual([]);
  });
});

describe("tombstones [T-9]", () => {
  test("are forgotten after 90 days: 410 for older cursors, none for others", async () => {
    const owner = await makeOwner();
    await createTask(owner.token);
    const before = (await readChanges(owner)).body.next_cursor;
    const old = await makeBuried(owner);
    const after = (await readChanges(owner)).body.next_cursor;
    const young = await makeBuried(owner);
    await age(owner, {
      tombstones: { [old]: ago(90 * day + 1000), [young]: ago(90 * day - hour) },
    });
    await sweepOut(owner);
    expect(await tombstonesOf(owner)).toMatchObject([{ id: young }]);
    const gone = await readChanges(owner, before);
    expect([gone.status, gone.body.code]).toEqual([410, "cursor_gone"]);
    const kept = await readChanges(owner, after);
    expect(kept.body.changes).toEqual([{ type: "deleted", id: young, version: 1, task: null }]);
    expect((await readChanges(owner)).body.changes).toHaveLength(2);
  });

  test("of a sweep that forgets and purges at once each cursor learns what it missed", async () => {
    const owner = await makeOwner();
    const buried = await makeBuried(owner);
    const { next_cursor } = (await readChanges(owner)).body;
    const trashed = await makeTrashed(owner);
    await age(owner, {
      tombstones: { [buried]: ago(91 * day) },
      trash: { [trashed]: ago(31 * day) },
    });
    await sweepOut(owner);
    const { body } = await readChanges(owner, next_cursor);
    expect(body.changes).toEqual([{ type: "deleted", id: trashed, version: 2, task: null }]);
  });
});

test("[T-12] keys are removed after 24 hours and not before", async () => {
  const owner = await makeOwner();
  for (const key of ["old", "young"]) {
    const headers = { "Idempotency-Key": key };
    await send("POST", "/api/tasks", { token: owner.token, body: { title: key }, headers });
  }
  await age(owner, { keys: { old: ago(day + 1000), young: ago(day - hour) } });
  await sweepOut(owner);
  expect((await keysOf(owner)).map(({ key }) => key)).toEqual(["young"]);
  expect(await storedTasks(owner.user)).toHaveLength(2);
});

test("[O-1] nothing of others is swept with it, though theirs is as old", async () => {
  const owner = await makeOwner();
  const other = await makeOwner();
  const mine = await makeTrashed(owner);
  const headers = { "Idempotency-Key": "key" };
  const given = { token: other.token, body: { id: mine, title: "Theirs" }, headers };
  expect((await send("POST", "/api/tasks", given)).status).toBe(201);
  await send("DELETE", `/api/tasks/${mine}`, { token: other.token });
  const buried = await makeBuried(other);
  await age(
    other,
    {
      trash: { [mine]: ago(365 * day) },
      tombstones: { [buried]: ago(365 * day) },
      keys: { key: ago(365 * day) },
    },
    new Date(Date.now() + day),
  );
  const state = async () => [
    await storedTasks(other.user),
    await tombstonesOf(other),
    await keysOf(other),
    await counterOf(other),
  ];
  const before = await state();
  await age(owner, { trash: { [mine]: ago(31 * day) } });
  await sweepOut(owner);
  expect(await storedTasks(owner.user)).toEqual([]);
  expect(await state()).toEqual(before);
});

describe("the next sweep", () => {
  let start: number;

  beforeEach(() => {
    start = Date.now();
  });

  /** When this owner's things fall due: so long after now. */
  const expectDue = async (owner: Owner, later: number) =>
    expectMoment((await counterOf(owner)).sweep_at, start, later);

  test("[T-8] is due 30 days after a deletion, and after one in a batch", async () => {
    const owner = await makeOwner();
    const { id } = await createTask(owner.token);
    expect((await counterOf(owner)).sweep_at).toBeNull();
    await send("DELETE", `/api/tasks/${id}`, { token: owner.token });
    await expectDue(owner, 30 * day);

    const other = await makeOwner();
    const task = await createTask(other.token);
    const operations = [{ operation: "delete", id: task.id }];
    await send("POST", "/api/tasks/batch", { token: other.token, body: { operations } });
    await expectDue(other, 30 * day);
  });

  test("[T-9] is due 90 days after a deletion for good", async () => {
    const owner = await makeOwner();
    await makeBuried(owner);
    await expectDue(owner, 90 * day);
  });

  test("[T-12] is due 24 hours after a key", async () => {
    const owner = await makeOwner();
    const headers = { "Idempotency-Key": "key" };
    await send("POST", "/api/tasks", { token: owner.token, body: { title: "x" }, headers });
    await expectDue(owner, day);
    await makeTrashed(owner);
    await expectDue(owner, day);
  });

  test("is set to the first of what is left", async () => {
    const owner = await makeOwner();
    const [first, second] = [await makeTrashed(owner), await makeTrashed(owner)];
    const buried = await makeBuried(owner);
    const headers = { "Idempotency-Key": "key" };
    await send("POST", "/api/tasks", { token: owner.token, body: { title: "x" }, headers });

    await age(owner, { keys: { key: ago(2 * day) }, trash: { [first]: ago(10 * day) } });
    await sweepOut(owner);
    await expectDue(owner, 20 * day);

    await age(owner, {
      trash: { [first]: ago(31 * day) },
      tombstones: { [buried]: ago(89 * day) },
    });
    await sweepOut(owner);
    await expectDue(owner, day);

    await age(owner, { trash: { [second]: ago(29.5 * day) } });
    await sweepOut(owner);
    await expectDue(owner, day / 2);
  });

  test("is none where nothing is left that could fall due", async () => {
    const owner = await makeOwner();
    const trashed = await makeTrashed(owner);
    await send("POST", `/api/tasks/${trashed}/restore`, { token: owner.token });
    const buried = await makeBuried(owner);
    await age(owner, { tombstones: { [buried]: ago(91 * day) } });
    await sweepOut(owner);
    expect((await counterOf(owner)).sweep_at).toBeNull();
    expect(await storedTasks(owner.user)).toHaveLength(1);
  });
});

test("[T-8, T-9] sweeps at the same time purge each task once", async () => {
  const owner = await makeOwner();
  const ids = [await makeTrashed(owner), await makeTrashed(owner), await makeTrashed(owner)];
  const { next_cursor } = (await readChanges(owner)).body;
  await age(owner, { trash: Object.fromEntries(ids.map((id) => [id, ago(31 * day)])) });
  await Promise.all(Array.from({ length: 5 }, () => purgeOneOwner()));
  await sweepOut(owner);
  const { body } = await readChanges(owner, next_cursor);
  expect(body.changes.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
});
