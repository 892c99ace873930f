import "fake-indexeddb/auto";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { presenceOf, setActiveUser } from "#ui/device/active-user.ts";
import { makeStorage, makeTask } from "#ui/tasks/testing.ts";
import { createDrafts } from "./drafts.ts";
import { forgetTasks } from "./forget-tasks.ts";
import { knownTask } from "./known-task.ts";
import type { Mutation } from "./mutation.ts";
import { PersonDatabase, personDatabaseName } from "./person-database.ts";

let localStorage: Storage;
/** What the server says of the session. */
let session: unknown;

beforeEach(() => {
  localStorage = makeStorage();
  session = null;
  vi.stubGlobal("window", { localStorage });
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(session)));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Somebody who is here, with a stored task. */
async function somebody() {
  const id = uuidv7();
  setActiveUser({ id, name: "Ada Lovelace", email: "ada@example.com" });
  await new PersonDatabase(id).putFormerList([knownTask(makeTask())]);
  const store = (...mutations: Mutation[]) =>
    new PersonDatabase(id).settle({ known: [], removed: [], added: mutations });
  return { id, store };
}

const create = (): Mutation => ({ kind: "create", id: uuidv7(), task: makeTask() });
const tasksOf = async (id: string) => (await new PersonDatabase(id).read()).tasks;
const isStored = async (id: string) =>
  (await indexedDB.databases()).some(({ name }) => name === personDatabaseName(id));

test("[D-3] without a session the tasks go, and it is told how much waits, and whose it is", async () => {
  const { id, store } = await somebody();
  await store(create(), create());
  createDrafts(localStorage, id).writeText("new", "Half a thou");
  expect(await forgetTasks(() => true)).toEqual([
    { person: { id, email: "a…@e….com" }, unsaved: { mutations: 2, drafts: 1 } },
  ]);
  expect(presenceOf(id)).toBe("over");
  expect(await tasksOf(id)).toEqual([]);
  expect(await new PersonDatabase(id).readMutations()).toHaveLength(2);
  // So it is on each such page, until they sign in.
  expect(await forgetTasks(() => true)).toMatchObject([{ unsaved: { mutations: 2, drafts: 1 } }]);
});

test("[D-3] where nothing waits, nothing of the person stays", async () => {
  const { id } = await somebody();
  expect(await forgetTasks(() => true)).toEqual([]);
  expect(Object.keys(localStorage)).toEqual([]);
  await vi.waitFor(async () => expect(await isStored(id)).toBe(false));
});

test("[D-3] what cannot be read waits, too", async () => {
  const { id } = await somebody();
  localStorage.setItem(`tend:change:${id}:1`, "{");
  expect(await forgetTasks(() => true)).toEqual([]);
  expect(localStorage.getItem(`tend:change:${id}:1`)).toBe("{");
});

test("with a session, and where the page is left meanwhile, nothing goes", async () => {
  const { id } = await somebody();
  expect(await forgetTasks(() => false)).toEqual([]);
  session = { user: { id } };
  expect(await forgetTasks(() => true)).toEqual([]);
  expect(presenceOf(id)).toBe("here");
  expect(await tasksOf(id)).toHaveLength(1);
});

test("[D-3] of two people who are absent each waits, and the tasks of both go", async () => {
  const people = [await somebody(), await somebody()];
  for (const { store } of people) await store(create());
  const waiting = await forgetTasks(() => true);
  expect(waiting.map(({ person }) => person.id).toSorted()).toEqual(people.map(({ id }) => id));
  for (const { id } of people) expect(await tasksOf(id)).toEqual([]);
});
