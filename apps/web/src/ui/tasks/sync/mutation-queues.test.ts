import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import type { Mutation } from "./mutation.ts";
import { changeQueues, changeTo, emptyQueues } from "./mutation-queues.ts";

const restore = (id: string, taskId: string): Mutation => ({
  id,
  kind: "restore",
  task: makeTask({ id: taskId }),
});
const [first, second, third] = [restore("1", "a"), restore("2", "b"), restore("3", "a")];
const full = changeQueues(emptyQueues, { forgotten: [], written: [third, first, second] });

test("mutations stand in the order in which they were made, also those of each task", () => {
  expect(full.mutations).toEqual([first, second, third]);
  expect([...full.byTask]).toEqual([
    ["a", [first, third]],
    ["b", [second]],
  ]);
});

test("a change makes queues anew and leaves the former, and the queues of other tasks, alone", () => {
  const next = changeQueues(full, { forgotten: [first, third], written: [] });
  expect(next.mutations).toEqual([second]);
  expect([...next.byTask.keys()]).toEqual(["b"]);
  expect(next.byTask.get("b")).toBe(full.byTask.get("b"));
  expect(full.mutations).toHaveLength(3);
  expect(full.byTask.get("a")).toHaveLength(2);
});

test("a mutation that is written again takes the place of the former", () => {
  const [before, after] = [9, 0].map(
    (send_at): Mutation => ({ id: "4", kind: "delete", task: makeTask({ id: "a" }), send_at }),
  );
  if (!before || !after) throw new Error("There are two");
  const queues = changeQueues(full, { forgotten: [], written: [before] });
  expect(changeTo(queues, [...full.mutations, after])).toEqual({ forgotten: [], written: [after] });
  expect(changeQueues(queues, { forgotten: [], written: [after] }).byTask.get("a")).toEqual([
    first,
    third,
    after,
  ]);
});

test("what another tab has added and sent is what differs", () => {
  const added = restore("5", "c");
  expect(changeTo(full, [first, third, added])).toEqual({ forgotten: [second], written: [added] });
  const copies = full.mutations.map((mutation) => ({ ...mutation }));
  expect(changeTo(full, copies)).toEqual({ forgotten: [], written: [] });
});
