import { expect, test } from "vitest";
import { makeStorage, makeTask, unfinishedEdit } from "#ui/tasks/testing.ts";
import { createDrafts } from "./drafts.ts";

const edit = unfinishedEdit;

test("text of the quick-add comes back until it is handed in", () => {
  const local = makeStorage();
  createDrafts(local, "ada").writeText("new", "Buy mil");
  expect(createDrafts(local, "ada").readText("new")).toBe("Buy mil");
  createDrafts(local, "ada").writeText("new", "");
  expect(createDrafts(local, "ada").readText("new")).toBe("");
});

test("the texts of other fields have their own place", () => {
  const local = makeStorage();
  const drafts = createDrafts(local, "ada");
  drafts.writeText("new", "Buy mil");
  drafts.writeText("name", "Ada Ki");
  drafts.writeText("command", "sort");
  const later = createDrafts(local, "ada");
  expect((["new", "name", "command"] as const).map(later.readText)).toEqual([
    "Buy mil",
    "Ada Ki",
    "sort",
  ]);
  expect(later.readOpenEdit()).toBeUndefined();
});

test("an edit comes back with its task until it is saved or cancelled", () => {
  const local = makeStorage();
  const task = makeTask();
  createDrafts(local, "ada").writeEdit(task, edit);
  const later = createDrafts(local, "ada");
  expect(later.readOpenEdit()).toEqual(task);
  expect(later.readEdit(task.id)).toEqual(edit);
  later.removeEdit(task.id);
  expect(later.readOpenEdit()).toBeUndefined();
});

test("an edit of the version before, which lacks the newer fields, comes back", () => {
  const local = makeStorage();
  const { version, deleted_at, due_time, time_zone, priority, tags, ...task } = makeTask({
    id: "a",
  });
  const { title, description, due_date } = edit;
  const stored = { task, edit: { title, description, due_date } };
  local.setItem("tend:draft:ada:edit:a", JSON.stringify(stored));
  expect(createDrafts(local, "ada").readOpenEdit()).toEqual(makeTask({ id: "a" }));
  expect(createDrafts(local, "ada").readEdit("a")).toEqual(edit);
});

test("another user of the browser sees no draft", () => {
  const local = makeStorage();
  createDrafts(local, "ada").writeText("new", "Secret");
  createDrafts(local, "ada").writeEdit(makeTask(), edit);
  const grace = createDrafts(local, "grace");
  expect([grace.readText("new"), grace.readOpenEdit()]).toEqual(["", undefined]);
});

test("without storage, and with a full one, typing goes on", () => {
  for (const local of [undefined, makeStorage(1)]) {
    const drafts = createDrafts(local, "ada");
    drafts.writeText("new", "Buy milk");
    drafts.writeEdit(makeTask(), edit);
    expect([drafts.readText("new"), drafts.readOpenEdit()]).toEqual(["", undefined]);
  }
});

test("a text of another tab is added to the draft, once", () => {
  const drafts = createDrafts(makeStorage(), "ada");
  drafts.addText("new", "");
  expect(drafts.readText("new")).toBe("");
  drafts.addText("new", "Buy milk");
  drafts.addText("new", "milk");
  expect(drafts.readText("new")).toBe("Buy milk");
  drafts.addText("new", "Pay rent");
  expect(drafts.readText("new")).toBe("Buy milk Pay rent");
});
