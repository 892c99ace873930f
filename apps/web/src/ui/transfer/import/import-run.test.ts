import type { Batch, BatchResult } from "@tend/contracts";
import { limits } from "@tend/contracts/limits";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeApiError, makeTask } from "#ui/tasks/testing.ts";
import { nextBatch } from "./import-batches.ts";
import { jsonBytes } from "./import-check.ts";
import type { Job } from "./import-plan.ts";
import { ImportRun } from "./import-run.ts";

const job = (
  id: string,
  fields: { title?: string; trashed?: boolean; description?: string } = {},
): Job => {
  const { title = id, trashed = false, ...more } = fields;
  return {
    place: `Task ${id}`,
    title,
    operations: [
      { operation: "create", task: { id, title, ...more } },
      ...(trashed ? [{ operation: "delete" as const, id }] : []),
    ],
  };
};
const jobs = (count: number) => Array.from({ length: count }, (_, index) => job(String(index)));

type Sent = { readonly ids: readonly string[]; readonly key: string | undefined };

/** A server that takes every batch, unless `answer` gives other results. */
function serverOf(
  answer: (sent: Sent, time: number) => BatchResult[] | undefined = () => undefined,
) {
  const sent: Sent[] = [];
  const api: ConstructorParameters<typeof ImportRun>[0] = {
    batchTasks: async ({ body, headers }) => {
      const { operations } = body as Batch;
      const one = {
        ids: operations.map((each) =>
          each.operation === "create" ? (each.task.id ?? "") : each.id,
        ),
        key: headers?.idempotency_key,
      };
      sent.push(one);
      const results =
        answer(one, sent.length) ?? operations.map(() => ({ status: 201, task: makeTask() }));
      return { status: 200, body: { results }, headers: new Headers() };
    },
  };
  return { api, sent };
}

test("[X-3] a batch is within the limits of the API, and all jobs go once and in order", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          title: fc.constantFrom("a", "😀".repeat(200)),
          description: fc.constantFrom(
            "",
            "日".repeat(10_000),
            "😀".repeat(10_000),
            "\u0001".repeat(9000),
          ),
          trashed: fc.boolean(),
        }),
        { maxLength: 250, size: "max" },
      ),
      (tasks) => {
        const all = tasks.map((fields, index) => job(String(index), fields));
        const sent: Job[] = [];
        while (sent.length < all.length) {
          const batch = nextBatch(all.slice(sent.length));
          const operations = batch.flatMap((one) => one.operations);
          expect(operations.length).toBeGreaterThan(0);
          expect(operations.length).toBeLessThanOrEqual(limits.batch);
          expect(jsonBytes({ operations, atomic: false })).toBeLessThanOrEqual(limits.body);
          sent.push(...batch);
        }
        expect(sent).toEqual(all);
      },
    ),
    { numRuns: 30 },
  ));

test("a task and its way to the trash are not parted", () => {
  const batch = nextBatch([...jobs(limits.batch - 1), job("last", { trashed: true })]);
  expect(batch).toHaveLength(limits.batch - 1);
});

test("sends all, and tells how far it is", async () => {
  const { api, sent } = serverOf();
  const run = new ImportRun(api, jobs(250));
  const told: number[] = [];
  await run.start(() => told.push(run.through));
  expect(told).toEqual([100, 200, 250]);
  expect(sent.map(({ ids }) => ids.length)).toEqual([100, 100, 50]);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
  expect([run.imported, run.refusals]).toEqual([250, []]);
});

test("[T-12] after trouble the same batch goes again, with the same key", async () => {
  const { api, sent } = serverOf((_, time) => {
    if (time === 2) throw makeApiError(503, "overloaded", { retryAfter: 2 });
    return undefined;
  });
  const run = new ImportRun(api, jobs(150));
  await expect(run.start(() => {})).rejects.toThrow("Detail of overloaded.");
  expect(run.imported).toBe(100);
  await run.start(() => {});
  expect(run.imported).toBe(150);
  expect(sent[2]).toEqual(sent[1]);
});

test("stops after the batch under way", async () => {
  const { api, sent } = serverOf();
  const run = new ImportRun(api, jobs(250));
  await run.start(() => run.stop());
  expect([sent.length, run.imported, run.isStopped]).toEqual([1, 100, true]);
});

test("what the server refuses is named by title and reason", async () => {
  const problem = (status: number, code: string) => {
    const { request_id: _, ...rest } = makeApiError(status, code).problem;
    return { status, problem: rest };
  };
  const { api } = serverOf(() => [
    problem(409, "id_already_used"),
    { status: 201, task: makeTask() },
    problem(404, "task_not_found"),
    { status: 201, task: makeTask() },
    problem(422, "validation_failed"),
  ]);
  const run = new ImportRun(api, [job("a"), job("b", { trashed: true }), job("c"), job("d")]);
  await run.start(() => {});
  expect(run.imported).toBe(1);
  expect(run.refusals.map(({ title, reason }) => `${title}: ${reason}`)).toEqual([
    "a: There is another task with its id by now.",
    "b: It is not there any more.",
    "d: Detail of validation_failed.",
  ]);
});

test("of a batch that is refused whole, what is named is left out and the rest goes again", async () => {
  const { api, sent } = serverOf((_, time) => {
    if (time > 1) return undefined;
    throw makeApiError(422, "validation_failed", {
      errors: [{ path: ["body", "operations", 2, "task", "time_zone"], message: "No such zone." }],
    });
  });
  const run = new ImportRun(api, [job("a", { trashed: true }), job("b"), job("c")]);
  await run.start(() => {});
  expect(sent.map(({ ids }) => ids)).toEqual([
    ["a", "a", "b", "c"],
    ["a", "a", "c"],
  ]);
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
  expect(run.refusals).toEqual([{ place: "Task b", title: "b", reason: "No such zone." }]);
  expect(run.imported).toBe(2);
});

test("a batch that is refused without saying which task is to blame does not go for ever", async () => {
  const { api } = serverOf(() => {
    throw makeApiError(413, "body_too_large");
  });
  const run = new ImportRun(api, jobs(3));
  await run.start(() => {});
  expect([run.imported, run.refusals.length]).toEqual([0, 3]);
});

test.each([401, 403, 408, 429, 503])(
  "a status of %i is not held against the tasks",
  async (status) => {
    const { api } = serverOf(() => {
      throw makeApiError(status, "some_code");
    });
    const run = new ImportRun(api, jobs(3));
    await expect(run.start(() => {})).rejects.toThrow();
    expect([run.through, run.refusals]).toEqual([0, []]);
  },
);
