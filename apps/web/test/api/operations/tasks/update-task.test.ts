import { addressForms, api, fillPath, positionBetween, type Task } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { expectMoment } from "../../support/moment.ts";
import { createTask, insist, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const full = {
  title: "Pay rent",
  description: "Ask for the receipt.",
  completed: true,
  due_date: "2026-12-01",
  due_time: "09:30",
  time_zone: "Europe/Berlin",
  priority: "high",
  tags: ["home", "money"],
  position: "hzz1",
};

const long_ago = new Date("2020-02-29T12:00:00.123Z");

/** A user with one task that was made and last changed long ago. */
async function makeOldTask() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const made = await createTask(token, full);
  await database().tasks.update({
    where: { id_owner_user_id: { owner_user_id: user.id, id: made.id } },
    data: { created_at: long_ago, updated_at: long_ago },
  });
  const task: Task = {
    ...made,
    created_at: long_ago.toISOString(),
    updated_at: long_ago.toISOString(),
  };
  const put = (body: object) => send("PUT", `/api/tasks/${task.id}`, { token, body });
  return { user, token, task, put };
}

describe.each(addressForms(api.updateTask.path))("at %s", (form) => {
  test.each([
    { title: "Pay the rent" },
    { description: "No receipt." },
    { description: "" },
    { description: null },
    { completed: false },
    { due_date: "2026-12-24" },
    { due_date: null, due_time: null, time_zone: null },
    { due_time: "23:59" },
    { due_time: null, time_zone: null },
    { time_zone: "Asia/Kolkata" },
    { time_zone: null },
    { priority: "low" },
    { priority: "none" },
    { tags: ["Été", "work"] },
    { tags: [] },
    { position: "hzz2" },
    { title: "New", description: null, completed: false, due_date: "2027-01-01", tags: ["x"] },
  ])("200 [T-4] %j changes this and keeps the rest", async (change) => {
    const { user, token, task } = await makeOldTask();
    const target = fillPath(form, { user_id: user.id, id: task.id });
    const start = Date.now();
    const { status, headers, body } = await send("PUT", target, { token, body: change });
    expect(status).toBe(200);
    expect(body).toEqual({ ...task, ...change, version: 2, updated_at: expect.any(String) });
    expectMoment(body.updated_at, start);
    const got = await send("GET", target, { token });
    expect(got.body).toEqual(body);
    expect(got.headers.get("ETag")).toBe(headers.get("ETag"));
  });
});

test.each([
  [{ due_date: null }, { due_date: null, due_time: null, time_zone: null }],
  [{ due_time: null }, { due_time: null, time_zone: null }],
  [
    { due_date: null, due_time: null },
    { due_date: null, due_time: null, time_zone: null },
  ],
])("200 [T-16] %j takes along what needs it", async (change, expected) => {
  const { task, put } = await makeOldTask();
  const { status, body } = await put(change);
  expect([status, body]).toEqual([
    200,
    { ...task, ...expected, version: 2, updated_at: expect.any(String) },
  ]);
});

describe.each(["PUT", "PATCH"])("%s", (method) => {
  test("422 [T-16, E-3] a time needs a day and a zone needs a time, in the task or in the change", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const { id } = await createTask(token, { title: "x" });
    const change = async (body: object) => {
      const answer = await send(method, `/api/tasks/${id}`, { token, body });
      return [
        answer.status,
        answer.body.errors?.map(({ path }: { path: string[] }) => path.join(".")),
      ];
    };
    const before = await storedTasks(user);
    expect(await change({ due_time: "09:30" })).toEqual([422, ["body.due_time"]]);
    expect(await change({ time_zone: "UTC" })).toEqual([422, ["body.time_zone"]]);
    expect(await change({ title: "y", due_time: "09:30", time_zone: "UTC" })).toEqual([
      422,
      ["body.due_time"],
    ]);
    expect(await change({ due_date: "2026-12-01", time_zone: "UTC" })).toEqual([
      422,
      ["body.time_zone"],
    ]);
    expect(await change({ due_date: null, due_time: "09:30" })).toEqual([422, ["body.due_time"]]);
    expect(await storedTasks(user)).toEqual(before);
    expect(await change({ due_date: "2026-12-01", due_time: "09:30" })).toEqual([200, undefined]);
    expect(await change({ time_zone: "UTC" })).toEqual([200, undefined]);
  });

  test("404, 403, 412 [T-7, T-16] come before what the task lacks", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const { id } = await createTask(token, { title: "x" });
    const foreign = await createTask(tokenOf(await makeUser(database())), { title: "x" });
    const status = async (of: string, etag?: string) => {
      const headers: Record<string, string> = etag === undefined ? {} : { "If-Match": etag };
      const body = { due_time: "09:30" };
      return (await send(method, `/api/tasks/${of}`, { token, body, headers })).status;
    };
    expect(await status(crypto.randomUUID())).toBe(404);
    expect(await status(foreign.id)).toBe(403);
    expect(await status(id, '"7"')).toBe(412);
    expect(await status(id, '"1"')).toBe(422);
    expect(await status(id, "*")).toBe(422);
    await send("DELETE", `/api/tasks/${id}`, { token });
    expect(await status(id)).toBe(404);
  });
});

