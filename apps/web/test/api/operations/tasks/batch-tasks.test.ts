import { addressForms, api, type BatchOperation, fillPath, type Task } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { createTask, insist, type Sent, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const batchAt = "/api/tasks/batch";

const content = {
  title: "Pay rent",
  description: "Ask for the receipt.",
  completed: false,
  due_date: "2026-12-01",
};

async function makeBatcher() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const batch = (operations: readonly unknown[], more: object = {}): Promise<Sent> =>
    send("POST", batchAt, { token, body: { operations, ...more } });
  return { user, token, batch };
}

interface Result {
  readonly status: number;
  readonly task?: Task;
  readonly problem?: { readonly code: string; readonly status: number; readonly task?: Task };
}
const statusesOf = ({ body }: Sent): number[] => body.results.map(({ status }: Result) => status);
const codesOf = ({ body }: Sent): (string | undefined)[] =>
  body.results.map(({ problem }: Result) => problem?.code);

const taskNow = async (token: string, id: string) =>
  (await send("GET", `/api/tasks/${id}`, { token })).body;

async function changesOf(token: string): Promise<string[]> {
  const { body } = await send("GET", "/api/tasks/changes?limit=500", { token });
  return body.changes.map(({ type, id }: { type: string; id: string }) => `${type} ${id}`);
}

describe.each(addressForms(api.batchTasks.path))("at %s", (form) => {
  test("200 [T-10] each kind of operation, each answered as it would be alone", async () => {
    const { user, token } = await makeBatcher();
    const made: Task[] = [];
    for (let index = 0; index < 7; index++) made.push(await createTask(token, content));
    const [a, b, c, d, e, f, g] = made.map(({ id }) => id);
    await send("DELETE", `/api/tasks/${f}`, { token });
    const { status, headers, body } = await send("POST", fillPath(form, { user_id: user.id }), {
      token,
      body: {
        operations: [
          { operation: "create", task: { title: "New" } },
          { operation: "update", id: a, change: { title: "Changed", due_date: null } },
          { operation: "complete", id: b },
          { operation: "complete", id: c, completed: false },
          { operation: "delete", id: d },
          { operation: "delete", id: e, permanent: true },
          { operation: "restore", id: f },
          { operation: "restore", id: g },
        ],
      },
    });
    expect([status, headers.get("Content-Type")]).toEqual([200, "application/json"]);
    const answers: Result[] = body.results;
    expect(answers.map((result) => result.status)).toEqual([
      201, 200, 200, 200, 204, 204, 200, 200,
    ]);
    const [created, updated, flipped, set, trashed, gone, restored, kept] = answers;
    expect(created?.task).toMatchObject({ title: "New", description: null, version: 1 });
    expect(updated?.task).toMatchObject({ ...content, title: "Changed", due_date: null });
    expect(flipped?.task).toMatchObject({ ...content, completed: true, version: 2 });
    expect(set?.task).toMatchObject({ ...content, version: 2 });
    expect([trashed, gone]).toEqual([{ status: 204 }, { status: 204 }]);
    expect(restored?.task).toMatchObject({ ...content, version: 3, deleted_at: null });
    expect(kept?.task).toEqual(made[6]);
    for (const { task } of answers) {
      if (task) expect(await taskNow(token, task.id)).toEqual(task);
    }
    const [inTrash] = (await send("GET", "/api/tasks?status=trashed", { token })).body;
    expect(inTrash).toMatchObject({ ...content, id: d, version: 2 });
    expect((await storedTasks(user)).some(({ id }) => id === e)).toBe(false);
  });

  test("422 [T-10, E-3] one that cannot be done among five undoes all", async () => {
    const { user, token } = await makeBatcher();
    const { id } = await createTask(token, content);
    const before = await storedTasks(user);
    const seen = await changesOf(token);
    const { status, body } = await send("POST", fillPath(form, { user_id: user.id }), {
      token,
      body: {
        operations: [
          { operation: "create", task: { title: "New" } },
          { operation: "update", id, change: { title: "Changed" } },
          { operation: "complete", id: crypto.randomUUID() },
          { operation: "delete", id },
          { operation: "create", task: { title: "New too" } },
        ],
      },
    });
    expect([status, body.code]).toEqual([422, "batch_failed"]);
    expect(body.results.map((result: Result) => [result.status, result.problem?.code])).toEqual([
      [424, "failed_dependency"],
      [424, "failed_dependency"],
      [404, "task_not_found"],
      [424, "failed_dependency"],
      [424, "failed_dependency"],
    ]);
    for (const { status, problem, task } of body.results as Result[]) {
      expect([problem?.status, task]).toEqual([status, undefined]);
    }
    expect(await storedTasks(user)).toEqual(before);
    expect(await changesOf(token)).toEqual(seen);
  });
});

