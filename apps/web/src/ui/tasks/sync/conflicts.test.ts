import { describe, expect, test } from "vitest";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { makeTask } from "#ui/tasks/testing.ts";
import { clashesOf, conflictOf, onTopOf, onTopOfNewest } from "./conflicts.ts";
import { editOf } from "./mutation.ts";

const task = makeTask({ version: 3, tags: ["home"] });
const edit = (fields: TaskFields) => {
  const { before } = editOf(task, fields);
  return { fields, before };
};

test.each<[string, TaskFields, TaskFields, readonly string[]]>([
  ["of another field is none", { title: "Mine" }, { description: "Theirs" }, []],
  ["of one field is one", { title: "Mine" }, { title: "Theirs" }, ["title"]],
  ["to the same is none", { title: "Same" }, { title: "Same" }, []],
  [
    "of two fields is two",
    { title: "Mine", due_date: "2026-12-01" },
    { title: "T", due_date: "2026-12-02" },
    ["title", "due_date"],
  ],
  ["of the place by hand is none: the last move wins", { position: "a" }, { position: "b" }, []],
  ["of tags is one where they differ", { tags: ["work"] }, { tags: ["home", "work"] }, ["tags"]],
  ["to the same tags is none", { tags: ["work"] }, { tags: ["work"] }, []],
])("a conflict %s", (_, mine, theirs, expected) => {
  expect(clashesOf(edit(mine), { ...task, ...theirs, version: 4 })).toEqual(expected);
});

test("a conflict has the conflicting fields alone, and what the server has", () => {
  const theirs = { ...task, title: "Theirs", version: 4 };
  const mine = edit({ title: "Mine", description: "Mine" });
  expect(conflictOf(mine, theirs)).toEqual({ mine: { title: "Mine" }, theirs });
  expect(conflictOf(edit({ description: "Mine" }), theirs)).toBeUndefined();
});

test("an edit of an older version overwrites, and depends on nothing", () => {
  const old = { fields: { title: "Mine" }, before: undefined };
  const theirs = { ...task, title: "Theirs", version: 4 };
  expect(clashesOf(old, theirs)).toEqual([]);
  expect(onTopOf(old, theirs)).toBe(old);
  expect(onTopOfNewest(old, theirs)).toBe(old);
});

describe("an edit goes on top of", () => {
  const mine = edit({ title: "Mine" });
  test.each([
    ["what the person saw, where nothing newer is known", undefined, 3],
    ["what the person saw, where that is newer", { ...task, version: 2 }, 3],
    ["the newest known version", { ...task, description: "Theirs", version: 5 }, 5],
    ["what the person saw, where the newest clashes", { ...task, title: "Theirs", version: 5 }, 3],
  ])("%s", (_, lastKnown, version) => {
    expect(onTopOfNewest(mine, lastKnown).before).toEqual({ title: "Pay rent", version });
  });
});
