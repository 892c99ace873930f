import "fake-indexeddb/auto";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

  test("what was deleted by a sign-out elsewhere is not sent by a page that knew it", async () => {
    const [user, local] = [someone(), makeStorage()];
    const { storage } = openTab(user, local);
    writeMutation(storage, mutation("1"));
    await storage.settled();
    await storage.reload();
    const elsewhere = new PersonDatabase(user);
    await elsewhere.erase();
    await elsewhere.read();
    await storage.reloadIfGone(["1"]);
    expect(storage.has("1")).toBe(false);
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
describe("with an IndexedDB that fails", () => {
  const full = () => Promise.reject(new DOMException("Full", "QuotaExceededError"));

  /** A tab on a device whose IndexedDB takes and gives nothing while `fails` is true. */
  function openTab(local: Storage | undefined, user: string = crypto.randomUUID()) {
    const database = new PersonDatabase(user);
    const device = { fails: true, tries: 0, isGone: false };
    let said: boolean[] = [];
    const storage = createMutationStorage(local, user, {
      database: {
        settle(settlement) {
          device.tries++;
          return device.fails ? full() : database.settle(settlement);
        },
        readMutations: () => (device.fails ? full() : database.readMutations()),
        findMutations: (ids) => (device.fails ? full() : database.findMutations(ids)),
      },
      isGone: () => device.isGone,
      onLosing: () => said.push(storage.isLosing),
    });
    return {
      user,
      device,
      storage,
      ids: () => storage.read().map(({ id }) => id),
      async stored() {
        const all = new PersonDatabase(user).readMutations();
        await vi.advanceTimersByTimeAsync(10);
        return (await all) as readonly Mutation[];
      },
      saidSince() {
        const since = said;
        said = [];
        return since;
      },
    };
  }
  const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a change stays in local storage, is tried ever more rarely, and moves once it can", async () => {
    const local = makeStorage();
    const { storage, device, stored, ids, saidSince } = openTab(local);
    writeMutation(storage, mutation("1"));
    await later(600_000);
    expect(device.tries).toBeGreaterThan(8);
    expect(device.tries).toBeLessThan(20);
    expect([Object.keys(local).length, ids(), storage.hasUnstored]).toEqual([1, ["1"], false]);
    device.fails = false;
    await later(60_000);
    expect([Object.keys(local).length, ids()]).toEqual([0, ["1"]]);
    expect(await stored()).toMatchObject([{ id: "1" }]);
    const { tries } = device;
    await later(600_000);
    expect([device.tries, saidSince()]).toEqual([tries, []]);
  });

  test("the next write that works brings what failed before", async () => {
    const { storage, device, stored } = openTab(makeStorage());
    writeMutation(storage, mutation("1"));
    await later(600_000);
    device.fails = false;
    writeMutation(storage, mutation("2"));
    await later(10);
    expect((await stored()).map(({ id }) => id)).toEqual(["1", "2"]);
  });

  test("with local storage full as well it is said, until the change is kept", async () => {
    const { storage, device, stored, saidSince, ids } = openTab(makeStorage(10));
    writeMutation(storage, mutation("1"));
    expect([storage.hasUnstored, storage.isLosing]).toEqual([true, false]);
    await later(1000);
    expect([storage.isLosing, saidSince()]).toEqual([true, [true]]);
    await storage.reload();
    expect(ids()).toEqual(["1"]);
    device.fails = false;
    await later(60_000);
    expect([storage.hasUnstored, storage.isLosing, saidSince()]).toEqual([false, false, [false]]);
    expect(await stored()).toMatchObject([{ id: "1" }]);
  });

  test("once there is room in local storage again, it goes there", async () => {
    const local = makeStorage();
    const setItem = vi.spyOn(Object.getPrototypeOf(local), "setItem").mockImplementation(() => {
      throw new DOMException("Full", "QuotaExceededError");
    });
    const { storage, saidSince } = openTab(local);
    writeMutation(storage, mutation("1"));
    await later(3000);
    setItem.mockRestore();
    await later(60_000);
    expect([storage.hasUnstored, saidSince()]).toEqual([false, [true, false]]);
    expect(Object.keys(local)).toHaveLength(1);
  });

  test("what is sent soon is not said", async () => {
    const { storage, saidSince } = openTab(undefined);
    writeMutation(storage, mutation("1"));
    await later(500);
    removeMutation(storage, "1");
    await later(10_000);
    expect([storage.hasUnstored, saidSince()]).toEqual([false, []]);
  });

  test("a reading that fails takes away nothing that is shown", async () => {
    const { storage, device, ids } = openTab(makeStorage());
    device.fails = false;
    writeMutation(storage, mutation("1"));
    await later(10);
    device.fails = true;
    await storage.reload();
    expect(ids()).toEqual(["1"]);
    await storage.reloadIfGone(["1"]);
    expect([ids(), storage.has("1")]).toEqual([["1"], true]);
  });

  test("what was sent does not come back, and is removed once that can be", async () => {
    const { storage, device, ids, stored } = openTab(makeStorage(0));
    device.fails = false;
    writeMutation(storage, mutation("1"));
    await later(10);
    device.fails = true;
    removeMutation(storage, "1");
    await later(10);
    device.fails = false;
    const reading = storage.reload();
    await later(10);
    await reading;
    expect(ids()).toEqual([]);
    await later(60_000);
    expect(await stored()).toEqual([]);
  });

  test("nothing piles up of changes that were sent, nor is anything tried for them", async () => {
    const local = makeStorage();
    const { storage, device } = openTab(local);
    for (const id of ["1", "2", "3"]) {
      writeMutation(storage, mutation(id));
      await later(10);
      removeMutation(storage, id);
    }
    await later(10);
    expect(Object.keys(local)).toEqual([]);
    const { tries } = device;
    await later(600_000);
    expect(device.tries).toBeLessThanOrEqual(tries + 1);
  });

  test("what another tab wrote and took away is gone here too", async () => {
    const local = makeStorage();
    const here = openTab(local);
    const there = openTab(local, here.user);
    const key = `tend:change:${here.user}:1`;
    writeMutation(there.storage, mutation("1"));
    here.storage.absorb(key, local.getItem(key));
    await later(10);
    expect(here.ids()).toEqual(["1"]);
    removeMutation(there.storage, "1");
    await here.storage.reload();
    expect([here.ids(), here.storage.has("1")]).toEqual([[], false]);
  });

  test("a change that another tab has sent is not written again", async () => {
    const local = makeStorage();
    const here = openTab(local);
    const there = openTab(local, here.user);
    writeMutation(here.storage, mutation("1"));
    await later(10);
    removeMutation(there.storage, "1");
    for (const { device } of [here, there]) device.fails = false;
    await later(60_000);
    expect(await here.stored()).toEqual([]);
    expect([here.ids(), there.ids()]).toEqual([[], []]);
  });

  test("whoever has signed out leaves nothing, also what failed before", async () => {
    const local = makeStorage();
    const { storage, device, stored } = openTab(local);
    writeMutation(storage, mutation("1"));
    await later(10);
    local.removeItem(Object.keys(local)[0] ?? "");
    device.isGone = true;
    device.fails = false;
    await later(60_000);
    expect([Object.keys(local), await stored()]).toEqual([[], []]);
  });
});

test("what a newer program stores beside a change is kept when this one writes it again", () => {
  const local = makeStorage();
  const later = { id: "1", kind: "delete", task: makeTask(), send_at: 5, mood: "calm" };
  local.setItem("tend:change:ada:1", JSON.stringify(later));
  const storage = createMutationStorage(local, "ada");
  const [read] = storage.read();
  if (read?.kind !== "delete") throw new Error("A delete was stored.");
  writeMutation(storage, { ...read, send_at: 0 });
  expect(JSON.parse(local.getItem("tend:change:ada:1") ?? "")).toEqual({ ...later, send_at: 0 });
});
