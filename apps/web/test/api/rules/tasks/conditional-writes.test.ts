import { addressForms, api, fillPath } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { describe, expect, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { heldOpen, hungAfter } from "../../../hung.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { createTask, insist, isElsewhere, type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

async function makeOne() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const task = await createTask(token, { title: "Pay rent", description: "Ask for the receipt." });
  return { user, token, task };
}

/** Every write that takes If-Match, but for restore, which needs a task in the trash. */
const writes = [
  { name: "PUT", method: "PUT", suffix: "", given: { body: { title: "Changed" } }, status: 200 },
  { name: "PATCH", method: "PATCH", suffix: "", given: { body: { title: "New" } }, status: 200 },
  { name: "complete", method: "PATCH", suffix: "/complete", given: {}, status: 200 },
  { name: "DELETE", method: "DELETE", suffix: "", given: {}, status: 204 },
  { name: "DELETE for good", method: "DELETE", suffix: "?permanent=true", given: {}, status: 204 },
] as const;
const restore = { name: "restore", method: "POST", suffix: "/restore", given: {} } as const;

const etagOf = ({ headers }: Sent) => headers.get("ETag");

/** 412 that shows the task as it is now. */
function expectStale({ status, headers, body }: Sent, now: object, etag: string) {
  expect([status, body.code, headers.get("ETag")]).toEqual([412, "precondition_failed", etag]);
  expect(body.task).toEqual(now);
}

describe.each(addressForms(api.getTask.path))("at %s", (form) => {
  const at = (user: { id: string }, id: string) => fillPath(form, { user_id: user.id, id });

  test("[T-7] every answer with a task has its version in quotes as a strong ETag", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const id = crypto.randomUUID();
    const list = at(user, id).replace(`/${id}`, "");
    const task = at(user, id);
    const given = { token, body: { id, title: "Pay rent" } };
    const expected = async (answer: Promise<Sent>, status: number, version: number) => {
      const { status: found, headers, body } = await answer;
      expect([found, headers.get("ETag"), body.version]).toEqual([status, `"${version}"`, version]);
    };
    await expected(send("POST", list, given), 201, 1);
    await expected(send("POST", list, given), 200, 1);
    await expected(send("GET", task, { token }), 200, 1);
    await expected(send("PUT", task, { token, body: { title: "Rent" } }), 200, 2);
    await expected(send("PATCH", task, { token, body: { title: "Rent!" } }), 200, 3);
    await expected(send("PATCH", `${task}/complete`, { token }), 200, 4);
    expect((await send("DELETE", task, { token })).status).toBe(204);
    await expected(send("POST", `${task}/restore`, { token }), 200, 6);
    await expected(send("GET", task, { token }), 200, 6);
  });

  test.each(writes)(
    "[T-7] $name with the ETag of the task is done",
    async ({ method, suffix, given, status }) => {
      const { user, token, task } = await makeOne();
      const target = at(user, task.id);
      const etag = etagOf(await send("GET", target, { token })) ?? "";
      const headers = { "If-Match": etag };
      const done = await send(method, `${target}${suffix}`, { ...given, token, headers });
      expect(done.status).toBe(status);
      if (status === 200) expect([etagOf(done), done.body.version]).toEqual(['"2"', 2]);
    },
  );

  test.each(writes)(
    "412 [T-7, E-3] $name with a stale ETag shows the task as it is and changes nothing",
    async ({ method, suffix, given }) => {
      const { user, token, task } = await makeOne();
      const target = at(user, task.id);
      const now = await send("PUT", target, { token, body: { title: "Meanwhile" } });
      const before = await storedTasks(user);
      const headers = { "If-Match": '"1"' };
      const refused = await send(method, `${target}${suffix}`, { ...given, token, headers });
      expectStale(refused, now.body, '"2"');
      expect(await storedTasks(user)).toEqual(before);
    },
  );

  test("412 [T-7, T-8] the trash has the same condition: for restore and for deleting for good", async () => {
    const { user, token, task } = await makeOne();
    const target = at(user, task.id);
    await send("DELETE", target, { token });
    const [now] = (await send("GET", "/api/tasks?status=trashed", { token })).body;
    const before = await storedTasks(user);
    for (const [method, suffix] of [
      ["POST", "/restore"],
      ["DELETE", "?permanent=true"],
    ] as const) {
      const headers = { "If-Match": '"1"' };
      expectStale(await send(method, `${target}${suffix}`, { token, headers }), now, '"2"');
    }
    expect(await storedTasks(user)).toEqual(before);
    const restored = await send("POST", `${target}/restore`, {
      token,
      headers: { "If-Match": '"2"' },
    });
    expect([restored.status, etagOf(restored)]).toEqual([200, '"3"']);
    const again = await send("POST", `${target}/restore`, {
      token,
      headers: { "If-Match": '"2"' },
    });
    expectStale(again, restored.body, '"3"');
  });

  test("304 [T-7] GET with the ETag that one holds has no body, but the ETag", async () => {
    const { user, token, task } = await makeOne();
    for (const held of ['"1"', 'W/"1"', '"1-gzip"', '"7", "1"', ' W/"0" , "1"', "*"]) {
      const headers = { "If-None-Match": held };
      const answer = await send("GET", at(user, task.id), { token, headers });
      expect([answer.status, answer.text, etagOf(answer)]).toEqual([304, "", '"1"']);
      expect(answer.headers.has("Content-Type")).toBe(false);
    }
  });
});

