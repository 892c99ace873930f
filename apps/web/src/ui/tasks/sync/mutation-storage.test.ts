import "fake-indexeddb/auto";
import { openDB } from "idb";
import { describe, expect, test, vi } from "vitest";
import { makeStorage, makeTask, removeMutation, writeMutation } from "#ui/tasks/testing.ts";
import type { Mutation } from "./mutation.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { PersonDatabase, personDatabaseName } from "./person-database.ts";

const mutation = (id: string): Mutation => ({ id, kind: "create", task: makeTask() });

test("changes come back in the order of their making, whatever the order of writing", () => {
  const storage = createMutationStorage(makeStorage(), "ada");
  const made = [mutation("1"), mutation("2"), mutation("3")];
  for (const one of made.toReversed()) writeMutation(storage, one);
  expect(storage.read()).toEqual(made);
  removeMutation(storage, "2");
  expect(storage.read().map(({ id }) => id)).toEqual(["1", "3"]);
});

test("a change of the version before, whose task lacks the newer fields, is read", () => {
  const local = makeStorage();
  const { version, deleted_at, ...task } = makeTask();
  local.setItem("tend:change:ada:1", JSON.stringify({ id: "1", kind: "create", task }));
  expect(createMutationStorage(local, "ada").read()).toEqual([
    { id: "1", kind: "create", task: { ...task, version: 1, deleted_at: null } },
  ]);
});

test("two tabs of one user share their changes; another user sees none", () => {
  const local = makeStorage();
  writeMutation(createMutationStorage(local, "ada"), mutation("1"));
  writeMutation(createMutationStorage(local, "ada"), mutation("2"));
  expect(createMutationStorage(local, "ada").read()).toHaveLength(2);
  expect(createMutationStorage(local, "grace").read()).toEqual([]);
});

test("what cannot be read is left out and left alone", () => {
  const local = makeStorage();
  const key = "tend:change:ada:1";
  const set = { id: "1", kind: "set", task: makeTask() };
  for (const text of [
    "{",
    "null",
    "[]",
    '{"id":"1","kind":"burn","task":{}}',
    JSON.stringify({ ...set, fields: {} }),
    JSON.stringify({ ...set, fields: { title: 5, due_date: "2026-13-45" } }),
  ]) {
    local.setItem(key, text);
    expect(createMutationStorage(local, "ada").read()).toEqual([]);
    expect(local.getItem(key)).toBe(text);
  }
});

test("of a change with one readable field that one is left, and what another version knows", () => {
  const local = makeStorage();
  const set = { id: "1", kind: "set", task: makeTask() };
  for (const left of [{ title: "Pay" }, { completed: false }, { estimate: 5 }]) {
    const fields = { ...left, priority: "huge" };
    local.setItem("tend:change:ada:1", JSON.stringify({ ...set, fields }));
    expect(createMutationStorage(local, "ada").read()).toMatchObject([{ fields: left }]);
  }
});

test("says so when there is no room or no storage, and keeps the change in memory", () => {
  for (const local of [makeStorage(10), undefined]) {
    const storage = createMutationStorage(local, "ada");
    writeMutation(storage, mutation("1"));
    expect(storage.hasUnstored).toBe(true);
    expect(storage.read()).toHaveLength(1);
    removeMutation(storage, "1");
    expect(storage.hasUnstored).toBe(false);
  }
});

test("one step writes what follows before it removes what is done", () => {
  const local = makeStorage();
  const storage = createMutationStorage(local, "ada");
  const [done, next] = [mutation("1"), mutation("2")];
  writeMutation(storage, done);
  const order: string[] = [];
  const watched: Storage = Object.assign(Object.create(local), {
    setItem: (key: string) => void order.push(`write ${key}`),
    removeItem: (key: string) => void order.push(`remove ${key}`),
  });
  const settlement = { known: [], forgotten: [done], written: [next] };
  createMutationStorage(watched, "ada").settle(settlement);
  expect(order.indexOf("write tend:change:ada:2")).toBeLessThan(
    order.indexOf("remove tend:change:ada:1"),
  );
  storage.settle(settlement);
  expect(storage.read()).toEqual([next]);
});

test("knows whether a change is there still, without reading the others", () => {
  const local = makeStorage();
  const here = createMutationStorage(local, "ada");
  const there = createMutationStorage(local, "ada");
  writeMutation(here, mutation("1"));
  expect([here.has("1"), there.has("1"), there.has("2")]).toEqual([true, true, false]);
  removeMutation(there, "1");
  expect(here.has("1")).toBe(false);
});

