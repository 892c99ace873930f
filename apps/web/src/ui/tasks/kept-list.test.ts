import { describe, expect, test } from "vitest";
import { parseKeptList } from "./kept-list.ts";
import { makeTask } from "./testing.ts";

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

describe("is dropped, and read from the server again:", () => {
  const task = makeTask();
  test.each([
    ["nothing", undefined],
    ["something else", "tasks"],
    ["another format", { ...kept, format: 2 }],
    ["a list of nobody", { ...kept, user: null }],
    ["a user without a name", { ...kept, user: { id: "ada" } }],
    ["no tasks", { ...kept, tasks: undefined }],
    ["a task that is none", { ...kept, tasks: [task, null] }],
    ["a task without a title", { ...kept, tasks: [{ ...task, title: undefined }] }],
    ["a task without a state", { ...kept, tasks: [{ ...task, completed: "no" }] }],
    ["a due date that is none", { ...kept, tasks: [{ ...task, due_date: 20261201 }] }],
    ["counts that are none", { ...kept, counts: { all: 2 } }],
    ["not known to be all", { ...kept, complete: undefined }],
  ])("%s", (_, value) => {
    expect(parseKeptList(value)).toBeUndefined();
  });
});
