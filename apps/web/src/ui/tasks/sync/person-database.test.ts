import "fake-indexeddb/auto";
import { openDB } from "idb";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { knownTask } from "./known-task.ts";
import { editOf, type Mutation } from "./mutation.ts";
import {
  DataDeleted,
  type Fill,
  PersonDatabase,
  personDatabaseName,
  SessionOver,
} from "./person-database.ts";

const fillOf = (cursor: string): Fill => ({
  generation: uuidv7(),
  cursor,
  status: "all",
  next: null,
});

const gone = (id: string, version: number) => ({ id, version, task: null });

/** A database of somebody new, and another tab's view of it. */
function twoTabs() {
  const userId = uuidv7();
  return [new PersonDatabase(userId), new PersonDatabase(userId)] as const;
}

/** A database that is complete up to a place in the feed. */
async function filled(cursor = "c1", ...tasks: ReturnType<typeof makeTask>[]) {
  const [here, there] = twoTabs();
  const fill = fillOf(cursor);
  await here.beginFill(fill);
  await here.putListPage(fill, tasks.map(knownTask), null);
  return { here, there };
}

const titlesIn = async (database: PersonDatabase) =>
  (await database.read()).tasks.map(({ task }) => task?.title ?? "gone");

describe("the lists", () => {
  test("nothing is stored of somebody new", async () => {
    const [here] = twoTabs();
    expect(await here.read()).toEqual({
      state: { live: null, cursor: null, fill: null },
      written: 0,
      tasks: [],
    });
  });

  test("a first reading is shown as it comes, and goes on after a reload where it stopped", async () => {
    const [here, afterReload] = twoTabs();
    const fill = fillOf("c1");
    await here.beginFill(fill);
    const next = { ...fill, next: "page 2" };
    await here.putListPage(fill, [knownTask(makeTask({ title: "A" }))], next);
    const stored = await afterReload.read();
    expect(stored.state).toEqual({ live: fill.generation, cursor: null, fill: next });
    await afterReload.putListPage(next, [knownTask(makeTask({ title: "B" }))], null);
    expect((await here.read()).state).toEqual({
      live: fill.generation,
      cursor: "c1",
      fill: null,
    });
    expect(await titlesIn(here)).toEqual(["A", "B"]);
  });

  test("a reading anew is shown once it is whole, whatever the versions say", async () => {
    const id = uuidv7();
    const { here } = await filled("c1", makeTask({ id, title: "Newer", version: 9 }), makeTask());
    const fill = fillOf("c7");
    await here.beginFill(fill);
    const older = knownTask(makeTask({ id, title: "After a restore", version: 3 }));
    await here.putListPage(fill, [older], { ...fill, status: "trashed" });
    expect(await titlesIn(here)).toEqual(["Newer", "Pay rent"]);
    await here.putListPage({ ...fill, status: "trashed" }, [], null);
    expect(await titlesIn(here)).toEqual(["After a restore"]);
    expect((await here.read()).state.cursor).toBe("c7");
  });

  test("a reading that another tab began anew stores nothing any more", async () => {
    const { here, there } = await filled();
    const [mine, theirs] = [fillOf("c2"), fillOf("c3")];
    await here.beginFill(mine);
    await there.beginFill(theirs);
    await here.putListPage(mine, [knownTask(makeTask({ title: "Mine" }))], null);
    expect((await here.read()).state.cursor).toBe("c1");
    await there.putListPage(theirs, [knownTask(makeTask({ title: "Theirs" }))], null);
    expect(await titlesIn(here)).toEqual(["Theirs"]);
  });
});

describe("the feed", () => {
  test("a page and the cursor after it are stored together", async () => {
    const { here, there } = await filled("c1");
    const changes = [knownTask(makeTask({ title: "New" }))];
    await here.putFeedPage({ asked: "c1", next: "c2", changes });
    const { state, tasks } = await there.read();
    expect([state.cursor, tasks.length]).toEqual(["c2", 1]);
  });

  test("nothing is stored where the cursor is another by now", async () => {
    const { here, there } = await filled("c1");
    await there.putFeedPage({ asked: "c1", next: "c2", changes: [] });
    const changes = [knownTask(makeTask({ title: "Late" }))];
    const state = await here.putFeedPage({ asked: "c1", next: "c3", changes });
    expect(state.cursor).toBe("c2");
    expect(await titlesIn(here)).toEqual([]);
  });

  test("the higher version stays, and a delete wins over the version that it names", async () => {
    const task = makeTask({ title: "Version 5", version: 5 });
    const { here } = await filled("c1", task);
    await here.putFeedPage({
      asked: "c1",
      next: "c2",
      changes: [knownTask({ ...task, title: "Version 4", version: 4 })],
    });
    expect(await titlesIn(here)).toEqual(["Version 5"]);
    await here.putFeedPage({ asked: "c2", next: "c3", changes: [gone(task.id, 6)] });
    await here.putFeedPage({ asked: "c3", next: "c4", changes: [knownTask(task)] });
    expect(await titlesIn(here)).toEqual(["gone"]);
  });
});