test.each([
  '"2"',
  'W/"2"',
  '"11"',
  '"01"',
  '""',
  '"2-gzip"',
  '"1-x"',
  "1",
  '"9999999999"',
  "nonsense",
])("200 [T-7] If-None-Match: %s is not what the task is, so the task is shown", async (held) => {
  const { token, task } = await makeOne();
  const headers = { "If-None-Match": held };
  const { status, body } = await send("GET", `/api/tasks/${task.id}`, { token, headers });
  expect([status, body]).toEqual([200, task]);
});

test("[T-7] no answer with an ETag may be changed on its way, so that nobody makes its ETag weak", async () => {
  const { token, task } = await makeOne();
  const target = `/api/tasks/${task.id}`;
  const given = { token, headers: { "If-None-Match": '"1"' } };
  for (const answer of [
    await send("GET", target, { token }),
    await send("GET", target, given),
    await send("POST", "/api/tasks", { token, body: { title: "x" } }),
    await send("PUT", target, { token, body: { title: "x" } }),
    await send("PUT", target, { token, headers: { "If-Match": '"1"' }, body: { title: "x" } }),
  ]) {
    expect(etagOf(answer)).toMatch(/^"\d"$/);
    expect(answer.headers.get("Cache-Control")).toBe("no-store, no-transform");
    expect(answer.headers.has("Content-Encoding")).toBe(false);
  }
  const list = await send("GET", "/api/tasks", { token });
  expect(list.headers.get("Cache-Control")).toBe("no-store");
});

test("304 [T-7] after a change the old ETag gets the task and the new one 304", async () => {
  const { token, task } = await makeOne();
  const target = `/api/tasks/${task.id}`;
  const changed = await send("PUT", target, { token, body: { title: "Changed" } });
  const get = (held: string) => send("GET", target, { token, headers: { "If-None-Match": held } });
  expect((await get('"1"')).body).toEqual(changed.body);
  expect((await get('"2"')).status).toBe(304);
});