test("200 [T-10, T-14, T-15, T-16] times, zones, priorities and tags as they would be alone", async () => {
  const { token, batch } = await makeBatcher();
  const due = { due_date: "2026-12-01", due_time: "09:30", time_zone: "Europe/Berlin" };
  const dated = await createTask(token, { title: "x", ...due, tags: ["a"], priority: "low" });
  const bare = await createTask(token, { title: "y" });
  const change = (id: string, change: object) => ({ operation: "update", id, change });
  const task = { title: "z", ...due, tags: ["é", "日本"], priority: "high" };
  const operations = [
    { operation: "create", task },
    change(bare.id, { due_time: "09:30" }),
    change(bare.id, { due_date: "2026-12-01" }),
    change(bare.id, { due_time: "09:30", tags: ["b", "c"] }),
    change(dated.id, { due_date: null }),
    change(dated.id, { time_zone: "UTC" }),
  ];
  const answer = await batch(operations, { atomic: false });
  expect(statusesOf(answer)).toEqual([201, 422, 200, 200, 200, 422]);
  const [made, lacksDay, , timed, cleared, lacksTime] = answer.body.results;
  const none = { due_date: null, due_time: null, time_zone: null };
  expect(made.task).toMatchObject(task);
  expect(timed.task).toMatchObject({ ...due, time_zone: null, tags: ["b", "c"] });
  expect(cleared.task).toMatchObject({ ...none, tags: ["a"], priority: "low" });
  const place = (index: number, field: string) => ["body", "operations", index, "change", field];
  expect(lacksDay.problem.errors).toMatchObject([{ path: place(1, "due_time") }]);
  expect(lacksTime.problem.errors).toMatchObject([{ path: place(5, "time_zone") }]);
  for (const result of [made, timed, cleared]) {
    expect(await taskNow(token, result.task.id)).toEqual(result.task);
  }
});

test("200 [T-10, T-18] each new task comes on top of those before it in the batch; places can be given and set", async () => {
  const { token, batch } = await makeBatcher();
  const old = await createTask(token, { title: "old" });
  const create = (title: string, position?: string) => ({
    operation: "create",
    task: { title, position },
  });
  const operations = [
    ...["a", "b", "c"].map((title) => create(title)),
    create("last", "z"),
    { operation: "update", id: old.id, change: { position: "y" } },
  ];
  const { body: done } = await batch(operations);
  const { body } = await send("GET", "/api/tasks?sort=position", { token });
  expect(body.map(({ title }: Task) => title)).toEqual(["c", "b", "a", "old", "last"]);
  const tasks: (Task | undefined)[] = done.results.map(({ task }: Result) => task);
  for (const task of tasks) expect(body).toContainEqual(task);
  expect(tasks.at(-1)).toEqual({
    ...old,
    position: "y",
    version: 2,
    updated_at: expect.any(String),
  });
});

test("422 [T-10, T-18] a place that is none refuses the batch whole", async () => {
  const { user, token, batch } = await makeBatcher();
  const { id } = await createTask(token, content);
  const before = await storedTasks(user);
  const { status, body } = await batch([
    { operation: "create", task: { title: "x", position: "a0" } },
    { operation: "update", id, change: { position: null } },
  ]);
  const paths = body.errors.map(({ path }: { path: unknown[] }) => path.slice(2));
  expect([status, paths]).toEqual([
    422,
    [
      [0, "task", "position"],
      [1, "change", "position"],
    ],
  ]);
  expect(await storedTasks(user)).toEqual(before);
});