describe("mutations", () => {
  const edit = (title: string): Mutation => ({ id: uuidv7(), ...editOf(makeTask(), { title }) });

  test("what is acknowledged comes, and what it settles goes, in one transaction", async () => {
    const { here, there } = await filled();
    const [sent, waiting, made] = [edit("Sent"), edit("Waiting"), edit("Made anew")];
    await here.settle({ known: [], removed: [], added: [sent, waiting] });
    const known = [knownTask(makeTask({ title: "Sent", version: 2 }))];
    await here.settle({ known, removed: [sent.id], added: [made] });
    expect(await there.readMutations()).toEqual([waiting, made]);
    expect(await titlesIn(there)).toEqual(["Sent"]);
  });

  test("what is acknowledged during a reading anew is in the new list too", async () => {
    const { here } = await filled();
    const fill = fillOf("c2");
    await here.beginFill(fill);
    const task = makeTask({ title: "Saved meanwhile", version: 2 });
    await here.settle({ known: [knownTask(task)], removed: [], added: [] });
    await here.putListPage(fill, [knownTask({ ...task, title: "Before", version: 1 })], null);
    expect(await titlesIn(here)).toEqual(["Saved meanwhile"]);
  });
});

describe("other tabs", () => {
  test("a tab reads what was written since, and nothing twice", async () => {
    const { here, there } = await filled("c1", makeTask({ title: "Known" }));
    const { state, written } = await there.read();
    expect((await there.readSince(state.live, written))?.tasks).toEqual([]);
    const changes = [knownTask(makeTask({ title: "News" })), gone(uuidv7(), 3)];
    await here.putFeedPage({ asked: "c1", next: "c2", changes });
    const news = await there.readSince(state.live, written);
    expect(news?.tasks).toEqual(expect.arrayContaining(changes));
    expect(news?.tasks).toHaveLength(2);
    expect(news?.state.cursor).toBe("c2");
    expect((await there.readSince(state.live, news?.written ?? 0))?.tasks).toEqual([]);
  });

  test("a tab that was away while the list was read anew reads all of it", async () => {
    const { here, there } = await filled("c1");
    const { state, written } = await there.read();
    const fill = fillOf("c2");
    await here.beginFill(fill);
    await here.putListPage(fill, [], null);
    expect(await there.readSince(state.live, written)).toBeNull();
  });
});

describe("whose it is", () => {
  /** Complete, with one task, in three tabs that have read it; the last one comes later. */
  async function inTabs() {
    const userId = uuidv7();
    const [here, there] = [new PersonDatabase(userId), new PersonDatabase(userId)];
    const fill = fillOf("c1");
    await here.beginFill(fill);
    await here.putListPage(fill, [knownTask(makeTask())], null);
    await there.read();
    return { here, there, later: new PersonDatabase(userId) };
  }
  const unsent: Mutation = { id: uuidv7(), ...editOf(makeTask(), { title: "Unsent" }) };

  test("[D-2] a session that is over takes the tasks, and leaves the mutations", async () => {
    const { here, later } = await inTabs();
    await here.settle({ known: [], removed: [], added: [unsent] });
    await here.forgetTasks();
    expect(await later.read()).toMatchObject({ state: { live: null, cursor: null }, tasks: [] });
    expect(await later.readMutations()).toEqual([unsent]);
  });

  test("[D-2] thereafter no tab that read the tasks writes any, and each still stores mutations", async () => {
    const { here, there, later } = await inTabs();
    await here.forgetTasks();
    for (const tab of [here, there]) {
      await expect(tab.read()).rejects.toThrow(SessionOver);
      await expect(tab.readSince(null, 0)).rejects.toThrow(SessionOver);
      await expect(tab.beginFill(fillOf("c2"))).rejects.toThrow(SessionOver);
      await expect(tab.putListPage(fillOf("c2"), [], null)).rejects.toThrow(SessionOver);
      await expect(tab.putFormerList([knownTask(makeTask())])).rejects.toThrow(SessionOver);
      const page = { asked: "c1", next: "c2", changes: [knownTask(makeTask())] };
      await expect(tab.putFeedPage(page)).rejects.toThrow(SessionOver);
    }
    const known = [knownTask(makeTask({ title: "Answered late" }))];
    await there.settle({ known, removed: [], added: [unsent] });
    expect((await later.read()).tasks).toEqual([]);
    expect(await later.readMutations()).toEqual([unsent]);
  });

  test("the next session of the same person begins anew", async () => {
    const { here, there, later } = await inTabs();
    await here.forgetTasks();
    const fill = fillOf("c9");
    await later.beginFill(fill);
    await later.putListPage(fill, [knownTask(makeTask({ title: "Anew" }))], null);
    expect(await titlesIn(later)).toEqual(["Anew"]);
    await expect(there.read()).rejects.toThrow(SessionOver);
  });

  test("[D-1] after an erasure no tab that read the data writes, and a new sign-in begins anew", async () => {
    const userId = uuidv7();
    const [leaving, other] = [new PersonDatabase(userId), new PersonDatabase(userId)];
    const fill = fillOf("c1");
    await leaving.beginFill(fill);
    await other.read();
    await leaving.erase();
    const page = other.putListPage(fill, [knownTask(makeTask({ title: "Late" }))], null);
    await expect(page).rejects.toThrow(DataDeleted);
    await expect(other.read()).rejects.toThrow(DataDeleted);
    const next = new PersonDatabase(userId);
    expect((await next.read()).tasks).toEqual([]);
    await next.beginFill(fillOf("c9"));
    await expect(leaving.read()).rejects.toThrow(DataDeleted);
  });
});

