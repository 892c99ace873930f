import fc from "fast-check";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { sorts } from "./filters.ts";
import { TaskOrders } from "./task-orders.ts";

const arbTask = fc
  .record({
    id: fc.integer({ min: 1, max: 40 }).map((n) => String(n).padStart(3, "0")),
    title: fc.constantFrom("apple", "Äpfel", "banana", "Cherry", "cherry"),
    created_at: fc.integer({ min: 10, max: 20 }).map((n) => `2026-11-24T09:${n}:00.000Z`),
    due_date: fc.constantFrom(null, "2026-12-01", "2026-12-02"),
    priority: fc.constantFrom("none" as const, "low" as const, "high" as const),
    position: fc.constantFrom("a", "b1", "b2"),
  })
  .map(makeTask);
const arbTasks = fc.uniqueArray(arbTask, { selector: ({ id }) => id, maxLength: 40 });

test("however the tasks change, each order is that of all of them sorted anew", () => {
  fc.assert(
    fc.property(fc.array(arbTasks, { maxLength: 8 }), fc.constantFrom(...sorts), (steps, by) => {
      const orders = new TaskOrders();
      for (const tasks of steps) {
        expect(orders.inOrder(tasks, by)).toEqual(new TaskOrders().inOrder(tasks, by));
      }
    }),
  );
});

test("where one of a thousand has changed, it alone is compared with some of the others", () => {
  let reads = 0;
  const tasks = Array.from({ length: 1000 }, (_, n) => {
    const { created_at, ...task } = makeTask({ created_at: new Date(n * 60_000).toISOString() });
    return Object.defineProperty({ ...task, created_at }, "created_at", {
      enumerable: true,
      get() {
        reads++;
        return created_at;
      },
    });
  });
  const orders = new TaskOrders();
  const by = { sort: "created", order: "desc" } as const;
  orders.inOrder(tasks, by);
  const forAll = reads;
  reads = 0;
  const changed = makeTask({ id: tasks[500]?.id ?? "", created_at: "1970-01-01T08:20:00.000Z" });
  const after = orders.inOrder(tasks.with(500, changed), by);
  expect(after.indexOf(changed)).toBe(499);
  expect(reads).toBeLessThan(30);
  expect(forAll).toBeGreaterThan(1000);
});