describe.each(writes)("If-Match of $name", ({ method, suffix, given, status }) => {
  const write = async (tag: string) => {
    const { user, token, task } = await makeOne();
    const before = await storedTasks(user);
    const target = `/api/tasks/${task.id}${suffix}`;
    const answer = await send(method, target, { ...given, token, headers: { "If-Match": tag } });
    return { task, answer, isChanged: async () => !same(before, await storedTasks(user)) };
  };
  const same = (a: readonly { change: bigint }[], b: readonly { change: bigint }[]) =>
    a.length === b.length && a.every((row, index) => row.change === b[index]?.change);

  test.each([
    ...["*", '"1"', ' "1" ', '"7","1"', '"1" , "2"', 'W/"1", "1"'],
    // ETags as compressing proxies rewrite them.
    ...['W/"1"', 'W/"1", "2"', '"1-gzip"', '"1--gzip"', 'W/"1-br"', '"1;gzip"', '"2", "1-zstd"'],
  ])("[T-7] %s matches", async (tag) => {
    const { answer, isChanged } = await write(tag);
    expect([answer.status, await isChanged()]).toEqual([status, true]);
  });

  test.each([
    'W/"2"',
    '"2-gzip"',
    '"1-"',
    '"1gzip"',
    '"1-2"',
    '"1-rm"',
    '""',
    '"0"',
    '"01"',
    '"1.0"',
    '"-1"',
    '"11"',
    '"a,1"',
    '"2147483647"',
    '"2147483648"',
    '"9999999999"',
    '"99999999999"',
  ])("412 [T-7] %s matches nothing", async (tag) => {
    const { task, answer, isChanged } = await write(tag);
    expectStale(answer, task, '"1"');
    expect(await isChanged()).toBe(false);
  });

  test.each(["", "1", "'1'", '"1', '1"', 'w/"1"', '"1" "2"', '*, "1"', '"1"; "2"', '"a b"'])(
    "422 [T-7, E-1] %s is no ETag",
    async (tag) => {
      const { answer, isChanged } = await write(tag);
      expect([answer.status, answer.body.errors]).toEqual([
        422,
        [{ path: ["headers", "if_match"], message: expect.any(String) }],
      ]);
      expect(await isChanged()).toBe(false);
    },
  );
});

describe.each([...writes, restore])("$name with any If-Match", ({ method, suffix, given }) => {
  test.each(["*", '"1"', '"7"', 'W/"1"'])(
    "404 or 403 [T-7, O-2] is the answer where %s would not be asked for",
    async (tag) => {
      const { token, task } = await makeOne();
      const stranger = await makeUser(database());
      const headers = { "If-Match": tag };
      const to = async (id: string, asker: string) =>
        (await send(method, `/api/tasks/${id}${suffix}`, { ...given, token: asker, headers })).body
          .code;
      expect(await to(crypto.randomUUID(), token)).toBe("task_not_found");
      expect(await to(task.id, tokenOf(stranger))).toBe("forbidden");
    },
  );
});

test.each(writes.slice(0, 4))(
  "404 [T-7, T-8] $name of a task in the trash, whatever If-Match says",
  async ({ method, suffix, given }) => {
    const { user, token, task } = await makeOne();
    const target = `/api/tasks/${task.id}`;
    await send("DELETE", target, { token });
    const before = await storedTasks(user);
    for (const tag of ["*", '"1"', '"2"']) {
      const headers = { "If-Match": tag };
      const { body } = await send(method, `${target}${suffix}`, { ...given, token, headers });
      expect(body.code).toBe("task_not_found");
    }
    expect(await storedTasks(user)).toEqual(before);
  },
);

test.each(writes)(
  "[T-7] of eight $name at the same time with one ETag exactly one wins, ten rounds",
  async ({ method, suffix, given, status }) => {
    const { user, token, task } = await makeOne();
    const target = `/api/tasks/${task.id}`;
    for (let round = 0; round < 10; round++) {
      const known = await send("GET", target, { token });
      const headers = { "If-Match": etagOf(known) ?? "" };
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          insist(() => send(method, `${target}${suffix}`, { ...given, token, headers })),
        ),
      );
      // A request after the deletion finds no task: 404 wins over 412.
      const lost = method === "DELETE" ? 404 : 412;
      const statuses = answers.map((answer) => answer.status).sort();
      expect(statuses).toEqual([status, ...Array(7).fill(lost)]);
      const [row] = await storedTasks(user);
      if (suffix !== "?permanent=true") expect(row?.version).toBe(known.body.version + 1);
      if (method !== "DELETE") {
        for (const { body, headers } of answers.filter((answer) => answer.status === 412)) {
          expect(headers.get("ETag")).toBe(`"${known.body.version + 1}"`);
          expect(body.task.version).toBe(known.body.version + 1);
        }
      } else if (suffix === "") {
        expect((await send("POST", `${target}/restore`, { token })).status).toBe(200);
      } else {
        await createTask(token, { id: task.id, title: "Pay rent" });
      }
    }
  },
);

