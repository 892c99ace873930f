import { addressForms, api, fillPath } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { expectMoment } from "../../support/moment.ts";
import { createTask, insist, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

async function makeOne(given: object = {}) {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const task = await createTask(token, {
    title: "Pay rent",
    description: "Ask for the receipt.",
    due_date: "2026-12-01",
    ...given,
  });
  return { user, token, task, target: `/api/tasks/${task.id}/complete` };
}

describe.each(addressForms(api.completeTask.path))("at %s", (form) => {
  test.each([
    ["without body and Content-Type", {}],
    ["with an empty body", { raw: "", headers: { "Content-Type": "text/plain" } }],
    [
      "with Content-Type JSON and nothing in it",
      { headers: { "Content-Type": "application/json" } },
    ],
    ["with Content-Length 0", { raw: "", headers: { "Content-Length": "0" } }],
  ])("200 [T-5] %s the state flips, there and back", async (_, given) => {
    const { user, token, task } = await makeOne();
    const target = fillPath(form, { user_id: user.id, id: task.id });
    for (const [completed, version] of [
      [true, 2],
      [false, 3],
    ] as const) {
      const { status, headers, body } = await send("PATCH", target, { ...given, token });
      expect(status).toBe(200);
      expect(body).toEqual({ ...task, completed, version, updated_at: expect.any(String) });
      const got = await send("GET", target.replace("/complete", ""), { token });
      expect(got.body).toEqual(body);
      expect(got.headers.get("ETag")).toBe(headers.get("ETag"));
    }
  });

  test.each([true, false])(
    "200 [T-5] with a body it is set to %j, as often as one likes",
    async (completed) => {
      const { user, token, task } = await makeOne({ completed: !completed });
      const target = fillPath(form, { user_id: user.id, id: task.id });
      for (let time = 0; time < 3; time++) {
        const { status, body } = await send("PATCH", target, { token, body: { completed } });
        expect([status, body.completed]).toEqual([200, completed]);
      }
    },
  );
});

test("200 [T-5] updated_at moves, created_at does not", async () => {
  const { user, token, task, target } = await makeOne();
  const longAgo = new Date("2020-02-29T12:00:00.123Z");
  await database().tasks.update({
    where: { id_owner_user_id: { owner_user_id: user.id, id: task.id } },
    data: { created_at: longAgo, updated_at: longAgo },
  });
  const start = Date.now();
  const { body } = await send("PATCH", target, { token });
  expect(body.created_at).toBe(longAgo.toISOString());
  expectMoment(body.updated_at, start);
});

test("200 [T-5] twenty flips at the same time: none is lost, ten rounds", async () => {
  const { user, token, target } = await makeOne();
  for (let round = 1; round <= 10; round++) {
    // An odd number of them, so that the state that is right changes from round to round.
    const count = round % 2 === 0 ? 20 : 21;
    const before = (await storedTasks(user))[0];
    const answers = await Promise.all(
      Array.from({ length: count }, () => insist(() => send("PATCH", target, { token }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(200));
    const to = (state: boolean) => answers.filter(({ body }) => body.completed === state).length;
    expect(Math.abs(to(true) - to(false)), "every flip saw the one before").toBe(count % 2);
    expect(new Set(answers.map(({ headers }) => headers.get("ETag"))).size).toBe(count);
    const after = (await storedTasks(user))[0];
    expect(after?.completed).toBe(count % 2 === 0 ? before?.completed : !before?.completed);
  }
});

test.each([
  ["yes", ["body.completed"]],
  [null, ["body.completed"]],
  [1, ["body.completed"]],
  [[true], ["body.completed"]],
  [{ not: "" }, ["body.completed"]],
])('422 [T-5] {"completed": %j} changes nothing', async (completed, paths) => {
  const { user, token, target } = await makeOne();
  const before = await storedTasks(user);
  const { status, body } = await send("PATCH", target, { token, body: { completed } });
  const found = body.errors.map(({ path }: { path: string[] }) => path.join("."));
  expect([status, found]).toEqual([422, paths]);
  expect(await storedTasks(user)).toEqual(before);
});

test.each([{}, [[]], null, true, "true", { done: true }, { completed: true, title: "x" }])(
  "422 [T-5] the body %j changes nothing",
  async (given) => {
    const { user, token, target } = await makeOne();
    const before = await storedTasks(user);
    const { status } = await send("PATCH", target, { token, body: given });
    expect(status).toBe(422);
    expect(await storedTasks(user)).toEqual(before);
  },
);

test.each(["text/plain", "application/x-www-form-urlencoded", ""])(
  "415 [E-2] a body of the type %j changes nothing",
  async (type) => {
    const { user, token, target } = await makeOne();
    const before = await storedTasks(user);
    const { status, body } = await send("PATCH", target, {
      token,
      raw: new TextEncoder().encode('{"completed":true}'),
      headers: type === "" ? {} : { "Content-Type": type },
    });
    expect([status, body.code]).toEqual([415, "unsupported_media_type"]);
    expect(await storedTasks(user)).toEqual(before);
  },
);