test("200 [T-10] the operations are carried out in order, also on one and the same task", async () => {
  const { user, token, batch } = await makeBatcher();
  const id = crypto.randomUUID();
  const answer = await batch([
    { operation: "create", task: { id, title: "New" } },
    { operation: "update", id, change: { title: "Changed" }, version: 1 },
    { operation: "complete", id, version: 2 },
    { operation: "complete", id },
    { operation: "delete", id, version: 4 },
    { operation: "restore", id, version: 5 },
    { operation: "complete", id, completed: true, version: 6 },
  ]);
  expect(statusesOf(answer)).toEqual([201, 200, 200, 200, 204, 200, 200]);
  const results: Result[] = answer.body.results;
  expect(results.map(({ task }) => task?.version)).toEqual([1, 2, 3, 4, undefined, 6, 7]);
  expect(results.map(({ task }) => task?.completed)).toEqual([
    false,
    false,
    true,
    false,
    undefined,
    false,
    true,
  ]);
  expect(await taskNow(token, id)).toEqual(results.at(-1)?.task);
  expect(await storedTasks(user)).toHaveLength(1);
});

test("[T-7, T-10] deleted for good and made again within a batch, the versions go on", async () => {
  const { token, batch } = await makeBatcher();
  const { id } = await createTask(token, content);
  await send("PATCH", `/api/tasks/${id}/complete`, { token });
  const answer = await batch([
    { operation: "delete", id, permanent: true, version: 2 },
    { operation: "create", task: { id, title: "Again" } },
    { operation: "delete", id, permanent: true },
    { operation: "create", task: { id, title: "And again" } },
  ]);
  expect(statusesOf(answer)).toEqual([204, 201, 204, 201]);
  expect(await taskNow(token, id)).toEqual(answer.body.results[3].task);
  const versions = [answer.body.results[1].task.version, answer.body.results[3].task.version];
  expect(versions[0]).toBeGreaterThan(2);
  expect(versions[1]).toBeGreaterThan(versions[0]);
  await batch([{ operation: "delete", id, permanent: true }]);
  expect((await createTask(token, { id, title: "Alone" })).version).toBeGreaterThan(versions[1]);
});

test("200 [T-10] with atomic: false what can be done is done", async () => {
  const { user, token, batch } = await makeBatcher();
  const stranger = await makeUser(database());
  const foreign = await makeTask(database(), stranger);
  const before = await storedTasks(stranger);
  const mine = await createTask(token, content);
  const other = await createTask(token, content);
  const id = crypto.randomUUID();
  const answer = await batch(
    [
      { operation: "complete", id: crypto.randomUUID() },
      { operation: "create", task: { id, title: "New" } },
      { operation: "delete", id: foreign },
      { operation: "update", id: mine.id, change: { title: "Changed" }, version: 7 },
      { operation: "create", task: { id: mine.id, title: "Other content" } },
      { operation: "complete", id: other.id },
    ],
    { atomic: false },
  );
  expect(answer.status).toBe(200);
  expect(statusesOf(answer)).toEqual([404, 201, 403, 412, 409, 200]);
  expect(codesOf(answer)).toEqual([
    "task_not_found",
    undefined,
    "forbidden",
    "precondition_failed",
    "id_already_used",
    undefined,
  ]);
  expect(answer.body.results[3].problem.task).toEqual(mine);
  expect(await taskNow(token, mine.id)).toEqual(mine);
  expect((await taskNow(token, other.id)).completed).toBe(true);
  expect(await storedTasks(user)).toHaveLength(3);
  expect(await storedTasks(stranger)).toEqual(before);
});