test("knows its own keys", () => {
  const storage = createMutationStorage(makeStorage(), "ada");
  expect(storage.owns("tend:change:ada:1")).toBe(true);
  expect(storage.owns(null)).toBe(true);
  expect(storage.owns("tend:change:grace:1")).toBe(false);
});

describe("with IndexedDB", () => {
  /** A tab of a user on a device with this local storage. */
  function openTab(userId: string, local: Storage | undefined, isGone = () => false) {
    let notices = 0;
    const storage = createMutationStorage(local, userId, {
      database: new PersonDatabase(userId),
      onChanged: () => notices++,
      isGone,
    });
    return { storage, noticeCount: () => notices };
  }
  const ids = (storage: { read(): readonly Mutation[] }) => storage.read().map(({ id }) => id);
  const someone = () => crypto.randomUUID();

  test("a change is in local storage at once and moves on; a tab opened later finds it", async () => {
    const [user, local] = [someone(), makeStorage()];
    const { storage, noticeCount } = openTab(user, local);
    writeMutation(storage, mutation("2"));
    writeMutation(storage, mutation("1"));
    expect(Object.keys(local)).toHaveLength(2);
    expect(storage.hasUnstored).toBe(false);
    await storage.settled();
    expect(Object.keys(local)).toEqual([]);
    expect(noticeCount()).toBe(2);
    expect(ids(storage)).toEqual(["1", "2"]);
    const later = openTab(user, local).storage;
    expect(ids(later)).toEqual([]);
    await later.reload();
    expect(ids(later)).toEqual(["1", "2"]);
    await openTab(someone(), local).storage.reload();
  });

  test("of some changes it is found out what other tabs made of them", async () => {
    const [user, local] = [someone(), makeStorage()];
    const [here, there] = [openTab(user, local).storage, openTab(user, local).storage];
    for (const id of ["1", "2", "3"]) writeMutation(here, mutation(id));
    await here.settled();
    await there.reload();
    removeMutation(there, "1");
    removeMutation(there, "2");
    await there.settled();
    expect(ids(here)).toEqual(["1", "2", "3"]);
    await here.reloadIfGone(["3"]);
    expect(ids(here)).toEqual(["1", "2", "3"]);
    await here.reloadIfGone(["1", "3"]);
    expect(ids(here)).toEqual(["3"]);
  });

  test("a change that lies under another id is there all the same", async () => {
    const [user, local] = [someone(), makeStorage()];
    const { storage } = openTab(user, local);
    await storage.reload();
    const database = await openDB(personDatabaseName(user));
    await database.put("mutations", mutation("1"), "another");
    database.close();
    await storage.reload();
    await storage.reloadIfGone(["1"]);
    expect(storage.has("1")).toBe(true);
  });

  test("a page that dies before the move loses nothing", async () => {
    const [user, local] = [someone(), makeStorage()];
    writeMutation(createMutationStorage(local, user), mutation("1"));
    const { storage } = openTab(user, local);
    expect(ids(storage)).toEqual(["1"]);
    await storage.reload();
    expect(ids(storage)).toEqual(["1"]);
  });

  test("more than local storage holds is kept", async () => {
    const [user, local] = [someone(), makeStorage(10)];
    const { storage } = openTab(user, local);
    writeMutation(storage, mutation("1"));
    expect(storage.hasUnstored).toBe(true);
    await storage.settled();
    expect(storage.hasUnstored).toBe(false);
    const later = openTab(user, local).storage;
    await later.reload();
    expect(ids(later)).toEqual(["1"]);
  });

  test("what one tab takes out, another no longer finds", async () => {
    const [user, local] = [someone(), makeStorage()];
    const [one, two] = [openTab(user, local), openTab(user, local)];
    writeMutation(one.storage, mutation("1"));
    writeMutation(one.storage, mutation("2"));
    await one.storage.settled();
    await two.storage.reload();
    removeMutation(two.storage, "1");
    await two.storage.settled();
    expect(two.noticeCount()).toBe(1);
    await one.storage.reload();
    expect(ids(one.storage)).toEqual(["2"]);
  });

  test("sent by another tab while it was on its way, it does not come back", async () => {
    const [user, local] = [someone(), makeStorage()];
    const [one, two] = [openTab(user, local), openTab(user, local)];
    writeMutation(one.storage, mutation("1"));
    removeMutation(two.storage, "1");
    await Promise.all([one.storage.settled(), two.storage.settled()]);
    await one.storage.reload();
    expect(ids(one.storage)).toEqual([]);
    await expect.poll(() => new PersonDatabase(user).readMutations()).toEqual([]);
  });

  test("taken out by a page that dies at once, it does not come back", async () => {
    const [user, local] = [someone(), makeStorage()];
    const first = openTab(user, local).storage;
    writeMutation(first, mutation("1"));
    await first.settled();
    const database = new PersonDatabase(user);
    const dying = createMutationStorage(local, user, { database });
    await dying.reload();
    vi.spyOn(database, "settle").mockReturnValue(new Promise(() => {}));
    removeMutation(dying, "1");
    expect(ids(dying)).toEqual([]);
    expect(ids(first)).toEqual([]);

    const { storage } = openTab(user, local);
    await storage.reload();
    expect(ids(storage)).toEqual([]);
    await storage.settled();
    expect(await new PersonDatabase(user).readMutations()).toEqual([]);
    expect(Object.keys(local)).toEqual([]);
  });

  test("what another tab has just written is there, also while it moves", async () => {
    const [user, local] = [someone(), makeStorage()];
    const { storage } = openTab(user, local);
    const key = `tend:change:${user}:1`;
    storage.absorb(key, JSON.stringify(mutation("1")));
    storage.absorb("tend:change:somebody:2", JSON.stringify(mutation("2")));
    expect(ids(storage)).toEqual(["1"]);
  });

  test("written again, the last text counts", async () => {
    const [user, local] = [someone(), makeStorage()];
    const { storage } = openTab(user, local);
    const task = makeTask();
    writeMutation(storage, { id: "1", kind: "delete", task, send_at: 5 });
    writeMutation(storage, { id: "1", kind: "delete", task, send_at: 0 });
    await storage.settled();
    const later = openTab(user, local).storage;
    await later.reload();
    expect(later.read()).toEqual([{ id: "1", kind: "delete", task, send_at: 0 }]);
    expect(Object.keys(local)).toEqual([]);
  });

  test("whoever has signed out leaves nothing more", async () => {
    const [user, local] = [someone(), makeStorage()];
    let isGone = false;
    const { storage } = openTab(user, local, () => isGone);
    writeMutation(storage, mutation("1"));
    isGone = true;
    writeMutation(storage, mutation("2"));
    expect(ids(storage)).toEqual([]);
    await storage.settled();
    expect(Object.keys(local)).toEqual([]);
    await new PersonDatabase(user).erase();
    expect(await new PersonDatabase(user).readMutations()).toEqual([]);
  });
});

