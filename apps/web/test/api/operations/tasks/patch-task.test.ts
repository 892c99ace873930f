import { addressForms, api, fillPath } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { createTask, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

async function makeOne() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const task = await createTask(token, {
    title: "Pay rent",
    description: "Ask for the receipt.",
    completed: true,
    due_date: "2026-12-01",
  });
  const patch = (body: unknown) => send("PATCH", `/api/tasks/${task.id}`, { token, body });
  return { user, token, task, patch };
}

const mergePatch = "application/merge-patch+json";

describe.each(addressForms(api.patchTask.path))("at %s", (form) => {
  describe.each([mergePatch, "application/json", `${mergePatch}; charset=utf-8`])(
    "as %s",
    (type) => {
      test.each([
        { title: "Pay the rent" },
        { description: "No receipt." },
        { description: "" },
        { description: null },
        { completed: false },
        { due_date: "2026-12-24" },
        { due_date: null },
        { due_time: "09:30", time_zone: "Asia/Kolkata" },
        { priority: "high", tags: ["home"] },
        { title: "New", description: null, completed: false, due_date: null },
      ])("200 [T-4] %j changes this and keeps the rest", async (change) => {
        const { user, token, task } = await makeOne();
        const target = fillPath(form, { user_id: user.id, id: task.id });
        const headers = { "Content-Type": type };
        const { status, body } = await send("PATCH", target, {
          token,
          raw: JSON.stringify(change),
          headers,
        });
        expect(status).toBe(200);
        expect(body).toEqual({ ...task, ...change, updated_at: expect.any(String), version: 2 });
        expect((await send("GET", target, { token })).body).toEqual(body);
      });
    },
  );

  test("200 [T-4, T-7] {} changes nothing: neither version nor updated_at nor what is stored", async () => {
    const { user, token, task } = await makeOne();
    const target = fillPath(form, { user_id: user.id, id: task.id });
    const before = await storedTasks(user);
    for (const headers of [{}, { "If-Match": '"1"' }, { "If-Match": "*" }]) {
      const answer = await send("PATCH", target, { token, body: {}, headers });
      expect([answer.status, answer.body]).toEqual([200, task]);
      expect(answer.headers.get("ETag")).toBe('"1"');
    }
    expect(await storedTasks(user)).toEqual(before);
  });

  test("412 [T-4, T-7] {} with a stale ETag", async () => {
    const { user, token, task } = await makeOne();
    const target = fillPath(form, { user_id: user.id, id: task.id });
    for (const tag of ['"2"', 'W/"2"', '"1-x"', '"9999999999"']) {
      const headers = { "If-Match": tag };
      const { status, body } = await send("PATCH", target, { token, body: {}, headers });
      expect([status, body.code, body.task]).toEqual([412, "precondition_failed", task]);
    }
  });

  test("403 and 404 [O-2] for what is not one's own, also with {}", async () => {
    const user = await makeUser(database());
    const stranger = await makeUser(database());
    const foreign = await makeTask(database(), stranger);
    const before = await storedTasks(stranger);
    const statusOf = async (id: string, body: object) => {
      const target = fillPath(form, { user_id: user.id, id });
      return (await send("PATCH", target, { token: tokenOf(user), body })).status;
    };
    for (const body of [{}, { title: "Mine" }]) {
      expect(await statusOf(foreign, body)).toBe(403);
      expect(await statusOf(crypto.randomUUID(), body)).toBe(404);
    }
    expect(await storedTasks(stranger)).toEqual(before);
  });
});

test("200 [T-4, T-7] what is set to what it was is a change, as with PUT", async () => {
  const { task, patch } = await makeOne();
  const { status, body } = await patch({ title: task.title });
  expect([status, body.version]).toEqual([200, 2]);
});

test.each([
  [{ title: null }, ["body.title"]],
  [{ title: " " }, ["body.title"]],
  [{ completed: null }, ["body.completed"]],
  [{ due_date: "2026-02-30", description: 5 }, ["body.description", "body.due_date"]],
  [{ title: "a\0b", description: "\ud800" }, ["body.description", "body.title"]],
  [{ titel: "x", Completed: true }, ["body.Completed", "body.titel"]],
  [{ title: "x", version: 1 }, ["body.version"]],
  [{ id: null }, ["body.id"]],
  [{ owner_user_id: "someone" }, ["body.owner_user_id"]],
  [{ deleted_at: null }, ["body.deleted_at"]],
  [[], ["body"]],
  [[{ op: "replace", path: "/title", value: "x" }], ["body"]],
  ["title", ["body"]],
  [null, ["body"]],
  [7, ["body"]],
])("422 [T-4] %j is refused with every fault, and changes nothing", async (change, paths) => {
  const { user, patch } = await makeOne();
  const before = await storedTasks(user);
  const { status, body } = await patch(change);
  const found = body.errors.map(({ path }: { path: string[] }) => path.join(".")).sort();
  expect([status, found]).toEqual([422, paths]);
  expect(await storedTasks(user)).toEqual(before);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "application/merge-patch", ""])(
  "415 [E-2] a patch of the type %j changes nothing",
  async (type) => {
    const { user, token, task } = await makeOne();
    const before = await storedTasks(user);
    const { status, body } = await send("PATCH", `/api/tasks/${task.id}`, {
      token,
      raw: new TextEncoder().encode('{"title":"x"}'),
      headers: type === "" ? {} : { "Content-Type": type },
    });
    expect([status, body.code]).toEqual([415, "unsupported_media_type"]);
    expect(await storedTasks(user)).toEqual(before);
  },
);

test.each(["", "{", "{'title': 'x'}", "\ufeff"])(
  "400 [E-2] %j is no JSON, and changes nothing",
  async (raw) => {
    const { user, token, task } = await makeOne();
    const before = await storedTasks(user);
    const { status, body } = await send("PATCH", `/api/tasks/${task.id}`, {
      token,
      raw,
      headers: { "Content-Type": mergePatch },
    });
    expect([status, body.code]).toEqual([400, "malformed_json"]);
    expect(await storedTasks(user)).toEqual(before);
  },
);

test("200 [T-4] patches of different fields at the same time all last", async () => {
  const { task, token, patch } = await makeOne();
  const answers = await Promise.all([
    patch({ title: "Title" }),
    patch({ description: "Description" }),
    patch({ completed: false }),
    patch({ due_date: null }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const { body } = await send("GET", `/api/tasks/${task.id}`, { token });
  const changed = { title: "Title", description: "Description", completed: false, due_date: null };
  expect(body).toMatchObject({ ...changed, version: 5 });
});