test.each([
  ["a stale version", 412, "precondition_failed"],
  ["a task of somebody else", 403, "forbidden"],
  ["a task in the trash", 404, "task_not_found"],
  ["an id that is used for other content", 409, "id_already_used"],
])(
  "422 [T-10] %s is its own problem within the batch, and nothing is done",
  async (kind, status, code) => {
    const { user, token, batch } = await makeBatcher();
    const stranger = await makeUser(database());
    const mine = await createTask(token, content);
    const trashed = await createTask(token, content);
    await send("DELETE", `/api/tasks/${trashed.id}`, { token });
    const operations: Record<string, object> = {
      "a stale version": { operation: "update", id: mine.id, change: { title: "x" }, version: 9 },
      "a task of somebody else": {
        operation: "complete",
        id: await makeTask(database(), stranger, { title: "Secret" }),
      },
      "a task in the trash": { operation: "update", id: trashed.id, change: { title: "x" } },
      "an id that is used for other content": {
        operation: "create",
        task: { id: mine.id, title: "x" },
      },
    };
    const before = await storedTasks(user, stranger);
    const answer = await batch([{ operation: "complete", id: mine.id }, operations[kind]]);
    expect([answer.status, answer.body.code, answer.text.includes("Secret")]).toEqual([
      422,
      "batch_failed",
      false,
    ]);
    expect([statusesOf(answer), codesOf(answer)]).toEqual([
      [424, status],
      ["failed_dependency", code],
    ]);
    expect(await storedTasks(user, stranger)).toEqual(before);
  },
);

test("200 [T-2, T-10] a create with the same id and content again finds the task, within and across batches", async () => {
  const { user, batch } = await makeBatcher();
  const create = { operation: "create", task: { ...content, id: crypto.randomUUID() } };
  const first = await batch([create, create]);
  const second = await batch([create]);
  expect([statusesOf(first), statusesOf(second)]).toEqual([[201, 200], [200]]);
  expect(second.body.results[0].task).toEqual(first.body.results[0].task);
  expect(await storedTasks(user)).toHaveLength(1);
});

test("201 [T-10, O-1] an id that somebody else holds is free for me", async () => {
  const { user, batch } = await makeBatcher();
  const other = await makeUser(database());
  const id = await makeTask(database(), other, { title: "Theirs" });
  const before = await storedTasks(other);
  const answer = await batch([
    { operation: "create", task: { id, title: "Mine" } },
    { operation: "delete", id, permanent: true },
  ]);
  expect(statusesOf(answer)).toEqual([201, 204]);
  expect(await storedTasks(user)).toEqual([]);
  expect(await storedTasks(other)).toEqual(before);
});

const id = "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47";
const good = { operation: "create", task: { title: "Good" } };

describe("422 [T-10, E-1] a batch with anything malformed is refused whole:", () => {
  test.each([
    ["no operation", [], ["body.operations"]],
    ["101 operations", Array(101).fill(good), ["body.operations"]],
    ["an unknown operation", [good, { operation: "destroy", id }], ["body.operations.1.operation"]],
    ["no name", [good, { id }], ["body.operations.1.operation"]],
    ["no object", [good, "delete"], ["body.operations.1"]],
    ["no title", [good, good, { operation: "create", task: {} }], ["body.operations.2.task.title"]],
    ["no id", [{ operation: "delete" }], ["body.operations.0.id"]],
    ["no UUID", [{ operation: "restore", id: "1" }], ["body.operations.0.id"]],
    ["no change", [{ operation: "update", id, change: {} }], ["body.operations.0.change"]],
    [
      "two at once",
      [
        { operation: "complete", id, completed: "yes" },
        { operation: "delete", id, permanent: "true", version: 0 },
      ],
      ["body.operations.0.completed", "body.operations.1.permanent", "body.operations.1.version"],
    ],
    [
      "unknown fields",
      [good, { operation: "delete", id, force: true }, { ...good, id }],
      ["body.operations.1.force", "body.operations.2.id"],
    ],
    [
      "an owner",
      [{ operation: "create", task: { title: "x", owner_user_id: "someone" } }],
      ["body.operations.0.task.owner_user_id"],
    ],
    [
      "what PostgreSQL cannot hold",
      [{ operation: "update", id, change: { title: "a\0b", description: "\ud800" } }],
      ["body.operations.0.change.description", "body.operations.0.change.title"],
    ],
  ])("%s", async (_, operations, paths) => {
    const { user, batch } = await makeBatcher();
    const { status, body } = await batch(operations);
    const found = body.errors
      .map(({ path }: { path: (string | number)[] }) => path.join("."))
      .sort();
    expect([status, body.code, found]).toEqual([422, "validation_failed", paths]);
    expect(await storedTasks(user)).toEqual([]);
  });

  test.each([
    [{}, ["body.operations"]],
    [{ operations: { 0: good } }, ["body.operations"]],
    [{ operations: [good], atomic: "no" }, ["body.atomic"]],
    [{ operations: [good], mode: "fast" }, ["body.mode"]],
    [[good], ["body"]],
  ])("%j", async (given, paths) => {
    const { user, token } = await makeBatcher();
    const { status, body } = await send("POST", batchAt, { token, body: given });
    const found = body.errors.map(({ path }: { path: string[] }) => path.join("."));
    expect([status, found]).toEqual([422, paths]);
    expect(await storedTasks(user)).toEqual([]);
  });
});

