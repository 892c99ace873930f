import "fake-indexeddb/auto";
import { setMaxListeners } from "node:events";
import type { Task } from "@tend/contracts";
import { etagOf } from "@tend/contracts/etag";
import { openDB } from "idb";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeStorage, makeTask } from "#ui/tasks/testing.ts";
import { knownTask } from "./known-task.ts";
import { editOf } from "./mutation.ts";
import { type Fill, PersonDatabase, personDatabaseName } from "./person-database.ts";
import { TaskSync } from "./task-sync.ts";

const fillOf = (cursor: string): Fill => ({
  generation: uuidv7(),
  cursor,
  status: "all",
  next: null,
});

// Node warns of a page's many listeners, which end with one signal.
setMaxListeners(100);

const plainIndexedDB = indexedDB;
const { put: plainPut, get: plainGet } = IDBObjectStore.prototype;
const { transaction: plainTransaction } = IDBDatabase.prototype;

/** A request that is never answered. */
const silence = (): IDBOpenDBRequest =>
  Object.assign(Object.create(IDBOpenDBRequest.prototype), {
    addEventListener() {},
    removeEventListener() {},
  });

/** Lets time go on until the work is over. */
async function overTime<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) await vi.advanceTimersByTimeAsync(100);
  return work;
}

/** Ways in which a browser keeps nothing. Each returns what ends it. */
const failures = {
  "is not there": () => vi.stubGlobal("indexedDB", undefined),
  "is forbidden": () =>
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
      throw new DOMException("No", "SecurityError");
    }),
  "does not open": () => vi.spyOn(IDBFactory.prototype, "open").mockImplementation(silence),
  "begins no transaction": () =>
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (
      this: IDBDatabase,
      ...given
    ) {
      // The fake database opens by this method, too.
      if (String(given[1]) === "versionchange") return plainTransaction.apply(this, given);
      throw new DOMException("No", "InvalidStateError");
    }),
  "never ends a transaction": () =>
    vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(silence),
  "is full": () =>
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
      this: IDBObjectStore,
      ...given
    ) {
      const request = plainPut.apply(this, given);
      this.transaction.abort();
      return request;
    }),
  "aborts what is read": () =>
    vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(function (
      this: IDBObjectStore,
      key,
    ) {
      const request = plainGet.call(this, key);
      this.transaction.abort();
      return request;
    }),
} as const;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a database of the browser that", () => {
  test.each(Object.entries(failures))("%s: each method rejects in time", async (_, fail) => {
    const database = new PersonDatabase(uuidv7());
    fail();
    const fill = fillOf("c1");
    const known = knownTask(makeTask());
    const mutation = { id: uuidv7() };
    const calls = [
      () => database.settle({ known: [known], removed: [], added: [mutation] }),
      () => database.beginFill(fill),
      () => database.putListPage(fill, [known], null),
      () => database.putFormerList([known]),
      () => database.read(),
      () => database.readSince("live", 0),
      () => database.readMutations(),
      () => database.findMutations([mutation.id]),
      () => database.putFeedPage({ asked: "c1", next: "c2", changes: [known] }),
      () => database.forgetTasks(),
    ] as const;
    const begun = performance.now();
    for (const call of calls) await expect(overTime<unknown>(call())).rejects.toThrow();
    // Nothing is read before all is deleted.
    await overTime(database.erase()).catch(() => {});
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test.each(Object.entries(failures))("%s: it is used again once it works", async (name, fail) => {
    const userId = uuidv7();
    const database = new PersonDatabase(userId);
    fail();
    const mutation = { id: uuidv7() };
    const settlement = { known: [], removed: [], added: [mutation] };
    await expect(overTime(database.settle(settlement))).rejects.toThrow();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    await vi.advanceTimersByTimeAsync(60_000);
    // The browser's answer to a request that was never answered does not come later.
    const again = name === "does not open" ? new PersonDatabase(userId) : database;
    expect(await overTime(again.readMutations())).toEqual([]);
    await overTime(again.settle(settlement));
    expect(await overTime(new PersonDatabase(userId).readMutations())).toEqual([mutation]);
  });

  test("fails in the middle of a transaction has stored nothing of it", async () => {
    const userId = uuidv7();
    const database = new PersonDatabase(userId);
    const fill = fillOf("c1");
    await overTime(database.beginFill(fill));
    let count = 0;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
      this: IDBObjectStore,
      ...given
    ) {
      const request = plainPut.apply(this, given);
      if (++count === 2) this.transaction.abort();
      return request;
    });
    const tasks = [makeTask({ title: "A" }), makeTask({ title: "B" })].map(knownTask);
    await expect(overTime(database.putListPage(fill, tasks, null))).rejects.toThrow();
    vi.restoreAllMocks();
    const { state, tasks: stored } = await overTime(new PersonDatabase(userId).read());
    expect([state.fill, stored]).toEqual([fill, []]);
  });

  test("is closed under the page is opened anew, and nothing fails", async () => {
    const database = new PersonDatabase(uuidv7());
    await overTime(database.read());
    let isClosed = false;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (
      this: IDBDatabase,
      ...given
    ) {
      if (!isClosed) this.close();
      isClosed = true;
      return plainTransaction.apply(this, given);
    });
    expect((await overTime(database.read())).tasks).toEqual([]);
  });

  test("waits for a tab that holds it open answers late, and is used from then on", async () => {
    const userId = uuidv7();
    const holding = openDB(personDatabaseName(userId), 1, { upgrade() {} });
    const held = await overTime(holding);
    const database = new PersonDatabase(userId);
    // Stores are missing, so it must be upgraded, which the other tab holds up.
    await expect(overTime(database.read())).rejects.toThrow("no answer");
    held.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await overTime(database.read())).tasks).toEqual([]);
  });
});

