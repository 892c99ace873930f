import { expect, test } from "vitest";
import { makeStorage, makeTask, unfinishedEdit, writeMutation } from "#ui/tasks/testing.ts";
import { createDrafts } from "./drafts.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { unsavedOn, wipeStorage } from "./wipe.ts";

test("what is unsaved is counted, one person's alone", async () => {
  const storage = makeStorage();
  const task = makeTask();
  expect(await unsavedOn(storage, "ada")).toEqual({ mutations: 0, drafts: 0 });
  writeMutation(createMutationStorage(storage, "ada"), { id: "1", kind: "create", task });
  writeMutation(createMutationStorage(storage, "ada"), {
    id: "2",
    kind: "delete",
    task,
    send_at: 0,
  });
  createDrafts(storage, "ada").writeText("new", "Half a thou");
  createDrafts(storage, "grace").writeText("new", "Mine");
  createDrafts(storage, "grace").writeEdit(makeTask(), unfinishedEdit);
  // Drafts of a name and of a command are not of tasks.
  createDrafts(storage, "ada").writeText("name", "Ada Ki");
  createDrafts(storage, "ada").writeText("command", "sort");
  storage.setItem("tend:here", "ada");
  expect(await unsavedOn(storage, "ada")).toEqual({ mutations: 2, drafts: 1 });
  expect(await unsavedOn(storage, "grace")).toEqual({ mutations: 0, drafts: 2 });
});

test("without storage nothing is unsaved on it", async () => {
  expect(await unsavedOn(undefined, "ada")).toEqual({ mutations: 0, drafts: 0 });
});

test("what is stored of one user goes, and what is of others stays", () => {
  const storage = makeStorage();
  storage.setItem("theirs", "not of this app");
  for (const user of ["ada", "adam"]) {
    createDrafts(storage, user).writeText("new", "Buy mil");
    createDrafts(storage, user).writeEdit(makeTask(), unfinishedEdit);
    writeMutation(createMutationStorage(storage, user), {
      id: "1",
      kind: "create",
      task: makeTask(),
    });
  }
  const before = Object.keys(storage);
  wipeStorage(storage, "ada");
  expect(Object.keys(storage)).toEqual(before.filter((key) => !key.includes(":ada:")));
  expect(Object.keys(storage)).toHaveLength(4);
});

test("a browser without storage has nothing to forget", () => {
  expect(() => wipeStorage(undefined, "ada")).not.toThrow();
});