test("413 [E-2] a batch over 64 KiB is refused, and nothing is done", async () => {
  const { user, batch } = await makeBatcher();
  const large = { operation: "create", task: { title: "x", description: "x".repeat(9000) } };
  const { status } = await batch(Array(8).fill(large));
  expect(status).toBe(413);
  expect(await storedTasks(user)).toEqual([]);
});

test("200 [T-10] a hundred at once: made, completed, deleted, deleted for good", async () => {
  const { user, token, batch } = await makeBatcher();
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
  const each = (operation: (id: string) => object) => batch(ids.map(operation));
  const created = await each((id) => ({ operation: "create", task: { id, title: "x" } }));
  const completed = await each((id) => ({ operation: "complete", id }));
  const deleted = await each((id) => ({ operation: "delete", id, version: 2 }));
  expect((await send("GET", "/api/tasks?status=trashed", { token })).body).toHaveLength(100);
  const gone = await each((id) => ({ operation: "delete", id, permanent: true }));
  for (const [answer, status] of [
    [created, 201],
    [completed, 200],
    [deleted, 204],
    [gone, 204],
  ] as const) {
    expect(statusesOf(answer)).toEqual(Array(100).fill(status));
  }
  expect(await storedTasks(user)).toEqual([]);
});

test("200 [T-3, T-10] text is kept as it is, as it is alone", async () => {
  const { user, token, batch } = await makeBatcher();
  const given = {
    title: "e\u0301 🏳️‍🌈 שלום \\ \u2028 \" '",
    description: " \u202Eabc\n\t\\u0041 \u{1F600} \u0001",
    completed: true,
    due_date: "0001-01-01",
  };
  const { body } = await batch([{ operation: "create", task: given }]);
  const alone = await createTask(token, given);
  const { id, created_at, updated_at, position: _, ...task } = body.results[0].task;
  expect(alone).toMatchObject(task);
  expect(Object.keys(body.results[0].task)).toEqual(Object.keys(alone));
  expect(task).toMatchObject(given);
  expect(await taskNow(token, id)).toEqual(body.results[0].task);
  expect(created_at).toBe(updated_at);
  expect(await storedTasks(user)).toHaveLength(2);
});

test("[T-9, T-10] the changes of a batch come in the order of its operations", async () => {
  const { token, batch } = await makeBatcher();
  const [a, b, c] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  await batch([
    { operation: "create", task: { id: c, title: "c" } },
    { operation: "create", task: { id: a, title: "a" } },
    { operation: "create", task: { id: b, title: "b" } },
  ]);
  expect(await changesOf(token)).toEqual([`saved ${c}`, `saved ${a}`, `saved ${b}`]);
  await batch([
    { operation: "delete", id: b },
    { operation: "complete", id: c },
    { operation: "delete", id: a, permanent: true },
    { operation: "restore", id: b },
  ]);
  expect(await changesOf(token)).toEqual([`saved ${c}`, `deleted ${a}`, `saved ${b}`]);
});