/** A server in memory, and the globals of a page that asks it. */
function makeBrowser(localStorage: Storage | undefined) {
  const tasks = new Map<string, { readonly task: Task; readonly change: number }>();
  const server = { isAway: false, cut: 0, last: 0, log: [] as string[] };
  const put = (task: Task): Task => {
    tasks.set(task.id, { task, change: ++server.last });
    return task;
  };
  const problem = (status: number, code: string, more: object = {}) =>
    Response.json({ status, code, title: code, detail: code, ...more }, { status });
  const answer = (method: string, address: URL, init: RequestInit): Response => {
    const [, , , what = "", id = ""] = address.pathname.split("/");
    const body = JSON.parse(String(init.body ?? "null"));
    if (what === "token") {
      const claims = btoa(JSON.stringify({ iat: 0, exp: 900 }));
      return Response.json({ token: `header.${claims}.` });
    }
    if (id === "changes") {
      const query = address.searchParams;
      const since = Number(query.get("cursor") ?? server.last);
      const found = [...tasks.values()].filter(({ change }) => change > since);
      const changes = found.map(({ task }) => ({ type: "saved", id: task.id, task }));
      return Response.json({ changes, next_cursor: String(server.last), has_more: false });
    }
    if (method === "GET") {
      const isTrash = address.searchParams.get("status") === "trashed";
      return Response.json(isTrash ? [] : [...tasks.values()].map(({ task }) => task));
    }
    if (method === "POST") {
      const present = tasks.get(body.id)?.task;
      return Response.json(present ?? put(makeTask(body)), { status: present ? 200 : 201 });
    }
    const present = tasks.get(id)?.task;
    if (!present) return problem(404, "task_not_found");
    if (new Headers(init.headers).get("If-Match") !== etagOf(present)) {
      return problem(412, "precondition_failed", { task: present });
    }
    return Response.json(put({ ...present, ...body, version: present.version + 1 }));
  };
  const fetch = async (input: string, init: RequestInit = {}): Promise<Response> => {
    if (server.isAway) throw new TypeError("Failed to fetch");
    const method = init.method ?? "GET";
    const address = new URL(input, "http://tend.invalid");
    const answered = answer(method, address, init);
    server.log.push(`${method} ${address.pathname.split("/").slice(3).join("/")}`);
    if (address.pathname.endsWith("token") || server.cut === 0) return answered;
    server.cut--;
    const text = await answered.text();
    return new Response(text.slice(0, text.length / 2), answered);
  };
  const window = Object.assign(new EventTarget(), { localStorage });
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const navigator = { onLine: true };
  const left: string[] = [];
  const location = { replace: (to: string) => void left.push(to) };
  class Channel {
    onmessage = null;
    postMessage() {}
    close() {}
  }
  vi.stubGlobal("fetch", fetch);
  vi.stubGlobal("window", window);
  vi.stubGlobal("document", document);
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("location", location);
  vi.stubGlobal("BroadcastChannel", Channel);
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("dispatchEvent", window.dispatchEvent.bind(window));
  return { server, tasks, put, navigator, left };
}

const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const pages: (() => void)[] = [];

function openPage(userId: string, tasks: readonly Task[], cursor: string) {
  const sync = new TaskSync(
    userId,
    { page: { tasks, complete: true, cursor } },
    { onRescued() {}, onRestored() {}, onLeaving() {} },
  );
  pages.push(sync.start());
  const titles = () =>
    sync.replica
      .state()
      .tasks.map(({ title }) => title)
      .toSorted();
  const add = (title: string) => {
    const task = makeTask({ title });
    sync.outbox.add({ kind: "create", id: sync.outbox.newId(), task });
    return task;
  };
  return { sync, titles, add };
}

afterEach(() => {
  for (const end of pages.splice(0)) end();
});