test("[T-7] of different writes at the same time with one ETag exactly one wins, ten rounds", async () => {
  const { user, token, task } = await makeOne();
  const target = `/api/tasks/${task.id}`;
  for (let round = 0; round < 10; round++) {
    const known = await send("GET", target, { token });
    const headers = { "If-Match": etagOf(known) ?? "" };
    const answers = await Promise.all(
      [...writes.slice(0, 4), ...writes.slice(0, 4)].map(({ method, suffix, given }) =>
        insist(() => send(method, `${target}${suffix}`, { ...given, token, headers })),
      ),
    );
    const won = answers.filter(({ status }) => status < 300);
    const lost = answers.filter(({ status }) => status === 412 || status === 404);
    expect([won.length, lost.length]).toEqual([1, 7]);
    expect((await storedTasks(user))[0]?.version).toBe(known.body.version + 1);
    await send("POST", `${target}/restore`, { token });
  }
});

test("[T-7] a version never comes again, through every change, the trash and a new beginning", async () => {
  const { token, task } = await makeOne();
  const target = `/api/tasks/${task.id}`;
  const seen = [task.version];
  for (let round = 0; round < 3; round++) {
    for (const { method, suffix, given } of [...writes.slice(0, 4), restore]) {
      const { body } = await send(method, `${target}${suffix}`, { ...given, token });
      if (body) seen.push(body.version);
    }
    if (round % 2 === 0) await send("DELETE", target, { token });
    expect((await send("DELETE", `${target}?permanent=true`, { token })).status).toBe(204);
    seen.push((await createTask(token, { id: task.id, title: "Pay rent" })).version);
  }
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
});

test.skipIf(isElsewhere).each(writes)(
  "404 [T-7] $name of a task that is made only just after: no 412 where no version was named",
  async ({ method, suffix, given }) => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    for (const headers of [{}, { "If-Match": "*" }]) {
      const id = crypto.randomUUID();
      const usual = database();
      let made = false;
      // Between the first statement of the write and the next one, somebody makes the task.
      globalThis.tendDatabase = usual.$extends({
        query: {
          async $queryRaw({ args, query }) {
            const found = await query(args);
            if (!made) {
              made = true;
              await usual.tasks.create({ data: { owner_user_id: user.id, id, title: "Late" } });
            }
            return found;
          },
        },
      }) as unknown as typeof usual;
      try {
        const late = await send(method, `/api/tasks/${id}${suffix}`, { token, headers, ...given });
        expect([late.status, late.body.code, made]).toEqual([404, "task_not_found", true]);
      } finally {
        globalThis.tendDatabase = usual;
      }
    }
  },
);

test("[T-7] a create that waits for a deletion for good does not begin at a version that was", async () => {
  const answer = await insist(createDuringDeletion);
  expect(answer.status).toBe(201);
  expect(answer.body.version).toBeGreaterThan(7);
});

/** Deletes a task of version 7 for good while a create of the same id waits. Gives its answer. */
async function createDuringDeletion(): Promise<Sent> {
  const { user, token, task } = await makeOne();
  const target = `/api/tasks/${task.id}`;
  for (let turn = 0; turn < 6; turn++) await send("PATCH", `${target}/complete`, { token });
  let isAnswered = false;
  const waits = async () => {
    const waiting = await database().$queryRaw<unknown[]>`
      SELECT FROM pg_locks WHERE NOT granted AND pid IN (
        SELECT pid FROM pg_stat_activity WHERE datname = current_database())`;
    return isAnswered || waiting.length > 0;
  };
  // The promise is in an object, so that the transaction does not wait for it.
  const { made } = await database().$transaction(async (holder) => {
    await holder.$queryRaw`
      SELECT FROM task_counters WHERE owner_user_id = ${user.id} FOR UPDATE`;
    const body = { id: task.id, title: "Again" };
    const made = send("POST", "/api/tasks", { token, body }).finally(() => {
      isAnswered = true;
    });
    await vi.waitUntil(waits, { timeout: hungAfter, interval: 5 });
    // What deleteTaskForGood writes.
    await holder.$executeRaw`
      WITH counter AS (
        UPDATE task_counters SET last_change = last_change + 1
        WHERE owner_user_id = ${user.id} RETURNING last_change),
      gone AS (
        DELETE FROM tasks USING counter WHERE owner_user_id = ${user.id} AND id = ${task.id}::uuid
        RETURNING owner_user_id, id, version, last_change)
      INSERT INTO task_tombstones (owner_user_id, id, version, change) SELECT * FROM gone`;
    return { made };
  }, heldOpen);
  return made;
}