test("200 [T-10] batches over the same tasks in opposite orders do not block each other", async () => {
  const { user, token, batch } = await makeBatcher();
  const ids: string[] = [];
  for (let index = 0; index < 20; index++) ids.push((await createTask(token, content)).id);
  const flip = (id: string) => ({ operation: "complete", id });
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([
      insist(() => batch(ids.map(flip))),
      insist(() => batch(ids.toReversed().map(flip))),
      insist(() => batch(ids.map(flip))),
      ...ids
        .slice(0, 3)
        .map((id) => insist(() => send("PATCH", `/api/tasks/${id}/complete`, { token }))),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
  }
  const rows = await storedTasks(user);
  const flips = (id: string) => (ids.indexOf(id) < 3 ? 20 : 15);
  for (const { id, version, completed } of rows) {
    expect([version, completed]).toEqual([flips(id) + 1, flips(id) % 2 === 1]);
  }
});

test("[T-10] a batch answers each operation as that operation alone is answered", async () => {
  const one = await makeBatcher();
  const other = await makeBatcher();
  const foreign = await makeTask(database(), await makeUser(database()));
  const makeIds = () => ["a", "b", "c", "d"].map((name) => [crypto.randomUUID(), name] as const);
  const operationsOn = (ids: ReturnType<typeof makeIds>): BatchOperation[] => {
    const [a = "", b = "", c = "", d = ""] = ids.map(([id]) => id);
    return [
      { operation: "create", task: { ...content, id: a } },
      { operation: "create", task: { id: b, title: "  b " } },
      { operation: "create", task: { id: c, title: "c" } },
      { operation: "create", task: { ...content, id: a } },
      { operation: "create", task: { id: a, title: "Other" } },
      { operation: "update", id: a, change: { description: null } },
      { operation: "update", id: a, change: { title: "x" }, version: 1 },
      { operation: "complete", id: a, version: 2 },
      { operation: "complete", id: a, completed: true },
      { operation: "delete", id: b },
      { operation: "delete", id: b },
      { operation: "update", id: b, change: { title: "x" }, version: 1 },
      { operation: "create", task: { id: b, title: "b" } },
      { operation: "restore", id: b, version: 1 },
      { operation: "restore", id: b, version: 2 },
      { operation: "restore", id: b },
      { operation: "restore", id: b, version: 2 },
      { operation: "delete", id: c, version: 7 },
      { operation: "delete", id: c, permanent: true, version: 7 },
      { operation: "delete", id: c, permanent: true },
      { operation: "delete", id: c, permanent: true },
      { operation: "restore", id: c },
      { operation: "create", task: { id: c, title: "c again" } },
      { operation: "restore", id: d },
      { operation: "complete", id: foreign },
      { operation: "delete", id: foreign, permanent: true },
    ];
  };
  const alone = async (operation: BatchOperation): Promise<Sent> => {
    const { token } = one;
    if (operation.operation === "create") {
      return send("POST", "/api/tasks", { token, body: operation.task });
    }
    const target = `/api/tasks/${operation.id}`;
    const headers = operation.version === undefined ? {} : { "If-Match": `"${operation.version}"` };
    switch (operation.operation) {
      case "update":
        return send("PUT", target, { token, headers, body: operation.change });
      case "complete": {
        const { completed } = operation;
        const given = completed === undefined ? {} : { body: { completed } };
        return send("PATCH", `${target}/complete`, { token, headers, ...given });
      }
      case "delete":
        return send("DELETE", `${target}?permanent=${operation.permanent ?? false}`, {
          token,
          headers,
        });
      case "restore":
        return send("POST", `${target}/restore`, { token, headers });
    }
  };
  const names = new Map<unknown, string>();
  /** An answer without its owner, ids, times, position and request, which always differ. */
  const bare = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, inner) =>
        /^(owner_user_id|created_at|updated_at|position|request_id)$/.test(key)
          ? undefined
          : key === "deleted_at" && inner !== null
            ? "in the trash"
            : (names.get(inner) ?? inner),
      ),
    );
  const [ids, others] = [makeIds(), makeIds()];
  for (const [id, name] of [...ids, ...others]) names.set(id, name);
  const expected: unknown[] = [];
  for (const operation of operationsOn(ids)) {
    const { status, body } = await alone(operation);
    expected.push(
      bare(status >= 400 ? { status, problem: body } : { status, ...(body && { task: body }) }),
    );
  }
  const { body } = await other.batch(operationsOn(others), { atomic: false });
  expect(bare(body.results)).toEqual(expected);
});
