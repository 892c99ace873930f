import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { openDB } from "idb";
import { v7 as uuidv7 } from "uuid";
import { beforeEach, expect, test, vi } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { knownTask } from "./known-task.ts";
import { editOf } from "./mutation.ts";
import { PersonDatabase } from "./person-database.ts";
import { eraseFormer, takeOver } from "./take-over.ts";

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Stores as the versions before did. */
async function leave(name: "tend" | "tend-changes", records: readonly [IDBValidKey, unknown][]) {
  const store = name === "tend" ? "lists" : "changes";
  const old = await openDB(name, 1, {
    upgrade: (database) => void database.createObjectStore(store),
  });
  for (const [key, value] of records) await old.put(store, value, key);
  old.close();
}

async function left(name: "tend" | "tend-changes"): Promise<readonly unknown[]> {
  const old = await openDB(name);
  const all: unknown[] = await old.getAll(name === "tend" ? "lists" : "changes");
  old.close();
  return all;
}

const edit = (title: string) => ({ id: uuidv7(), ...editOf(makeTask(), { title }) });

test("where nothing was stored, no database is made", async () => {
  await takeOver("somebody", new PersonDatabase("somebody"));
  await eraseFormer("somebody");
  const names = (await indexedDB.databases()).map(({ name }) => name);
  expect(names).not.toContain("tend");
  expect(names).not.toContain("tend-changes");
});

test("the list and the mutations of this person move, those of another stay", async () => {
  const [ada, bob] = [uuidv7(), uuidv7()];
  const [own, other] = [edit("Ada's"), edit("Bob's")];
  const list = (title: string) => ({ format: 1, complete: true, tasks: [makeTask({ title })] });
  await leave("tend-changes", [
    [[ada, own.id], own],
    [[bob, other.id], other],
    [[ada, "junk"], 5],
  ]);
  await leave("tend", [
    [ada, list("Ada's task")],
    [bob, list("Bob's task")],
  ]);
  const database = new PersonDatabase(ada);
  await takeOver(ada, database);
  await takeOver(ada, database);
  expect(await database.readMutations()).toEqual([own]);
  const { state, tasks } = await database.read();
  expect(tasks.map(({ task }) => task?.title)).toEqual(["Ada's task"]);
  // The list of the server is read all the same.
  expect(state.cursor).toBeNull();
  expect(await left("tend")).toMatchObject([{ tasks: [{ title: "Bob's task" }] }]);
  expect(await left("tend-changes")).toEqual([5, other]);
  await eraseFormer(bob);
  expect([await left("tend"), await left("tend-changes")]).toEqual([[], [5]]);
});

test("what a tab of before stores after that is found when the next page opens", async () => {
  const ada = uuidv7();
  const [first, later] = [edit("First"), edit("Later")];
  await leave("tend-changes", [[[ada, first.id], first]]);
  await takeOver(ada, new PersonDatabase(ada));
  await leave("tend-changes", [[[ada, later.id], later]]);
  const database = new PersonDatabase(ada);
  await takeOver(ada, database);
  expect(await database.readMutations()).toEqual([first, later]);
  expect(await left("tend-changes")).toEqual([]);
});

test("what the new database does not take stays in the old one, for the next time", async () => {
  const ada = uuidv7();
  const own = edit("Ada's");
  await leave("tend-changes", [[[ada, own.id], own]]);
  const database = new PersonDatabase(ada);
  const full = vi.spyOn(database, "settle").mockRejectedValue(new Error("Full"));
  await expect(takeOver(ada, database)).rejects.toThrow("Full");
  expect(await left("tend-changes")).toEqual([own]);
  full.mockRestore();
  await takeOver(ada, database);
  expect([await database.readMutations(), await left("tend-changes")]).toEqual([[own], []]);
});

test("a tab of before that holds its database open is in nobody's way", async () => {
  const ada = uuidv7();
  const own = edit("Ada's");
  await leave("tend-changes", [[[ada, own.id], own]]);
  const oldTab = await openDB("tend-changes", 1);
  const database = new PersonDatabase(ada);
  await takeOver(ada, database);
  await oldTab.put("changes", own, [ada, own.id]);
  await takeOver(ada, database);
  expect(await oldTab.getAll("changes")).toEqual([]);
  expect(await database.readMutations()).toEqual([own]);
  oldTab.close();
});

test("a list of before is nothing to a device that knows better", async () => {
  const userId = uuidv7();
  const database = new PersonDatabase(userId);
  const fill = { generation: uuidv7(), cursor: "c1", status: "all", next: null } as const;
  await database.beginFill(fill);
  await database.putListPage(fill, [knownTask(makeTask({ title: "New" }))], null);
  await leave("tend", [[userId, { format: 1, tasks: [makeTask({ title: "Old" })] }]]);
  await takeOver(userId, database);
  expect((await database.read()).tasks.map(({ task }) => task?.title)).toEqual(["New"]);
  expect(await left("tend")).toEqual([]);
});

test("junk in place of a list is no harm", async () => {
  const userId = uuidv7();
  for (const junk of [5, { format: 9 }, { tasks: [null, { title: 5 }] }]) {
    await leave("tend", [[userId, junk]]);
    await takeOver(userId, new PersonDatabase(userId));
    expect(await left("tend")).toEqual([]);
  }
});
