import { addressForms, api, type Changes, fillPath, type Task } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { heldOpen } from "../../../hung.ts";
import { mintToken, seconds, tokenOf } from "../../support/mint-token.ts";
import { createTask, insist, isElsewhere, type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const changesAt = "/api/tasks/changes";

async function readPage(token: string, query: Record<string, string> = {}): Promise<Changes> {
  const { status, body } = await send("GET", `${changesAt}?${new URLSearchParams(query)}`, {
    token,
  });
  expect(status).toBe(200);
  return body;
}

/** All changes since the cursor, page by page, and the cursor at their end. */
async function readOn(token: string, cursor?: string, limit = "3") {
  const changes: Changes["changes"] = [];
  for (let from = cursor; ; ) {
    const page = await readPage(token, { limit, ...(from !== undefined && { cursor: from }) });
    changes.push(...page.changes);
    from = page.next_cursor;
    if (!page.has_more) return { changes, cursor: from };
    expect(page.changes).toHaveLength(Number(limit));
  }
}

const sketch = ({ changes }: Pick<Changes, "changes">) =>
  changes.map(({ type, id }) => `${type} ${id}`);

async function makeReader() {
  const user = await makeUser(database());
  return { user, token: tokenOf(user) };
}

describe.each(addressForms(api.listChanges.path))("at %s", (form) => {
  test("200 [T-9] what becomes of a task, step by step, with the task as it is", async () => {
    const { user, token } = await makeReader();
    const target = fillPath(form, { user_id: user.id });
    let cursor: string | undefined;
    const news = async () => {
      const query = cursor === undefined ? "" : `?cursor=${cursor}`;
      const { status, headers, body } = await send("GET", `${target}${query}`, { token });
      expect([status, headers.get("Content-Type")]).toEqual([200, "application/json"]);
      expect(body.has_more).toBe(false);
      cursor = body.next_cursor;
      return body.changes;
    };
    expect(await news()).toEqual([]);

    const task = await createTask(token);
    const { id } = task;
    const own = `/api/tasks/${id}`;
    expect(await news()).toEqual([{ type: "saved", id, task }]);
    expect(await news()).toEqual([]);

    for (const [method, suffix, given] of [
      ["PUT", "", { body: { title: "Changed" } }],
      ["PATCH", "", { body: { description: "x" } }],
      ["PATCH", "/complete", {}],
    ] as const) {
      const changed = await send(method, `${own}${suffix}`, { ...given, token });
      expect(await news()).toEqual([{ type: "saved", id, task: changed.body }]);
    }

    await send("DELETE", own, { token });
    const [trashed] = (await send("GET", "/api/tasks?status=trashed", { token })).body;
    expect(await news()).toEqual([{ type: "trashed", id, task: trashed }]);
    const restored = await send("POST", `${own}/restore`, { token });
    expect(await news()).toEqual([{ type: "saved", id, task: restored.body }]);
    await send("DELETE", `${own}?permanent=true`, { token });
    const { version } = restored.body;
    expect(await news()).toEqual([{ type: "deleted", id, version, task: null }]);
    const again = await createTask(token, { id, title: "Again" });
    expect(await news()).toEqual([{ type: "saved", id, task: again }]);
    expect(await news()).toEqual([]);
  });
});

test("200 [T-9] from the beginning each task comes once, at the place of its last change", async () => {
  const { token } = await makeReader();
  const made: Task[] = [];
  for (let index = 0; index < 5; index++) made.push(await createTask(token));
  const [a, b, c, d, e] = made.map(({ id }) => id);
  await send("PATCH", `/api/tasks/${b}/complete`, { token });
  await send("DELETE", `/api/tasks/${a}?permanent=true`, { token });
  await send("DELETE", `/api/tasks/${d}`, { token });
  const expected = [`saved ${c}`, `saved ${e}`, `saved ${b}`, `deleted ${a}`, `trashed ${d}`];
  expect(sketch(await readPage(token))).toEqual(expected);
  for (const limit of ["1", "2", "4", "5", "6"]) {
    expect(sketch(await readOn(token, undefined, limit)), limit).toEqual(expected);
  }
});

test("200 [T-9] has_more tells exactly whether there are further changes", async () => {
  const { token } = await makeReader();
  for (let index = 0; index < 4; index++) await createTask(token);
  const has = async (limit: string) => {
    const { changes, has_more } = await readPage(token, { limit });
    return [changes.length, has_more];
  };
  expect(await has("3")).toEqual([3, true]);
  expect(await has("4")).toEqual([4, false]);
  expect(await has("5")).toEqual([4, false]);
});

test("200 [T-9, T-4, T-8] what changes nothing and what is refused is no change", async () => {
  const { token } = await makeReader();
  const { id } = await createTask(token);
  const own = `/api/tasks/${id}`;
  const { cursor } = await readOn(token);
  await send("PATCH", own, { token, body: {} });
  await send("POST", `${own}/restore`, { token });
  await send("PUT", own, { token, body: { title: "" } });
  await send("PUT", own, { token, body: { title: "x" }, headers: { "If-Match": '"9"' } });
  await send("POST", "/api/tasks", { token, body: { id, title: "Pay rent" } });
  await send("POST", "/api/tasks", { token, body: { id, title: "Other" } });
  await send("DELETE", `/api/tasks/${crypto.randomUUID()}`, { token });
  expect((await readPage(token, { cursor })).changes).toEqual([]);
});

test("200 [T-9] tasks from before there were changes come as well", async () => {
  const { user, token } = await makeReader();
  const ids = [];
  for (let index = 0; index < 7; index++) ids.push(await makeTask(database(), user));
  const { changes, cursor } = await readOn(token);
  expect(changes.map(({ id }) => id).sort()).toEqual(ids.sort());
  await send("PATCH", `/api/tasks/${ids[3]}/complete`, { token });
  expect(sketch(await readPage(token, { cursor }))).toEqual([`saved ${ids[3]}`]);
});

test("200 [T-9, O-1] nothing of others, also where they hold the same id", async () => {
  const ada = await makeReader();
  const bob = await makeReader();
  const mine = await createTask(ada.token, { title: "Ada's" });
  await createTask(bob.token, { id: mine.id, title: "Bob's" });
  const gone = await createTask(bob.token, { title: "Bob's, gone" });
  await send("DELETE", `/api/tasks/${gone.id}?permanent=true`, { token: bob.token });
  expect((await readPage(ada.token)).changes).toEqual([{ type: "saved", id: mine.id, task: mine }]);
});

describe("the cursor [T-9]", () => {
  const gone = async (cursor: string, token: string) => {
    const query = new URLSearchParams({ cursor });
    const { status, body } = await send("GET", `${changesAt}?${query}`, { token });
    expect([status, body.code]).toEqual([410, "cursor_gone"]);
  };

  test("410 of another user", async () => {
    const ada = await makeReader();
    const bob = await makeReader();
    await createTask(bob.token);
    await gone((await readPage(bob.token)).next_cursor, ada.token);
  });

  test("410 of a list", async () => {
    const { token } = await makeReader();
    for (let index = 0; index < 2; index++) await createTask(token);
    const { headers } = await send("GET", "/api/tasks?limit=1", { token });
    const link = /<([^>]+)>/.exec(headers.get("Link") ?? "")?.[1] ?? "";
    await gone(new URL(link, "http://tend.test").searchParams.get("cursor") ?? "", token);
  });

  test("422 [T-6] in a list", async () => {
    const { token } = await makeReader();
    const { next_cursor } = await readPage(token);
    expect((await send("GET", `/api/tasks?cursor=${next_cursor}`, { token })).status).toBe(422);
  });

  test("410 with any one bit changed, or cut", async () => {
    const { token } = await makeReader();
    await createTask(token);
    const cursor = Buffer.from((await readPage(token)).next_cursor, "base64url");
    for (let place = 0; place < cursor.length; place += 5) {
      const changed = Buffer.from(cursor);
      changed.writeUInt8(changed.readUInt8(place) ^ (1 << (place % 8)), place);
      await gone(changed.toString("base64url"), token);
    }
    for (const length of [0, 1, 28, cursor.length - 1]) {
      await gone(cursor.subarray(0, length).toString("base64url"), token);
    }
  });

  test.each(["", "x", "0", "null", "\0", "🫠", "a".repeat(5000)])(
    "410 where it is none: %j",
    async (cursor) => {
      const { token } = await makeReader();
      await gone(cursor, token);
    },
  );

  test("hides what it is made of [E-4]", async () => {
    const { token } = await makeReader();
    const { id } = await createTask(token);
    const { next_cursor } = await readPage(token);
    expect(next_cursor).toMatch(/^[\w-]+$/);
    expect(Buffer.from(next_cursor, "base64url").toString("latin1")).not.toContain(id);
  });

  test("410 that is older than what has been forgotten", async () => {
    const { user, token } = await makeReader();
    for (let index = 0; index < 3; index++) await createTask(token);
    const old = (await readPage(token, { limit: "1" })).next_cursor;
    const later = (await readOn(token)).cursor;
    await createTask(token);
    const latest = (await readOn(token)).cursor;
    const forget = (change: number) =>
      database().task_counters.update({
        where: { owner_user_id: user.id },
        data: { forgotten_change: change },
      });
    await forget(3);
    expect((await readPage(token, { cursor: later })).changes).toHaveLength(1);
    await forget(4);
    await gone(old, token);
    await gone(later, token);
    expect((await readPage(token, { cursor: latest })).changes).toEqual([]);
  });

  test("200 of a client that began after the forgetting: it pages on, to the end", async () => {
    const { user, token } = await makeReader();
    const made = [];
    for (let index = 0; index < 5; index++) made.push(await createTask(token));
    await send("PATCH", `/api/tasks/${made[4]?.id}/complete`, { token });
    await database().task_counters.update({
      where: { owner_user_id: user.id },
      data: { forgotten_change: 5 },
    });
    const { changes, cursor } = await readOn(token, undefined, "1");
    expect(changes.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    const next = await createTask(token);
    expect(sketch(await readPage(token, { cursor }))).toEqual([`saved ${next.id}`]);
  });

  test("410 from a time that the database no longer knows, as after a restored backup", async () => {
    const { user, token } = await makeReader();
    for (let index = 0; index < 3; index++) await createTask(token);
    const { cursor } = await readOn(token);
    await database().task_counters.update({
      where: { owner_user_id: user.id },
      data: { last_change: 2 },
    });
    await gone(cursor, token);
  });

  test("410 of every time before the counters were raised, as the runbook does after a restore", async () => {
    const { user, token } = await makeReader();
    const task = await createTask(token);
    const { cursor } = await readOn(token);
    await database().$executeRaw`
      UPDATE task_counters SET last_change = last_change + 1000000, forgotten_change = last_change + 1000000
      WHERE owner_user_id = ${user.id}`;
    await gone(cursor, token);
    const { next_cursor } = await readPage(token, { from: "now" });
    expect((await readOn(token)).changes.map(({ id }) => id)).toEqual([task.id]);
    const next = await createTask(token);
    expect(sketch(await readPage(token, { cursor: next_cursor }))).toEqual([`saved ${next.id}`]);
  });

  test("200 [A-6] sealed under a secret that has since been retired; 410 once that is gone", async ({
    skip,
  }) => {
    skip(isElsewhere);
    const { user, token } = await makeReader();
    const first = await createTask(token);
    await createTask(token);
    const { next_cursor: cursor } = await readPage(token, { limit: "1" });
    const { next_cursor: end } = await readPage(token);
    const old = process.env.BETTER_AUTH_SECRET ?? "";
    const fresh = "another secret, just as long as it takes";

    // The tests after this one need the app as it was.
    onTestFinished(() => {
      vi.unstubAllEnvs();
      vi.resetModules();
    });
    const ask = async (variables: Record<string, string>, cursor: string) => {
      vi.unstubAllEnvs();
      vi.resetModules();
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
      const app = await import("../../support/send.ts");
      const claims = { sub: user.id, iat: seconds(), exp: seconds(300) };
      const renewed = mintToken(claims, { secret: fresh });
      return app.send("GET", `${changesAt}?cursor=${cursor}`, { token: renewed });
    };
    const rotating = { BETTER_AUTH_SECRET: fresh, BETTER_AUTH_SECRET_RETIRED: old };
    const during = await ask(rotating, cursor);
    expect([during.status, during.body.changes.length]).toEqual([200, 1]);
    expect(during.body.changes[0].id).not.toBe(first.id);
    // Where nothing came, the cursor comes back all the same under the secret of today.
    const { next_cursor: resealed } = (await ask(rotating, end)).body;
    const rotated = { BETTER_AUTH_SECRET: fresh };
    expect((await ask(rotated, resealed)).body).toEqual({
      changes: [],
      next_cursor: resealed,
      has_more: false,
    });
    const after = await ask(rotated, cursor);
    expect([after.status, after.body.code]).toEqual([410, "cursor_gone"]);
  });
});

test.each([
  ["limit=0", ["query.limit"]],
  ["limit=501", ["query.limit"]],
  ["limit=5&limit=5", ["query.limit"]],
  ["cursor=a&cursor=b", ["query.cursor"]],
  ["since=0&status=all", ["query.since", "query.status"]],
])("422 [T-9, E-1] ?%s names every parameter at fault", async (query, paths) => {
  const { token } = await makeReader();
  const { status, body } = await send("GET", `${changesAt}?${query}`, { token });
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
});

test("200 [T-9] a page holds 100 changes by default and 500 at most", async () => {
  const { user, token } = await makeReader();
  await database().tasks.createMany({
    data: Array.from({ length: 501 }, (_, index) => ({
      owner_user_id: user.id,
      id: crypto.randomUUID(),
      title: `Task ${index}`,
    })),
  });
  expect((await readPage(token)).changes).toHaveLength(100);
  expect((await readPage(token, { limit: "500" })).changes).toHaveLength(500);
  const { changes } = await readOn(token, undefined, "100");
  expect(new Set(changes.map(({ id }) => id)).size).toBe(501);
});

/** Follows the changes until nobody writes any more, and then to the end. */
async function follow(token: string, isWriting: () => boolean) {
  const changes: Changes["changes"] = [];
  let cursor: string | undefined;
  for (;;) {
    const last = !isWriting();
    const page = await readPage(token, { limit: "7", ...(cursor !== undefined && { cursor }) });
    changes.push(...page.changes);
    cursor = page.next_cursor;
    if (last && !page.has_more) return changes;
  }
}

test("[T-9] beside eight writers: replayed, the changes end in exactly what is stored", async () => {
  const { user, token } = await makeReader();
  const ids = Array.from({ length: 16 }, () => crypto.randomUUID());
  const operations: ((id: string, turn: number) => Promise<Sent>)[] = [
    (id) => send("POST", "/api/tasks", { token, body: { id, title: "Made" } }),
    (id, turn) => send("PUT", `/api/tasks/${id}`, { token, body: { title: `Put ${turn}` } }),
    (id) => send("PATCH", `/api/tasks/${id}/complete`, { token }),
    (id) => send("POST", "/api/tasks", { token, body: { id, title: "Made" } }),
    (id) => send("DELETE", `/api/tasks/${id}`, { token }),
    (id) => send("POST", `/api/tasks/${id}/restore`, { token }),
    (id) => send("DELETE", `/api/tasks/${id}?permanent=true`, { token }),
    (id, turn) =>
      send("POST", "/api/tasks/batch", {
        token,
        body: {
          atomic: false,
          operations: [
            { operation: "create", task: { id, title: "Batch" } },
            { operation: "update", id, change: { title: `Batch ${turn}` } },
            { operation: "create", task: { title: `Batch ${turn}` } },
            { operation: "delete", id, permanent: turn % 2 === 0 },
          ],
        },
      }),
    (id) =>
      send("POST", "/api/tasks", {
        token,
        body: { id, title: "Made" },
        headers: { "Idempotency-Key": crypto.randomUUID() },
      }),
  ];
  let writing = 8;
  const unexpected: Sent[] = [];
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let turn = 0; turn < 40; turn++) {
      const id = ids[(writer * 5 + turn * 7) % ids.length] ?? "";
      const operation = operations[(writer + turn) % operations.length];
      const answer = operation && (await insist(() => operation(id, turn)));
      if (answer && ![200, 201, 204, 404, 409].includes(answer.status)) unexpected.push(answer);
    }
    writing--;
  });
  const [changes] = await Promise.all([follow(token, () => writing > 0), ...writers]);

  const held = new Map<string, Task>();
  const versions = new Map<string, number>();
  for (const { id, task } of changes) {
    if (task === null) {
      held.delete(id);
      continue;
    }
    expect(task.version, "no version twice, none backwards").toBeGreaterThan(versions.get(id) ?? 0);
    versions.set(id, task.version);
    held.set(id, task);
  }
  const lists = await Promise.all(
    ["all", "trashed"].map((status) =>
      send("GET", `/api/tasks?status=${status}&limit=500`, { token }),
    ),
  );
  const stored: Task[] = lists.flatMap(({ body }) => body);
  expect(stored).toHaveLength((await storedTasks(user)).length);
  const byId = (tasks: Iterable<Task>) => [...tasks].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(byId(held.values())).toEqual(byId(stored));
  expect(unexpected.map(({ text }) => text)).toEqual([]);
});

test("[T-9] while an earlier change is not committed, no later one is shown", async () => {
  const { user, token } = await makeReader();
  const { id } = await createTask(token);
  const { cursor } = await readOn(token);
  const make = (title: string) => send("POST", "/api/tasks", { token, body: { title } });
  let later: Promise<Sent> | undefined;
  await database().$transaction(async (open) => {
    await open.$executeRaw`
      WITH counter AS (
        UPDATE task_counters SET last_change = last_change + 1
        WHERE owner_user_id = ${user.id} RETURNING last_change)
      UPDATE tasks SET title = 'Open', version = version + 1, change = last_change FROM counter
      WHERE owner_user_id = ${user.id} AND id = ${id}::uuid`;
    later = make("Later");
    for (let look = 0; look < 10; look++) {
      expect((await readPage(token, { cursor })).changes).toEqual([]);
    }
  }, heldOpen);
  // Where the later one waited too long it was refused (E-2), and is sent again.
  if ((await later)?.status === 503) await make("Later");
  const { changes } = await readPage(token, { cursor });
  expect(changes.map(({ task }) => task?.title)).toEqual(["Open", "Later"]);
});
