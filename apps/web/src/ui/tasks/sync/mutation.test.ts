import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { changedFields, type Mutation, nextRequest } from "./mutation.ts";

const task = makeTask({ id: "a" });
const create: Mutation = { id: "1", kind: "create", task };
const rename = (title: string, id = "2"): Mutation => ({
  id,
  kind: "set",
  task: { ...task, title },
  fields: { title },
});
const tick = (completed: boolean, id = "3"): Mutation => ({
  id,
  kind: "set",
  task: { ...task, completed },
  fields: { completed },
});
/** What is due at a moment. */
const dueAt = (now: number) => (one: Mutation) => one.kind === "delete" && one.send_at <= now;
const remove = (send_at: number): Mutation => ({ id: "9", kind: "delete", task, send_at });

describe("what is sent next", () => {
  test("is nothing for nothing", () => expect(nextRequest([], dueAt(0))).toBeUndefined());

  test("is the create alone, as it was made", () => {
    expect(nextRequest([create, rename("Rent")], dueAt(0))).toMatchObject({
      do: "create",
      body: { id: "a", title: "Pay rent" },
      covers: [create],
    });
  });

  test("is all edits in one, the last word on each field", () => {
    const queue = [rename("One"), tick(true), rename("Two", "4")];
    expect(nextRequest(queue, dueAt(0))).toEqual({
      do: "update",
      fields: { title: "Two", completed: true },
      covers: queue,
    });
  });

  test("is the last tick, where there are only ticks", () => {
    const queue = [tick(true), tick(false, "4")];
    expect(nextRequest(queue, dueAt(0))).toEqual({
      do: "complete",
      completed: false,
      covers: queue,
    });
  });

  test("is a restore alone, and then what was done after it", () => {
    const restore: Mutation = { id: "1", kind: "restore", task };
    expect(nextRequest([restore, tick(true)], dueAt(0))).toEqual({
      do: "restore",
      covers: [restore],
    });
    expect(nextRequest([{ ...remove(0), id: "0" }, restore], dueAt(0))).toMatchObject({
      do: "delete",
    });
  });

  test("is a delete, once its time to undo has passed, in place of all before it", () => {
    const queue = [create, rename("Rent"), remove(100)];
    expect(nextRequest(queue, dueAt(100))).toEqual({ do: "delete", covers: queue });
    expect(nextRequest(queue, dueAt(99))).toMatchObject({ do: "create" });
    expect(nextRequest([remove(100)], dueAt(99))).toBeUndefined();
  });
});

test("a create says where the task lies", () => {
  const placed = { ...create, task: { ...task, position: "fe1" } };
  expect(nextRequest([placed], dueAt(0))).toMatchObject({ body: { position: "fe1" } });
});

test("an edit names only what it changed", () => {
  const after = { title: "Pay rent", description: "In cash", due_date: null };
  expect(changedFields(task, after)).toEqual({ description: "In cash" });
});