describe("other versions of the program", () => {
  test("stores that are missing are made, at whatever number the database stands", async () => {
    for (const version of [1, 7]) {
      const userId = uuidv7();
      const older = await openDB(personDatabaseName(userId), version, {
        upgrade: (database) => void database.createObjectStore("other"),
      });
      older.close();
      const database = new PersonDatabase(userId);
      const fill = fillOf("c1");
      await database.beginFill(fill);
      await database.putListPage(fill, [knownTask(makeTask())], null);
      expect(await titlesIn(database)).toEqual(["Pay rent"]);
    }
  });

  test("junk in the stores is passed over, and fields that others know are kept", async () => {
    const task = { ...makeTask({ title: "Kept" }), mood: "calm" };
    const { here } = await filled("c1", task);
    expect((await here.read()).tasks).toMatchObject([{ task: { mood: "calm" } }]);
    const userId = uuidv7();
    const other = new PersonDatabase(userId);
    const fill = fillOf("c1");
    await other.beginFill(fill);
    await other.putListPage(fill, [], null);
    const raw = await openDB(personDatabaseName(userId));
    const { generation } = fill;
    await raw.put("tasks", { generation, id: "1", version: "x", task: null, written: 1 });
    await raw.put("tasks", { generation, id: "2", version: 1, task: { title: 5 }, written: 2 });
    expect((await other.read()).tasks).toEqual([]);
    await raw.put("state", "nonsense", "sync");
    await raw.put("state", { damaged: true }, "session");
    raw.close();
    expect(await other.read()).toMatchObject({ state: { live: null, cursor: null }, tasks: [] });
  });

  test("what a newer program keeps beside tasks and state is there after this one has written", async () => {
    const task = makeTask({ title: "A" });
    const fill = fillOf("c1");
    const [here, there] = twoTabs();
    await here.beginFill(fill);
    await here.putListPage(fill, [knownTask(task)], null);
    const name = (await indexedDB.databases()).at(-1)?.name ?? "";
    const newer = await openDB(name, 9, {
      upgrade(database) {
        database.createObjectStore("views").put("newer", "1");
      },
    });
    const { generation } = fill;
    const record: object = await newer.get("tasks", [generation, task.id]);
    await newer.put("tasks", { ...record, notes: "newer" });
    await newer.put("state", { ...(await newer.get("state", "sync")), views: 5 }, "sync");
    const changes = [knownTask({ ...task, title: "B", version: 2 })];
    await there.putFeedPage({ asked: "c1", next: "c2", changes });
    const again = fillOf("c5");
    await there.beginFill(again);
    expect(await newer.get("tasks", [generation, task.id])).toMatchObject({
      notes: "newer",
      task: { title: "B" },
    });
    await there.putListPage(again, changes, null);
    expect(await newer.get("state", "sync")).toMatchObject({ cursor: "c5", views: 5 });
    expect(await newer.get("views", "1")).toBe("newer");
    newer.close();
  });

  test("a page that holds the database open does not hold up a newer program", async () => {
    const userId = uuidv7();
    const here = new PersonDatabase(userId);
    await here.read();
    const newer = await openDB(personDatabaseName(userId), 50);
    newer.close();
    expect((await here.read()).tasks).toEqual([]);
  });
});
