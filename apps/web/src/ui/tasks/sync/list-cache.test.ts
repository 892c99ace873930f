import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { parseKeptList } from "./list-cache.ts";

const kept = {
  format: 1,
  user: { id: "ada", name: "Ada" },
  tasks: [makeTask({ id: "a" }), makeTask({ id: "b", due_date: "2026-12-01", completed: true })],
  complete: true,
  counts: { all: 2, pending: 1, completed: 1 },
};

test("a list is read as it was kept", () => {
  const { format, ...list } = kept;
  expect(parseKeptList(kept)).toEqual(list);
});

test("a task of a version before this one gets the fields that it lacks", () => {
  const { version, deleted_at, ...old } = makeTask();
  expect(parseKeptList({ ...kept, tasks: [old] })?.tasks).toEqual([
    { ...old, version: 1, deleted_at: null },
  ]);
});

test("a task that cannot be read is left out, and the list is not called whole", () => {
  const task = makeTask();
  for (const damaged of [null, { ...task, title: undefined }, { ...task, id: 5 }]) {
    const read = parseKeptList({ ...kept, tasks: [task, damaged] });
    expect(read).toMatchObject({ tasks: [task], complete: false, counts: kept.counts });
  }
});

test("a value that cannot be read is as if it were not there", () => {
  const task = makeTask();
  const damaged = { ...task, due_date: 20261201, completed: "no", tags: "home", priority: 5 };
  expect(parseKeptList({ ...kept, tasks: [damaged] })?.tasks).toEqual([task]);
  expect(parseKeptList({ ...kept, complete: undefined })?.complete).toBe(false);
  expect(parseKeptList({ ...kept, user: { id: "ada" } })?.user).toEqual({ id: "ada", name: "" });
  expect(parseKeptList({ ...kept, counts: { all: 2 } })?.counts).toEqual(kept.counts);
});

describe("is dropped, and read from the server again:", () => {
  test.each([
    ["nothing", undefined],
    ["something else", "tasks"],
    ["another format", { ...kept, format: 2 }],
    ["a list of nobody", { ...kept, user: null }],
    ["a user without an id", { ...kept, user: { name: "Ada" } }],
    ["no tasks", { ...kept, tasks: undefined }],
  ])("%s", (_, value) => {
    expect(parseKeptList(value)).toBeUndefined();
  });
});
