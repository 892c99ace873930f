import type { Task } from "@tend/contracts";
import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import type { Acknowledgement } from "./outcome.ts";
import { acknowledge, mergePages } from "./snapshot.ts";

const old = makeTask({ id: "a", title: "Old", version: 1 });
const now = makeTask({ id: "a", title: "Now", version: 2 });
const other = makeTask({ id: "b" });
const none = new Map();

/** What the server has of tasks; null: it was deleted. */
const known = (...tasks: [id: string, Task | null][]) =>
  new Map(
    tasks.map(([id, task]): [string, Acknowledgement] => [
      id,
      task ? { is: "saved", task } : { is: "trashed" },
    ]),
  );

describe("an acknowledgement", () => {
  test("replaces the task, adds a new one, takes a deleted one out", () => {
    const snapshot = { tasks: [old], complete: true };
    expect(acknowledge(snapshot, known(["a", now])).tasks).toEqual([now]);
    expect(acknowledge(snapshot, known(["b", other])).tasks).toEqual([old, other]);
    expect(acknowledge(snapshot, known(["a", null])).tasks).toEqual([]);
    const trashed = { ...now, deleted_at: now.created_at };
    expect(acknowledge(snapshot, known(["a", trashed])).tasks).toEqual([]);
  });

  test("that comes late does not undo a newer state", () => {
    const snapshot = { tasks: [now], complete: true };
    expect(acknowledge(snapshot, known(["a", old])).tasks).toEqual([now]);
  });
});

describe("a list that was read", () => {
  test("adds to the beginning while it is not whole, and replaces it once it is", () => {
    const snapshot = { tasks: [old], complete: false };
    expect(mergePages(snapshot, [other], none, false)).toEqual({
      tasks: [old, other],
      complete: false,
    });
    expect(mergePages(snapshot, [other], none, true)).toEqual({ tasks: [other], complete: true });
  });

  test("is never less whole than before", () => {
    expect(mergePages({ tasks: [old], complete: true }, [], none, false).complete).toBe(true);
  });

  test("keeps the objects of tasks that did not change", () => {
    const { tasks } = mergePages({ tasks: [now], complete: true }, [{ ...now }], none, true);
    expect(tasks[0]).toBe(now);
  });

  test("does not undo what was acknowledged while it was read", () => {
    const acknowledged = known(["a", now], ["b", null], ["c", makeTask({ id: "c" })]);
    const { tasks } = mergePages({ tasks: [], complete: true }, [old, other], acknowledged, true);
    expect(tasks.map(({ id, title }) => [id, title])).toEqual([
      ["a", "Now"],
      ["c", "Pay rent"],
    ]);
  });
});