describe("[FR-017] the page on a browser whose database", () => {
  const storages = [
    ["", () => makeStorage()],
    [", nor is there local storage", () => undefined],
  ] as const;
  const cases = Object.entries(failures).flatMap(([name, fail]) =>
    storages.map(([more, storage]) => [name + more, fail, storage] as const),
  );
  test.each(cases)("%s: all goes on from memory, and recovers", async (name, fail, storage) => {
    fail();
    const { server, tasks, put, left } = makeBrowser(storage());
    const userId = uuidv7();
    const first = put(makeTask({ title: "First" }));
    const { sync, titles, add } = openPage(userId, [first], "1");
    await later(10_000);
    expect([titles(), sync.state()]).toMatchObject([
      ["First"],
      { hasList: true, isComplete: true, keeps: false, failure: undefined },
    ]);

    put(makeTask({ title: "From another device" }));
    const made = add("Made here");
    await later(30_000);
    expect(titles()).toEqual(["First", "From another device", "Made here"]);
    expect(tasks.get(made.id)?.task.title).toBe("Made here");
    expect([sync.outbox.state().mutations, sync.outbox.state().isLosing]).toEqual([[], false]);

    server.isAway = true;
    add("Made offline");
    sync.outbox.add({ id: sync.outbox.newId(), ...editOf(first, { title: "First, edited" }) });
    await later(30_000);
    const all = ["First, edited", "From another device", "Made here", "Made offline"];
    expect(titles()).toEqual(all);
    expect(sync.outbox.state().isLosing).toBe(storage() === undefined);

    vi.restoreAllMocks();
    vi.stubGlobal("indexedDB", plainIndexedDB);
    server.isAway = false;
    await later(180_000);
    expect([...tasks.values()].map(({ task }) => task.title).toSorted()).toEqual(all);
    const { mutations, conflicts, isLosing } = sync.outbox.state();
    expect([mutations, conflicts.size, isLosing]).toEqual([[], 0, false]);
    expect([titles(), left]).toEqual([all, []]);
    // An opening that was never answered is not answered later, either.
    expect(sync.state().keeps).toBe(!name.startsWith("does not open"));
    if (!sync.state().keeps) return;
    const stored = await overTime(new PersonDatabase(userId).read());
    expect(stored.tasks.map(({ task }) => task?.title).toSorted()).toEqual(all);
    expect(stored.state.cursor).not.toBeNull();
  });
});

test("[FR-017] a tab whose device takes no more lets the others ask, until it does", async () => {
  const { put, navigator } = makeBrowser(makeStorage());
  const held = new Set<string>();
  const request = async (name: string, ...given: unknown[]) => {
    held.add(name);
    const run = given.at(-1);
    await (typeof run === "function" ? run() : undefined);
    held.delete(name);
  };
  Object.assign(navigator, { locks: { request } });
  const userId = uuidv7();
  openPage(userId, [], "0");
  await later(2_000);
  const isHeld = () => held.has(`tend:feed:${userId}`);
  expect(isHeld()).toBe(true);
  const end = failures["is full"]();
  for (const title of ["A", "B", "C"]) {
    put(makeTask({ title }));
    await later(20_000);
  }
  expect(isHeld()).toBe(false);
  end.mockRestore();
  await later(90_000);
  expect(isHeld()).toBe(true);
});

test("[FR-017] databases of an older version that give no answer hold up nothing", async () => {
  vi.spyOn(IDBFactory.prototype, "databases").mockReturnValue(new Promise(() => {}));
  const { tasks, put } = makeBrowser(makeStorage());
  const { sync, titles, add } = openPage(uuidv7(), [], "0");
  put(makeTask({ title: "From another device" }));
  add("Made here");
  await later(3_000);
  expect(titles()).toEqual(["From another device", "Made here"]);
  expect([tasks.size, sync.state().keeps]).toEqual([2, true]);
});

test("[FR-017] answers that are cut in the middle are asked for again, and nothing is half done", async () => {
  const { server, tasks, put } = makeBrowser(makeStorage());
  const first = put(makeTask({ title: "A" }));
  const { sync, titles, add } = openPage(uuidv7(), [first], "1");
  await later(1_000);
  server.cut = 1;
  put(makeTask({ title: "From another device" }));
  dispatchEvent(new Event("focus"));
  await later(10_000);
  server.cut = 1;
  add("Made here");
  await later(10_000);
  server.cut = 1;
  sync.outbox.add({ id: sync.outbox.newId(), ...editOf(first, { title: "B" }) });
  await later(10_000);
  const all = ["B", "From another device", "Made here"];
  expect([server.cut, titles()]).toEqual([0, all]);
  expect([...tasks.values()].map(({ task }) => task.title).toSorted()).toEqual(all);
  const { mutations, conflicts, refused } = sync.outbox.state();
  expect([mutations, conflicts.size, refused.size]).toEqual([[], 0, 0]);
});

test("[FR-017] a browser that says there is no network: the feed is asked all the same, which proves it", async () => {
  const { navigator, put, server } = makeBrowser(makeStorage());
  navigator.onLine = false;
  server.isAway = true;
  const { sync, titles } = openPage(uuidv7(), [put(makeTask({ title: "A" }))], "1");
  await later(5_000);
  expect(sync.state().reached).toBe(false);
  server.isAway = false;
  put(makeTask({ title: "From another device" }));
  await later(60_000);
  expect([sync.state().reached, titles()]).toEqual([true, ["A", "From another device"]]);
  server.isAway = true;
  // The next request comes by chance, within a minute and a quarter.
  await later(90_000);
  expect(sync.state().reached).toBe(false);
});