describe("[D-1] after this person's data were deleted in another tab", () => {
  test("a mutation that this tab wrote before it could know leaves nothing", async () => {
    const userId = crypto.randomUUID();
    const local = makeStorage();
    const onErased = vi.fn();
    const database = new PersonDatabase(userId);
    const storage = createMutationStorage(local, userId, { database, onErased });
    writeMutation(storage, mutation("1"));
    await storage.settled();
    await new PersonDatabase(userId).erase();
    // As another process sees local storage for a moment: the mark of the sign-out is not there.
    writeMutation(storage, mutation("2"));
    removeMutation(storage, "1");
    await vi.waitFor(() => expect(onErased).toHaveBeenCalled());
    expect(Object.keys(local)).toEqual([]);
    expect(storage.read()).toEqual([]);
    expect(storage.hasUnstored).toBe(false);
  });

  test("nothing is written, and nothing holds up the page as it leaves", () => {
    const local = makeStorage();
    let isGone = false;
    const database = new PersonDatabase(crypto.randomUUID());
    const storage = createMutationStorage(local, "ada", { database, isGone: () => isGone });
    isGone = true;
    writeMutation(storage, mutation("1"));
    removeMutation(storage, "2");
    expect(Object.keys(local)).toEqual([]);
    const full = createMutationStorage(makeStorage(1), "ada", { isGone: () => isGone });
    isGone = false;
    writeMutation(full, mutation("1"));
    expect(full.hasUnstored).toBe(true);
    isGone = true;
    expect(full.hasUnstored).toBe(false);
  });
});
