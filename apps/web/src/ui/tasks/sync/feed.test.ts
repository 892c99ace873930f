import "fake-indexeddb/auto";
import type { Task, TaskChanged } from "@tend/contracts";
import { UnreachableError } from "@tend/contracts/client";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, test, vi } from "vitest";
import { makeApiError, makeTask } from "#ui/tasks/testing.ts";
import { Feed, type FeedOptions, type FirstPage } from "./feed.ts";
import { knownTask } from "./known-task.ts";
import { PersonDatabase, SessionOver } from "./person-database.ts";
import { Replica } from "./replica.ts";

/** A server in memory: tasks by id, each with the number of its last change. */
function makeServer(pageSize = 2) {
  const tasks = new Map<string, { task: Task; change: number; gone: boolean }>();
  const server = {
    log: [] as string[],
    last: 0,
    /** Cursors of another epoch are gone. */
    epoch: "e1",
    /** The error that is thrown in place of an answer. */
    fails: undefined as Error | undefined,
    /** Whether places in the list are known. */
    knowsPlaces: true,
    tasks,
    put(task: Task) {
      tasks.set(task.id, { task, change: ++server.last, gone: false });
      return task;
    },
    deleteForGood({ id, version }: Task) {
      const task = makeTask({ id, version: version + 1 });
      tasks.set(id, { task, change: ++server.last, gone: true });
    },
  };
  const cursorAt = (change: number) => `${server.epoch} ${change}`;
  const answer = <T>(line: string, body: () => T, headers: HeadersInit = {}) => {
    server.log.push(line);
    if (server.fails) return Promise.reject(server.fails);
    try {
      return Promise.resolve({ status: 200 as const, body: body(), headers: new Headers(headers) });
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const changedOf = ({ task, gone }: { task: Task; gone: boolean }): TaskChanged => {
    const { id, version } = task;
    if (gone) return { type: "deleted", id, version, task: null };
    return { type: task.deleted_at ? "trashed" : "saved", id, task };
  };
  const api: FeedOptions["api"] = {
    listChanges: ({ query = {}, headers } = {}) =>
      answer(`changes ${query.cursor ?? query.from} ${headers?.prefer ?? ""}`.trim(), () => {
        if (query.from === "now")
          return { changes: [], next_cursor: cursorAt(server.last), has_more: false };
        const [epoch, change] = (query.cursor ?? "").split(" ");
        if (epoch !== server.epoch) throw makeApiError(410, "cursor_gone");
        const since = [...tasks.values()]
          .filter((one) => one.change > Number(change))
          .sort((a, b) => a.change - b.change);
        const page = since.slice(0, pageSize);
        return {
          changes: page.map(changedOf),
          next_cursor: cursorAt(page.at(-1)?.change ?? Number(change)),
          has_more: since.length > pageSize,
        };
      }),
    listTasks: ({ query = {} } = {}) => {
      const at = Number(query.cursor ?? 0);
      const all = [...tasks.values()]
        .filter(({ task, gone }) => !gone && !task.deleted_at === (query.status === "all"))
        .map(({ task }) => task);
      const isLast = at + pageSize >= all.length;
      return answer(
        `${query.status} ${at}`,
        () => {
          if (at > 0 && !server.knowsPlaces) throw makeApiError(422, "validation_failed");
          return all.slice(at, at + pageSize);
        },
        isLast ? {} : { Link: `</api/tasks?cursor=${at + pageSize}>; rel="next"` },
      );
    },
  };
  return { api, server };
}

const signal = new AbortController().signal;

function makeTab(api: FeedOptions["api"], userId: string, page?: FirstPage) {
  const replica = new Replica();
  const database = new PersonDatabase(userId);
  let stored = 0;
  const onStored = () => stored++;
  const beginning = page && { page };
  const feed = new Feed({ api, database, replica, onStored, onChanged() {} }, beginning);
  const titles = () =>
    replica
      .state()
      .tasks.map(({ title }) => title)
      .toSorted();
  const trash = () =>
    replica
      .state()
      .trash.map(({ title }) => title)
      .toSorted();
  return { replica, database, feed, titles, trash, storedCount: () => stored };
}

/** Somebody whose device knows all that the server has. */
async function known(...tasks: Partial<Task>[]) {
  const { server, api } = makeServer();
  const userId = uuidv7();
  for (const fields of tasks) server.put(makeTask(fields));
  const tab = makeTab(api, userId);
  await tab.feed.open();
  await tab.feed.ask(signal);
  server.log.length = 0;
  return { server, api, userId, tab };
}

const trashed = "2026-11-25T10:00:00.000Z";

describe("a first visit", () => {
  test("reads the list, then the trash, then what changed meanwhile, each once", async () => {
    const { server, api } = makeServer();
    for (const title of ["A", "B", "C"]) server.put(makeTask({ title }));
    server.put(makeTask({ title: "T", deleted_at: trashed }));
    const tab = makeTab(api, uuidv7());
    await tab.feed.open();
    expect([tab.feed.hasList, tab.feed.isComplete]).toEqual([false, false]);
    await tab.feed.ask(signal);
    expect(server.log).toEqual(["changes now", "all 0", "all 2", "trashed 0", "changes e1 4"]);
    expect([tab.titles(), tab.trash()]).toEqual([["A", "B", "C"], ["T"]]);
    expect([tab.feed.hasList, tab.feed.isComplete, tab.feed.keeps]).toEqual([true, true, true]);
  });

  test("begins with the page: a list that came whole is not read again", async () => {
    const { server, api } = makeServer();
    const tasks = [server.put(makeTask({ title: "A" }))];
    const cursor = "e1 1";
    server.put(makeTask({ title: "Made since" }));
    const userId = uuidv7();
    const tab = makeTab(api, userId, { tasks, complete: true, cursor });
    expect([tab.titles(), tab.feed.hasList]).toEqual([["A"], true]);
    await tab.feed.open();
    await tab.feed.ask(signal);
    expect(server.log).toEqual(["trashed 0", "changes e1 1"]);
    expect(tab.titles()).toEqual(["A", "Made since"]);
    const next = makeTab(api, userId);
    await next.feed.open();
    expect(next.titles()).toEqual(["A", "Made since"]);
  });

  test("that was cut off goes on where it stopped", async () => {
    const { server, api } = makeServer();
    for (const title of ["A", "B", "C"]) server.put(makeTask({ title }));
    const userId = uuidv7();
    const tab = makeTab(api, userId);
    await tab.feed.open();
    const { listTasks } = api;
    const cut = { ...api, listTasks: failAfter(listTasks, 1) };
    const cutTab = makeTab(cut, userId);
    await cutTab.feed.open();
    await expect(cutTab.feed.ask(signal)).rejects.toThrow(UnreachableError);
    server.log.length = 0;
    const next = makeTab(api, userId);
    await next.feed.open();
    expect(next.titles()).toEqual(["A", "B"]);
    await next.feed.ask(signal);
    expect(server.log).toEqual(["all 2", "trashed 0", "changes e1 3"]);
    expect(next.titles()).toEqual(["A", "B", "C"]);
  });

  test("what an older version kept, and the server does not have, goes from every tab", async () => {
    const { server, api } = makeServer();
    server.put(makeTask({ title: "A" }));
    const userId = uuidv7();
    const gone = makeTask({ title: "Deleted elsewhere" });
    await new PersonDatabase(userId).putFormerList([knownTask(gone)]);
    const [tab, other] = [makeTab(api, userId), makeTab(api, userId)];
    await tab.feed.open();
    await other.feed.open();
    expect([tab.titles(), other.titles()]).toEqual([["Deleted elsewhere"], ["Deleted elsewhere"]]);
    await tab.feed.ask(signal);
    expect(tab.titles()).toEqual(["A"]);
    await other.feed.readOthers();
    expect(other.titles()).toEqual(["A"]);
  });

  test("begins anew where the server does not know the place in the list any more", async () => {
    const { server, api } = makeServer();
    for (const title of ["A", "B", "C"]) server.put(makeTask({ title }));
    const userId = uuidv7();
    const tab = makeTab({ ...api, listTasks: failAfter(api.listTasks, 1) }, userId);
    await tab.feed.open();
    await expect(tab.feed.ask(signal)).rejects.toThrow(UnreachableError);
    server.knowsPlaces = false;
    const next = makeTab(api, userId);
    await next.feed.open();
    const reading = next.feed.ask(signal);
    server.knowsPlaces = true;
    await reading;
    expect(next.titles()).toEqual(["A", "B", "C"]);
  });
});

test("a tab that reads the lists anew sees what others store meanwhile, however little that is", async () => {
  const { server, api } = makeServer();
  for (const title of ["A", "B", "C"]) server.put(makeTask({ title }));
  const userId = uuidv7();
  const cut = new UnreachableError(new Error("cut"));
  const placeUnknown = makeApiError(422, "validation_failed");
  const failures = [undefined, cut, placeUnknown, undefined, cut];
  const listTasks: typeof api.listTasks = (...given) => {
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : api.listTasks(...given);
  };
  const tab = makeTab({ ...api, listTasks }, userId);
  const other = new PersonDatabase(userId);
  const store = (title: string) =>
    other.settle({ known: [knownTask(makeTask({ title }))], removed: [], added: [] });
  await tab.feed.open();
  await expect(tab.feed.ask(signal)).rejects.toThrow(cut);
  for (const title of ["D", "E", "F"]) await store(title);
  await tab.feed.readOthers();
  await expect(tab.feed.ask(signal)).rejects.toThrow(cut);
  await store("G");
  await tab.feed.readOthers();
  expect(tab.titles()).toContain("G");
});

/** A method that cannot reach the server after so many calls. */
function failAfter<A extends unknown[], R>(call: (...given: A) => Promise<R>, times: number) {
  let count = 0;
  return (...given: A): Promise<R> =>
    count++ < times ? call(...given) : Promise.reject(new UnreachableError(new Error("cut")));
}

describe("every visit after", () => {
  test("shows what the device has, and asks once for what changed", async () => {
    const { server, api, userId } = await known({ title: "A" }, { title: "B" });
    server.put(makeTask({ title: "C" }));
    const next = makeTab(api, userId);
    await next.feed.open();
    expect([next.titles(), next.feed.isComplete]).toEqual([["A", "B"], true]);
    const asked = await next.feed.ask(signal, 25);
    expect(server.log).toEqual(["changes e1 2 wait=25"]);
    expect(asked).toEqual({ isNews: true, hasWaited: false });
    expect(next.titles()).toEqual(["A", "B", "C"]);
  });

  test("what changed, was trashed, came back or is gone, in as many pages as it takes", async () => {
    const { server, tab } = await known({ title: "A" }, { title: "B" }, { title: "C" });
    const [a, b, c] = [...server.tasks.values()].map(({ task }) => task);
    if (!a || !b || !c) throw new Error("Three tasks were made.");
    server.put({ ...a, title: "A2", version: 2 });
    server.put({ ...b, deleted_at: trashed, version: 2 });
    server.deleteForGood(c);
    await tab.feed.ask(signal);
    expect([tab.titles(), tab.trash()]).toEqual([["A2"], ["B"]]);
    expect(server.log).toHaveLength(2);
    server.put({ ...b, version: 3 });
    await tab.feed.ask(signal);
    expect([tab.titles(), tab.trash()]).toEqual([["A2", "B"], []]);
  });

  test("an answer without news stores nothing, and tells no other tab", async () => {
    const { tab } = await known({ title: "A" });
    const count = tab.storedCount();
    expect(await tab.feed.ask(signal)).toEqual({ isNews: false, hasWaited: false });
    expect(tab.storedCount()).toBe(count);
  });

  test("410: the lists are read anew, and shown once they are whole", async () => {
    const { server, api, userId, tab } = await known({ title: "A" }, { title: "B" });
    server.epoch = "e2";
    const [first] = server.tasks.keys();
    const before = server.tasks.get(first ?? "");
    if (!before) throw new Error("Two tasks were made.");
    server.tasks.clear();
    server.put({ ...before.task, title: "As it was", version: 0 });
    await tab.feed.ask(signal);
    expect(tab.titles()).toEqual(["As it was"]);
    const next = makeTab(api, userId);
    await next.feed.open();
    expect(next.titles()).toEqual(["As it was"]);
  });

  test("410: what is acknowledged while the lists are read is not lost", async () => {
    const { server, api, userId } = await known({ title: "A" });
    const [entry] = server.tasks.values();
    if (!entry) throw new Error("A task was made.");
    server.epoch = "e2";
    const saved = { ...entry.task, title: "Saved meanwhile", version: 2 };
    const tab = makeTab(
      {
        ...api,
        listTasks: async (...given) => {
          const answer = await api.listTasks(...given);
          tab.feed.acknowledge([knownTask(saved)]);
          return answer;
        },
      },
      userId,
    );
    await tab.feed.open();
    await tab.feed.ask(signal);
    expect(tab.titles()).toEqual(["Saved meanwhile"]);
  });
});

describe("other tabs", () => {
  test("read what one has stored, without the server", async () => {
    const { server, api, userId, tab } = await known({ title: "A" });
    const other = makeTab(api, userId);
    await other.feed.open();
    server.put(makeTask({ title: "B" }));
    await tab.feed.ask(signal);
    server.log.length = 0;
    await other.feed.readOthers();
    expect([other.titles(), server.log]).toEqual([["A", "B"], []]);
    await other.feed.ask(signal);
    expect(server.log).toEqual(["changes e1 2"]);
  });

  test("a tab that slept through a reading anew shows what is stored by then", async () => {
    const { server, api, userId, tab } = await known({ title: "A" }, { title: "B" });
    const asleep = makeTab(api, userId);
    await asleep.feed.open();
    server.epoch = "e2";
    server.tasks.clear();
    server.put(makeTask({ title: "C" }));
    await tab.feed.ask(signal);
    await asleep.feed.readOthers();
    expect(asleep.titles()).toEqual(["C"]);
  });
});

describe("a device that keeps nothing", () => {
  const broken = ["read", "beginFill", "putListPage", "putFeedPage", "readSince"] as const;
  test.each(broken)("%s fails: it goes on from memory, and is said", async (method) => {
    const { server, api } = makeServer();
    for (const title of ["A", "B", "C"]) server.put(makeTask({ title }));
    const tab = makeTab(api, uuidv7());
    vi.spyOn(tab.database, method).mockRejectedValue(
      new DOMException("Full", "QuotaExceededError"),
    );
    await tab.feed.open();
    await tab.feed.ask(signal);
    server.put(makeTask({ title: "D" }));
    await tab.feed.ask(signal);
    await tab.feed.readOthers();
    expect(tab.titles()).toEqual(["A", "B", "C", "D"]);
    expect(tab.feed.isComplete).toBe(true);
  });

  test("410: the lists are read anew in memory, too", async () => {
    const { server, api } = makeServer();
    server.put(makeTask({ title: "A" }));
    const tab = makeTab(api, uuidv7());
    for (const method of broken) {
      vi.spyOn(tab.database, method).mockRejectedValue(new DOMException("No", "SecurityError"));
    }
    await tab.feed.open();
    await tab.feed.ask(signal);
    expect(tab.feed.keeps).toBe(false);
    server.epoch = "e2";
    server.tasks.clear();
    server.put(makeTask({ title: "B" }));
    await tab.feed.ask(signal);
    expect(tab.titles()).toEqual(["B"]);
  });
});

describe("a list of an older version", () => {
  test.each([
    ["", undefined],
    [", with a page that has the first of the list", false],
    [", with a page that has all", true],
  ])("shows until the lists are read, and no longer%s", async (_, complete) => {
    const { server, api } = makeServer();
    const tasks = [server.put(makeTask({ title: "A" }))];
    const page = complete === undefined ? undefined : { tasks, complete, cursor: "e1 1" };
    const tab = makeTab(api, uuidv7(), page);
    await tab.database.putFormerList([knownTask(makeTask({ title: "Gone since" }))]);
    await tab.feed.open();
    expect(tab.titles()).toContain("Gone since");
    await tab.feed.ask(signal);
    expect(tab.titles()).toEqual(["A"]);
  });
});

describe("a device that fails once", () => {
  const writes = ["beginFill", "putListPage", "putFeedPage"] as const;
  const failures = writes.flatMap((method) => [0, 1].map((after) => [method, after] as const));
  test.each(failures)("%s, after %i that worked: it has all in the end", async (method, after) => {
    const { server, api } = makeServer();
    for (const title of ["A", "B", "C", "D", "E"]) server.put(makeTask({ title }));
    const userId = uuidv7();
    const tab = makeTab(api, userId);
    const plain = tab.database[method].bind(tab.database);
    let count = 0;
    vi.spyOn(tab.database, method).mockImplementation((...given: unknown[]) =>
      count++ === after
        ? Promise.reject(new DOMException("Full", "QuotaExceededError"))
        : Reflect.apply(plain, undefined, given),
    );
    await tab.feed.open();
    await tab.feed.ask(signal);
    for (const title of ["F", "G", "H"]) {
      server.put(makeTask({ title }));
      await tab.feed.ask(signal);
    }
    await tab.feed.ask(signal);
    expect(tab.feed.keeps).toBe(true);
    const next = makeTab(api, userId);
    await next.feed.open();
    expect([next.titles(), next.feed.isComplete]).toEqual([tab.titles(), true]);
    server.log.length = 0;
    await next.feed.ask(signal);
    expect(server.log).toEqual(["changes e1 8"]);
  });

  test("what it has not taken before the session was over does not come after it", async () => {
    const { server, api } = makeServer();
    server.put(makeTask({ title: "A" }));
    const userId = uuidv7();
    const tab = makeTab(api, userId);
    await tab.feed.open();
    const fails = vi.spyOn(tab.database, "beginFill").mockRejectedValue(new Error("Full"));
    await tab.feed.ask(signal);
    fails.mockRestore();
    await new PersonDatabase(userId).forgetTasks();
    await expect(tab.feed.readOthers()).rejects.toThrow(SessionOver);
    expect((await new PersonDatabase(userId).read()).tasks).toEqual([]);
  });

  test("what it has of before does not lead back a page that is further", async () => {
    const { server, tab } = await known({ title: "A" });
    const fails = vi
      .spyOn(tab.database, "putFeedPage")
      .mockRejectedValue(new DOMException("Full", "QuotaExceededError"));
    server.put(makeTask({ title: "B" }));
    await tab.feed.ask(signal);
    await tab.feed.readOthers();
    server.log.length = 0;
    await tab.feed.ask(signal);
    expect(server.log).toEqual(["changes e1 2"]);
    expect([tab.feed.keeps, tab.titles()]).toEqual([false, ["A", "B"]]);
    fails.mockRestore();
    await tab.feed.readOthers();
    expect(tab.feed.keeps).toBe(true);
  });
});

describe("an answer that is cut in the middle", () => {
  const cut = new UnreachableError(new SyntaxError("Unexpected end of JSON input"));

  test("of a list or of the feed stores nothing of it, and is asked for again", async () => {
    const { server, api } = makeServer();
    for (const title of ["A", "B", "C"]) server.put(makeTask({ title }));
    const userId = uuidv7();
    const tab = makeTab(api, userId);
    await tab.feed.open();
    server.fails = cut;
    await expect(tab.feed.ask(signal)).rejects.toBe(cut);
    server.fails = undefined;
    await tab.feed.ask(signal);
    server.put(makeTask({ title: "D" }));
    server.fails = cut;
    await expect(tab.feed.ask(signal)).rejects.toBe(cut);
    expect(tab.titles()).toEqual(["A", "B", "C"]);
    server.fails = undefined;
    server.log.length = 0;
    await tab.feed.ask(signal);
    expect([server.log, tab.titles()]).toEqual([["changes e1 3"], ["A", "B", "C", "D"]]);
  });
});

test("a reading that is cut off by 410 twice, or by the network, ends in what the server has", async () => {
  const { server, tab } = await known({ title: "A" });
  server.epoch = "e2";
  server.fails = new UnreachableError(new Error("cut"));
  await expect(tab.feed.ask(signal)).rejects.toThrow(UnreachableError);
  expect(tab.titles()).toEqual(["A"]);
  server.fails = undefined;
  server.put(makeTask({ title: "B" }));
  await tab.feed.ask(signal);
  expect(tab.titles()).toEqual(["A", "B"]);
});
