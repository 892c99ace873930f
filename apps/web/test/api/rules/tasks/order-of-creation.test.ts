import { randomUUID } from "node:crypto";
import type { Task } from "@tend/contracts";
import { makeUser } from "@tend/db/testing";
import { expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { createTask, insist, send } from "../../support/send.ts";

async function makeMaker() {
  const user = await makeUser(database());
  const token = tokenOf(user);
  return {
    user,
    token,
    async batch(titles: readonly string[], more: readonly object[] = []): Promise<Task[]> {
      const creates = titles.map((title) => ({
        operation: "create",
        task: { id: randomUUID(), title },
      }));
      const { status, body } = await insist(() =>
        send("POST", "/api/tasks/batch", { token, body: { operations: [...creates, ...more] } }),
      );
      expect(status).toBe(200);
      return body.results.map(({ task }: { task: Task }) => task);
    },
    /** The whole list, page by page. */
    async list(query = "", limit = 7): Promise<Task[]> {
      const tasks: Task[] = [];
      let next: string | undefined = `/api/tasks?limit=${limit}${query}`;
      while (next !== undefined) {
        const { status, body, headers } = await insist(() => send("GET", next ?? "", { token }));
        expect(status).toBe(200);
        tasks.push(...body);
        next = /<(.*)>/.exec(headers.get("Link") ?? "")?.[1];
      }
      return tasks;
    },
  };
}

const titlesOf = (tasks: readonly Task[]) => tasks.map(({ title }) => title);
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => `Task ${from + n}`);

test("200 [T-1, T-10] tasks of one batch with ids of version 4 are listed in its order, over pages and batches", async () => {
  const { token, batch, list } = await makeMaker();
  await batch(numbered(0, 100));
  await batch(numbered(100, 100));
  await batch(numbered(200, 5));
  await createTask(token, { id: randomUUID(), title: "Task 205" });
  await createTask(token, { title: "Task 206" });
  await batch(["Task 207"]);
  const made = numbered(0, 208);
  expect(titlesOf(await list())).toEqual(made.toReversed());
  expect(titlesOf(await list("&order=asc"))).toEqual(made);
  expect(titlesOf(await list("&status=pending", 100))).toEqual(made.toReversed());
  expect(titlesOf(await list("&sort=position"))).toEqual(made.toReversed());
  const { body } = await send("GET", "/api/tasks/changes?limit=500", { token });
  const changes: { task: Task }[] = body.changes;
  expect(titlesOf(changes.map(({ task }) => task))).toEqual(made);
});

test("[T-1] each has a moment of its own, to the millisecond, and is not changed before it was made", async () => {
  const { token, batch, list } = await makeMaker();
  const before = Date.now();
  const made = await batch(numbered(0, 60));
  const first = made[0]?.id;
  await batch([], [{ operation: "update", id: made.at(-1)?.id, change: { title: "Changed" } }]);
  await send("PATCH", `/api/tasks/${made[58]?.id}/complete`, { token });
  await batch(["Later"], [{ operation: "delete", id: first }]);
  const tasks = [...(await list()), ...(await list("&status=trashed"))];
  expect(new Set(tasks.map(({ created_at }) => created_at)).size).toBe(61);
  for (const task of tasks) {
    expect(task.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(task.updated_at >= task.created_at).toBe(true);
    // The clock of the database may be another one than this.
    expect(Math.abs(Date.parse(task.created_at) - before)).toBeLessThan(3_600_000);
  }
  for (const task of made) {
    const stored = tasks.find(({ id }) => id === task.id);
    expect(stored?.created_at).toBe(task.created_at);
    expect(task.updated_at).toBe(task.created_at);
  }
});

test("[T-1] tasks made at the same time have moments of their own too, and positions in their order", async () => {
  const { token, list, batch } = await makeMaker();
  await Promise.all([
    ...numbered(0, 20).map((title) =>
      insist(() => send("POST", "/api/tasks", { token, body: { id: randomUUID(), title } })),
    ),
    batch(numbered(20, 10)),
    batch(numbered(30, 10)),
  ]);
  const tasks = await list();
  expect(tasks).toHaveLength(40);
  expect(new Set(tasks.map(({ created_at }) => created_at)).size).toBe(40);
  expect(await list("&sort=position")).toEqual(tasks);
  const { body } = await send("GET", "/api/tasks/changes", { token });
  const byChange = body.changes.map(({ id }: { id: string }) => id);
  expect(tasks.map(({ id }) => id).toReversed()).toEqual(byChange);
});

test("[T-1] a clock that was far ahead once leaves nothing behind", async () => {
  const { user, batch } = await makeMaker();
  await batch(["Before"]);
  await database().$executeRaw`
    UPDATE task_counters SET created_until = now() + interval '3 years' WHERE owner_user_id = ${user.id}`;
  const [task] = await batch(["After"]);
  expect(Date.parse(task?.created_at ?? "")).toBeLessThan(Date.now() + 3_600_000);
});

test("201 [T-2, T-10] creates that are there already, or fail, take no place from others", async () => {
  const { token, batch, list } = await makeMaker();
  const [known] = await batch(["Known"]);
  const operations = [
    { operation: "create", task: { id: randomUUID(), title: "a" } },
    { operation: "create", task: { id: known?.id, title: "Known" } },
    { operation: "create", task: { id: known?.id, title: "Other" } },
    { operation: "create", task: { id: randomUUID(), title: "b" } },
  ];
  const { body } = await send("POST", "/api/tasks/batch", {
    token,
    body: { operations, atomic: false },
  });
  expect(body.results.map(({ status }: { status: number }) => status)).toEqual([
    201, 200, 409, 201,
  ]);
  expect(titlesOf(await list())).toEqual(["b", "a", "Known"]);
});
