import { addressForms, api, fillPath } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { insist, send } from "../../support/send.ts";
import { storedTasks } from "../../support/stored.ts";

describe.each(addressForms(api.deleteTask.path))("at %s", (form) => {
  test("204 [T-1] the answer is empty and the task is gone; then 404", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const id = await makeTask(database(), user);
    const target = fillPath(form, { user_id: user.id, id });
    const deleted = await send("DELETE", target, { token });
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    expect(deleted.headers.get("Content-Type")).toBeNull();
    const trashed = await storedTasks(user);
    expect(trashed.map((task) => [task.id, task.deleted_at])).toEqual([[id, expect.any(Date)]]);
    for (const [method, body] of [
      ["DELETE", undefined],
      ["GET", undefined],
      ["PUT", { title: "x" }],
    ] as const) {
      const again = await send(method, target, { token, ...(body && { body }) });
      expect([again.status, again.body.code]).toEqual([404, "task_not_found"]);
    }
    const completed = await send("PATCH", `${target}/complete`, { token });
    expect([completed.status, completed.body.code]).toEqual([404, "task_not_found"]);
    expect(await storedTasks(user)).toEqual(trashed);
  });
});

test("204 [O-1] only the one task of the one owner is deleted", async () => {
  const ada = await makeUser(database());
  const bob = await makeUser(database());
  const id = await makeTask(database(), ada);
  await makeTask(database(), ada, { title: "Stays" });
  await send("POST", "/api/tasks", { token: tokenOf(bob), body: { id, title: "Bob's" } });
  const { status } = await send("DELETE", `/api/tasks/${id}`, { token: tokenOf(ada) });
  expect(status).toBe(204);
  const left = (await storedTasks(ada, bob)).filter((task) => task.deleted_at === null);
  expect(left.map(({ title }) => title).sort()).toEqual(["Bob's", "Stays"]);
});

test.each([
  ["", 1],
  ["?permanent=true", 0],
])("204 [E-3] of twenty deletes%s at the same time exactly one wins", async (query, left) => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const id = await makeTask(database(), user);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      insist(() => send("DELETE", `/api/tasks/${id}${query}`, { token })),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(19).fill(404)]);
  expect(await storedTasks(user)).toHaveLength(left);
});
