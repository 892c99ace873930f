import { addressForms, api, fillPath, type Task } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { expectMoment } from "../../support/moment.ts";
import { createTask, insist, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

const content = {
  title: "Pay rent",
  description: "Ask for the receipt.",
  completed: true,
  due_date: "2026-12-01",
};

async function makeOne() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  return { user, token, task: await createTask(token, content) };
}

async function makeTrashed() {
  const made = await makeOne();
  const { status } = await send("DELETE", `/api/tasks/${made.task.id}`, { token: made.token });
  expect(status).toBe(204);
  return made;
}

const idsIn = async (list: string, status: string, token: string): Promise<string[]> => {
  const { body } = await send("GET", `${list}?status=${status}`, { token });
  return body.map(({ id }: Task) => id);
};

describe.each(addressForms(api.getTask.path))("at %s", (form) => {
  const at = (user: { id: string }, id: string) => fillPath(form, { user_id: user.id, id });

  test("204 [T-8] a deleted task is in the trash, with the moment, and in no other list", async () => {
    const { user, token, task } = await makeOne();
    const kept = await createTask(token, content);
    const start = Date.now();
    const { status, text } = await send("DELETE", at(user, task.id), { token });
    expect([status, text]).toEqual([204, ""]);
    const list = at(user, "").replace(/\/$/, "");
    const { body } = await send("GET", `${list}?status=trashed`, { token });
    expect(body).toEqual([
      { ...task, version: 2, updated_at: expect.any(String), deleted_at: expect.any(String) },
    ]);
    expectMoment(body[0].deleted_at, start);
    expect(await idsIn(list, "all", token)).toEqual([kept.id]);
    expect(await idsIn(list, "completed", token)).toEqual([kept.id]);
    expect(await idsIn(list, "pending", token)).toEqual([]);
    const byDefault = await send("GET", list, { token });
    expect(byDefault.body.map(({ id }: Task) => id)).toEqual([kept.id]);
  });

  test.each([
    ["GET", "", {}],
    ["PUT", "", { body: { title: "x" } }],
    ["PATCH", "", { body: { title: "x" } }],
    ["PATCH", "", { body: {} }],
    ["PATCH", "/complete", {}],
    ["PATCH", "/complete", { body: { completed: false } }],
    ["DELETE", "", {}],
    ["DELETE", "?permanent=false", {}],
  ])(
    "404 [T-8] %s%s of a task in the trash with %j changes nothing",
    async (method, suffix, given) => {
      const { user, token, task } = await makeTrashed();
      const before = await storedTasks(user);
      const { status, body } = await send(method, `${at(user, task.id)}${suffix}`, {
        ...given,
        token,
      });
      expect([status, body.code]).toEqual([404, "task_not_found"]);
      expect(await storedTasks(user)).toEqual(before);
    },
  );

  test("200 [T-8] a restored task is as it was, with a higher version", async () => {
    const { user, token, task } = await makeTrashed();
    const { status, body } = await send("POST", `${at(user, task.id)}/restore`, { token });
    expect(status).toBe(200);
    expect(body).toEqual({ ...task, version: 3, updated_at: expect.any(String) });
    expect((await send("GET", at(user, task.id), { token })).body).toEqual(body);
    const list = at(user, "").replace(/\/$/, "");
    expect(await idsIn(list, "trashed", token)).toEqual([]);
    expect(await idsIn(list, "completed", token)).toEqual([task.id]);
  });

  test("200 [T-8] restoring again, or what never was deleted, changes nothing", async () => {
    const { user, token, task } = await makeTrashed();
    const untouched = await createTask(token, content);
    const first = await send("POST", `${at(user, task.id)}/restore`, { token });
    const before = await storedTasks(user);
    for (const known of [first.body, untouched]) {
      const again = await send("POST", `${at(user, known.id)}/restore`, { token });
      expect([again.status, again.body]).toEqual([200, known]);
    }
    expect(await storedTasks(user)).toEqual(before);
  });

  test.each([
    ["the list", makeOne],
    ["the trash", makeTrashed],
  ])("204 [T-8] for good from %s, then 404, and nothing is left", async (_, make) => {
    const { user, token, task } = await make();
    const target = at(user, task.id);
    const { status, text } = await send("DELETE", `${target}?permanent=true`, { token });
    expect([status, text]).toEqual([204, ""]);
    expect(await storedTasks(user)).toEqual([]);
    for (const [method, suffix, given] of [
      ["GET", "", {}],
      ["DELETE", "", {}],
      ["DELETE", "?permanent=true", {}],
      ["POST", "/restore", {}],
      ["PUT", "", { body: { title: "x" } }],
    ] as const) {
      const { body } = await send(method, `${target}${suffix}`, { ...given, token });
      expect(body.code).toBe("task_not_found");
    }
    expect(await idsIn("/api/tasks", "trashed", token)).toEqual([]);
    expect(await storedTasks(user)).toEqual([]);
  });

  test.each([
    ["POST", "/restore"],
    ["DELETE", ""],
    ["DELETE", "?permanent=true"],
  ])("403 [O-2] %s%s of somebody else's task, in the trash or not", async (method, suffix) => {
    const trashed = await makeTrashed();
    const live = await makeOne();
    const stranger = await makeUser(database());
    const before = await storedTasks(trashed.user, live.user);
    for (const { task } of [trashed, live]) {
      const target = `${at(stranger, task.id)}${suffix}`;
      const { status, text } = await send(method, target, { token: tokenOf(stranger) });
      expect(status).toBe(403);
      expect(text).not.toMatch(/rent|receipt/);
    }
    expect(await storedTasks(trashed.user, live.user)).toEqual(before);
  });

  test.each(["permanent=1", "permanent=", "permanent=TRUE", "permanent=true&permanent=true"])(
    "422 [T-8] ?%s is refused, and nothing is deleted",
    async (query) => {
      const { user, token, task } = await makeOne();
      const before = await storedTasks(user);
      const { status, body } = await send("DELETE", `${at(user, task.id)}?${query}`, { token });
      expect(status).toBe(422);
      expect(body.errors).toEqual([{ path: ["query", "permanent"], message: expect.any(String) }]);
      expect(await storedTasks(user)).toEqual(before);
    },
  );

  test("[T-2, T-8] a create with the id of a task in the trash: 200 for the same, 409 for other content", async () => {
    const { user, token, task } = await makeTrashed();
    const list = at(user, "").replace(/\/$/, "");
    const before = await storedTasks(user);
    const same = await send("POST", list, { token, body: { ...content, id: task.id } });
    expect([same.status, same.body.id, same.body.version]).toEqual([200, task.id, 2]);
    expect(same.body.deleted_at).toEqual(before[0]?.deleted_at?.toISOString());
    const other = await send("POST", list, {
      token,
      body: { ...content, id: task.id, title: "x" },
    });
    expect([other.status, other.body.code]).toEqual([409, "id_already_used"]);
    expect(await storedTasks(user)).toEqual(before);
  });
});

