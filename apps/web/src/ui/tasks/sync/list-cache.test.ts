import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { parseCachedList } from "./list-cache.ts";

const cached = {
  format: 1,
  user: { id: "ada", name: "Ada" },
  tasks: [makeTask({ id: "a" }), makeTask({ id: "b", due_date: "2026-12-01", completed: true })],
  complete: true,
  counts: { all: 2, pending: 1, completed: 1 },
};

test("a list is read as it was kept", () => {
  const { format, ...list } = cached;
  expect(parseCachedList(cached)).toEqual(list);
});

test("a task of a version before this one gets the fields that it lacks", () => {
  const { version, deleted_at, ...old } = makeTask();
  expect(parseCachedList({ ...cached, tasks: [old] })?.tasks).toEqual([
    { ...old, version: 1, deleted_at: null },
  ]);
});

test("a task that cannot be read is left out, and the list is not called whole", () => {
  const task = makeTask();
  for (const damaged of [null, { ...task, title: undefined }, { ...task, id: 5 }]) {
    const read = parseCachedList({ ...cached, tasks: [task, damaged] });
    expect(read).toMatchObject({ tasks: [task], complete: false, counts: cached.counts });
  }
});

test("a value that cannot be read is as if it were not there", () => {
  const task = makeTask();
  const damaged = { ...task, due_date: 20261201, completed: "no", tags: "home", priority: 5 };
  expect(parseCachedList({ ...cached, tasks: [damaged] })?.tasks).toEqual([task]);
  expect(parseCachedList({ ...cached, complete: undefined })?.complete).toBe(false);
  expect(parseCachedList({ ...cached, user: { id: "ada" } })?.user).toEqual({
    id: "ada",
    name: "",
  });
  expect(parseCachedList({ ...cached, counts: { all: 2 } })?.counts).toEqual(cached.counts);
});

describe("is dropped, and read from the server again:", () => {
  test.each([
    ["nothing", undefined],
    ["something else", "tasks"],
    ["another format", { ...cached, format: 2 }],
    ["a list of nobody", { ...cached, user: null }],
    ["a user without an id", { ...cached, user: { name: "Ada" } }],
    ["no tasks", { ...cached, tasks: undefined }],
  ])("%s", (_, value) => {
    expect(parseCachedList(value)).toBeUndefined();
  });
});
