import { expect, test } from "vitest";
import { forgetUser } from "./browser-storage.ts";
import { createChangeStorage } from "./change-storage.ts";
import { createDrafts } from "./draft.ts";
import { makeStorage, makeTask, unfinishedEdit } from "./testing.ts";

test("what is stored of one user goes, and what is of others stays", () => {
  const storage = makeStorage();
  storage.setItem("theirs", "not of this app");
  for (const user of ["ada", "adam"]) {
    createDrafts(storage, user).writeNew("Buy mil");
    createDrafts(storage, user).writeEdit(makeTask(), unfinishedEdit);
    createChangeStorage(storage, user).write({ id: "1", kind: "create", task: makeTask() });
  }
  const before = Object.keys(storage);
  forgetUser(storage, "ada");
  expect(Object.keys(storage)).toEqual(before.filter((key) => !key.includes(":ada:")));
  expect(Object.keys(storage)).toHaveLength(4);
});

test("a browser without storage has nothing to forget", () => {
  expect(() => forgetUser(undefined, "ada")).not.toThrow();
});