test("201 [T-2, T-8] the id of a task that was deleted for good is free, for any content", async () => {
  const { user, token, task } = await makeOne();
  await send("DELETE", `/api/tasks/${task.id}?permanent=true`, { token });
  const made = await send("POST", "/api/tasks", { token, body: { id: task.id, title: "New" } });
  expect([made.status, made.body.description, made.body.deleted_at]).toEqual([201, null, null]);
  expect(made.body.version).toBeGreaterThan(task.version);
  expect(await storedTasks(user)).toHaveLength(1);
});

test("404 [O-2] my id in the trash is 404, though somebody else holds that id", async () => {
  const { token, task } = await makeTrashed();
  const other = await makeUser(database());
  await createTask(tokenOf(other), { id: task.id, title: "Theirs" });
  expect((await send("GET", `/api/tasks/${task.id}`, { token })).status).toBe(404);
  expect((await send("DELETE", `/api/tasks/${task.id}`, { token })).status).toBe(404);
  const theirs = await send("GET", `/api/tasks/${task.id}`, { token: tokenOf(other) });
  expect([theirs.status, theirs.body.title]).toEqual([200, "Theirs"]);
});

test("[T-8, O-1] only the one task of the one owner is touched", async () => {
  const { user, token, task } = await makeOne();
  await createTask(token, content);
  const other = await makeUser(database());
  await createTask(tokenOf(other), { ...content, id: task.id });
  const others = async () =>
    (await storedTasks(user, other)).filter(
      (row) => row.owner_user_id !== user.id || row.id !== task.id,
    );
  const before = await others();
  await send("DELETE", `/api/tasks/${task.id}`, { token });
  await send("POST", `/api/tasks/${task.id}/restore`, { token });
  await send("DELETE", `/api/tasks/${task.id}?permanent=true`, { token });
  expect(await others()).toEqual(before);
});

test("200 [T-6, T-8] the trash is sorted and paged as any list", async () => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  for (const title of ["c", "a", "d", "b", "e"]) {
    const { id } = await createTask(token, { title });
    if (title !== "e") await send("DELETE", `/api/tasks/${id}`, { token });
  }
  const first = await send("GET", "/api/tasks?status=trashed&sort=title&limit=3", { token });
  const next = /^<([^>]+)>/.exec(first.headers.get("Link") ?? "")?.[1] ?? "";
  const second = await send("GET", next, { token });
  const titles = [...first.body, ...second.body].map(({ title }: Task) => title);
  expect([titles, second.headers.has("Link")]).toEqual([["a", "b", "c", "d"], false]);
});

test("[T-8] of restores and deletions at the same time none fails but with 404, and one state stays", async () => {
  const { user, token, task } = await makeOne();
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => [
        insist(() => send("DELETE", `/api/tasks/${task.id}`, { token })),
        insist(() => send("POST", `/api/tasks/${task.id}/restore`, { token })),
      ]).flat(),
    );
    expect(answers.filter(({ status }) => ![200, 204, 404].includes(status))).toEqual([]);
    expect(await storedTasks(user)).toHaveLength(1);
  }
});