test("200, 422 [T-16] beside changes of the day, a time never stands without one", async () => {
  const { user, task, put } = await makeOldTask();
  const changes = (round: number) => [
    { due_date: null },
    { due_time: `10:${10 + round}` },
    { due_date: "2026-12-24" },
    { due_time: "11:00", time_zone: "Asia/Tokyo" },
    { time_zone: "Europe/Berlin" },
  ];
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(changes(round).map((change) => insist(() => put(change))));
    const [cleared, timed, dated, zoned, moved] = answers.map(({ status }) => status);
    expect([cleared, dated]).toEqual([200, 200]);
    for (const status of [timed, zoned, moved]) expect([200, 422]).toContain(status);
  }
  const [row] = await storedTasks(user);
  expect(row?.id).toBe(task.id);
});

test("200 [T-4] updated_at moves, created_at does not, also where nothing differs", async () => {
  const { task, put } = await makeOldTask();
  const { body } = await put({ title: task.title });
  expect(body.created_at).toBe(task.created_at);
  expect(Date.parse(body.updated_at)).toBeGreaterThan(long_ago.getTime());
});

test("200 [T-2, T-3] the title is trimmed and text is kept byte for byte", async () => {
  const { put } = await makeOldTask();
  const { body } = await put({ title: "  e\u0301 🏳️‍🌈 שלום ", description: " \u202Eabc\n" });
  expect([body.title, body.description]).toEqual(["e\u0301 🏳️‍🌈 שלום", " \u202Eabc\n"]);
});

test("200 [O-1] only the one task of the one owner is changed", async () => {
  const { user, token, task, put } = await makeOldTask();
  const other = await makeUser(database());
  await createTask(token, full);
  await createTask(tokenOf(other), { ...full, id: task.id });
  const before = await storedTasks(user, other);
  await put({ title: "Changed" });
  const after = await storedTasks(user, other);
  const isTask = (row: { owner_user_id: string; id: string }) =>
    row.owner_user_id === user.id && row.id === task.id;
  expect(after.filter((row) => !isTask(row))).toEqual(before.filter((row) => !isTask(row)));
  expect(after.find(isTask)?.title).toBe("Changed");
});

test.each([
  [{}, ["body"]],
  [{ title: null }, ["body.title"]],
  [{ title: " " }, ["body.title"]],
  [{ title: "a\0b", description: "\ud800" }, ["body.description", "body.title"]],
  [{ completed: null }, ["body.completed"]],
  [{ priority: null }, ["body.priority"]],
  [{ tags: null }, ["body.tags"]],
  [{ position: "" }, ["body.position"]],
  [{ position: "A" }, ["body.position"]],
  [{ position: "a0" }, ["body.position"]],
  [{ position: "a\0" }, ["body.position"]],
  [{ position: "a".repeat(256) }, ["body.position"]],
  [{ position: null, title: "" }, ["body.position", "body.title"]],
  [{ tags: ["a", "A"], due_time: "25:00" }, ["body.due_time", "body.tags.1"]],
  [{ completed: 1, due_date: "tomorrow" }, ["body.completed", "body.due_date"]],
  [{ id: "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47" }, ["body.id"]],
  [{ title: "x", owner_user_id: "someone" }, ["body.owner_user_id"]],
  [{ title: "x", updated_at: "2026-01-01T00:00:00.000Z" }, ["body.updated_at"]],
  [{ titel: "x", Completed: true }, ["body.Completed", "body.titel"]],
])("422 [T-4] %j is refused with every fault, and changes nothing", async (change, paths) => {
  const { user, put } = await makeOldTask();
  const before = await storedTasks(user);
  const { status, body } = await put(change);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(await storedTasks(user)).toEqual(before);
});

test("200 [T-18] forty at once into one gap take forty places in it, in one order for all", async () => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const create = (title: string, position?: string) => createTask(token, { title, position });
  const above = await create("above", "a");
  const below = await create("below", "b");
  const moving: Task[] = [];
  for (let number = 0; number < 40; number++) moving.push(await create(`${number}`));
  const answers = await Promise.all(
    moving.map(({ id }) => {
      const body = { position: positionBetween(above.position, below.position) };
      return insist(() => send("PATCH", `/api/tasks/${id}`, { token, body }));
    }),
  );
  expect(answers.map(({ status, body }) => [status, body.version])).toEqual(
    Array(40).fill([200, 2]),
  );
  const inOrder = answers
    .map(({ body }) => body)
    .sort((a: Task, b: Task) => (a.position < b.position ? -1 : 1));
  expect(new Set(inOrder.map(({ position }: Task) => position)).size).toBe(40);
  const { body } = await send("GET", "/api/tasks?sort=position", { token });
  expect(body).toEqual([above, ...inOrder, below]);
});

test("200 [T-5] an update that does not name completed does not undo a flip beside it", async () => {
  const { token, task, put } = await makeOldTask();
  let expected = task.completed;
  for (let round = 0; round < 10; round++) {
    const [flip, ...updates] = await Promise.all([
      send("PATCH", `/api/tasks/${task.id}/complete`, { token }),
      put({ title: `Round ${round}` }),
      put({ description: `Round ${round}` }),
      put({ due_date: `2026-12-${10 + round}` }),
    ]);
    expect([flip, ...updates].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expected = !expected;
    const { body } = await send("GET", `/api/tasks/${task.id}`, { token });
    expect(body).toMatchObject({
      completed: expected,
      title: `Round ${round}`,
      description: `Round ${round}`,
      due_date: `2026-12-${10 + round}`,
    });
  }
});
