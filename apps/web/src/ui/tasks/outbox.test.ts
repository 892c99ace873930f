import type { NewTask, Task } from "@tend/contracts";
import { type Answered, UnreachableError } from "@tend/contracts/client";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Change, TaskFields } from "./change.ts";
import { createChangeStorage } from "./change-storage.ts";
import { Outbox } from "./outbox.ts";
import { makeApiError, makeStorage, makeTask } from "./testing.ts";

/** A server in memory that does what the contract says, and fails when a test wants it to. */
function makeServer() {
  const tasks = new Map<string, Task>();
  const log: string[] = [];
  let clock = 0;
  const server = {
    tasks,
    log,
    /** Thrown before anything is done. */
    fails: undefined as Error | undefined,
    /** Thrown after it is done: the answer is lost. */
    losesAnswer: undefined as Error | undefined,
    hold: undefined as Promise<void> | undefined,
  };
  const stamp = () => `2026-11-24T10:00:00.${String(++clock).padStart(3, "0")}Z`;
  const answer = async <T>(line: string, run: () => T): Promise<Answered<T>> => {
    log.push(line);
    await server.hold;
    if (server.fails) throw server.fails;
    const body = run();
    if (server.losesAnswer) throw server.losesAnswer;
    return { status: 200, body, headers: new Headers() };
  };
  const find = (id: string): Task => {
    const task = tasks.get(id);
    if (!task) throw makeApiError(404, "task_not_found");
    return task;
  };
  const set = (id: string, fields: TaskFields): Task => {
    const task = { ...find(id), ...fields, updated_at: stamp() };
    tasks.set(id, task);
    return task;
  };
  const create = (body: NewTask): Task => {
    const { id = uuidv7(), title, description = null, completed = false, due_date = null } = body;
    const present = tasks.get(id);
    if (present && present.title !== title) throw makeApiError(409, "id_already_used");
    const created_at = stamp();
    const task = { ...makeTask(), id, title, description, completed, due_date, created_at };
    if (!present) tasks.set(id, task);
    return present ?? task;
  };
  const api = {
    createTask: ({ body }: { body: NewTask }) => answer(`create ${body.title}`, () => create(body)),
    getTask: ({ params: { id } }: Params) => answer("get", () => find(id)),
    updateTask: ({ params: { id }, body }: Params & { body: object }) =>
      answer(`update ${JSON.stringify(body)}`, () => set(id, body)),
    completeTask: ({ params: { id }, body }: Params & { body?: { completed: boolean } }) =>
      answer(`complete ${body?.completed}`, () => set(id, body ?? {})),
    deleteTask: ({ params: { id } }: Params, options?: { keepalive?: boolean }) =>
      answer(options?.keepalive ? "delete, outliving the page" : "delete", () => {
        find(id);
        tasks.delete(id);
        return undefined;
      }),
  };
  return Object.assign(server, { api });
}

type Params = { params: { id: string } };

let server: ReturnType<typeof makeServer>;
let local: Storage;
let online: boolean;
let acknowledged: [string, Task | null][];
let rescued: Task[];
const open: Outbox[] = [];

function makeOutbox(userId = "ada", storage = local) {
  const outbox = new Outbox({
    api: server.api,
    storage: createChangeStorage(storage, userId),
    isOnline: () => online,
    exclusively: (_, run) => run(),
    onAcknowledged: (id, task) => acknowledged.push([id, task]),
    onRescued: (task) => rescued.push(task),
  });
  outbox.start();
  open.push(outbox);
  return outbox;
}

const creation = (task: Task): Change => ({ kind: "create", id: uuidv7(), task });
const setting = (task: Task, fields: TaskFields): Change => ({
  kind: "set",
  id: uuidv7(),
  task: { ...task, ...fields },
  fields,
});
const deletion = (task: Task, after = 8500): Change => ({
  kind: "delete",
  id: uuidv7(),
  task,
  send_at: Date.now() + after,
});
const settle = () => vi.advanceTimersByTimeAsync(0);
const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-24T09:30:00.000Z") });
  server = makeServer();
  local = makeStorage();
  online = true;
  acknowledged = [];
  rescued = [];
});

afterEach(() => {
  for (const outbox of open.splice(0)) outbox.stop();
  vi.useRealTimers();
});

describe("a change", () => {
  test("is kept until the server has acknowledged it, and then forgotten", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    outbox.add(creation(task));
    expect(outbox.state().changes).toHaveLength(1);
    expect(Object.keys(local)).toHaveLength(1);
    await settle();
    expect(acknowledged).toEqual([[task.id, server.tasks.get(task.id)]]);
    expect(outbox.state().changes).toEqual([]);
    expect(Object.keys(local)).toEqual([]);
  });

  test("outlives the page and is sent by the next one", async () => {
    online = false;
    const task = makeTask();
    const before = makeOutbox();
    before.add(creation(task));
    before.add(setting(task, { title: "Pay the rent" }));
    before.stop();
    online = true;
    const after = makeOutbox();
    expect(after.state().changes).toHaveLength(2);
    await settle();
    expect(server.tasks.get(task.id)?.title).toBe("Pay the rent");
    expect(after.state().changes).toEqual([]);
  });

  test("is sent to nobody else's account", async () => {
    online = false;
    makeOutbox("ada").add(creation(makeTask()));
    online = true;
    expect(makeOutbox("grace").state().changes).toEqual([]);
    await settle();
    expect(server.log).toEqual([]);
  });

  test("that the browser will not store is sent all the same, and known to be at risk", async () => {
    online = false;
    const outbox = makeOutbox("ada", makeStorage(10));
    outbox.add(creation(makeTask()));
    expect(outbox.hasUnstored).toBe(true);
    online = true;
    outbox.retry();
    await settle();
    expect(server.tasks.size).toBe(1);
    expect(outbox.hasUnstored).toBe(false);
  });
});

describe("the order", () => {
  test("of one task's changes is kept, and what piles up goes as one", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    let release = () => {};
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    outbox.add(creation(task));
    outbox.add(setting(task, { completed: true }));
    outbox.add(setting(task, { title: "One" }));
    outbox.add(setting(task, { title: "Two" }));
    release();
    await settle();
    expect(server.log).toEqual(["create Pay rent", 'update {"completed":true,"title":"Two"}']);
    expect(server.tasks.get(task.id)).toMatchObject({ title: "Two", completed: true });
  });

  test("of quick ticks is kept: the last one wins", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    for (const completed of [true, false, true, false]) outbox.add(setting(task, { completed }));
    await settle();
    expect(server.log).toEqual(["complete true", "complete false"]);
    expect(server.tasks.get(task.id)?.completed).toBe(false);
  });

  test("of creates is that of their making, one after the other", async () => {
    online = false;
    const outbox = makeOutbox();
    for (const title of ["First", "Second", "Third"]) outbox.add(creation(makeTask({ title })));
    online = true;
    outbox.retry();
    await settle();
    expect(server.log).toEqual(["create First", "create Second", "create Third"]);
  });

  test("does not let one refused task hold up another", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.fails = makeApiError(422, "validation_failed");
    outbox.add(creation(task));
    await settle();
    server.fails = undefined;
    outbox.add(creation(makeTask({ title: "Other" })));
    await settle();
    expect(outbox.state().changes.map((change) => change.task.id)).toEqual([task.id]);
    expect(server.tasks.size).toBe(1);
  });
});

describe("when the server cannot be reached", () => {
  test("nothing is lost, the reason is told, and it is tried again, ever more rarely", async () => {
    const outbox = makeOutbox();
    server.fails = new UnreachableError(new Error("down"));
    outbox.add(creation(makeTask()));
    await settle();
    expect(outbox.state().trouble).toEqual({
      reason: "The server cannot be reached.",
      signedOut: false,
    });
    await later(1000 + 2000 + 4000);
    expect(server.log).toHaveLength(4);
    await later(600_000);
    expect(server.log.length).toBeLessThan(20);
    server.fails = undefined;
    await later(60_000);
    expect(outbox.state()).toMatchObject({ changes: [], trouble: null });
    expect(server.tasks.size).toBe(1);
  });

  test("a click tries at once", async () => {
    const outbox = makeOutbox();
    server.fails = makeApiError(503, "database_unavailable");
    outbox.add(creation(makeTask()));
    await settle();
    expect(outbox.state().trouble?.reason).toBe("Title of database_unavailable.");
    server.fails = undefined;
    outbox.retry();
    await settle();
    expect(outbox.state()).toMatchObject({ changes: [], trouble: null });
  });

  test("offline nothing is tried and nothing is called a failure", async () => {
    online = false;
    const outbox = makeOutbox();
    outbox.add(creation(makeTask()));
    await later(100_000);
    expect(server.log).toEqual([]);
    expect(outbox.state().trouble).toBeNull();
  });

  test("a lost answer makes no second task", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.losesAnswer = new UnreachableError(new Error("cut"));
    outbox.add(creation(task));
    await settle();
    outbox.add(setting(task, { title: "Renamed meanwhile" }));
    server.losesAnswer = undefined;
    await later(1000);
    expect([...server.tasks.values()]).toMatchObject([{ title: "Renamed meanwhile" }]);
    expect(outbox.state().changes).toEqual([]);
  });

  test("a create that arrived and was changed elsewhere takes the server's word", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, { ...task, title: "Changed on the phone" });
    outbox.add(creation(task));
    await settle();
    expect(acknowledged.at(-1)?.[1]?.title).toBe("Changed on the phone");
    expect(outbox.state().changes).toEqual([]);
  });
});

describe("when the server says no", () => {
  test("the change stays with the reason until it is mended", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    server.fails = makeApiError(422, "validation_failed");
    outbox.add(setting(task, { title: "Bad" }));
    await settle();
    expect(outbox.state().refused.get(task.id)).toBe("Detail of validation_failed.");
    await later(600_000);
    expect(server.log).toHaveLength(1);
    server.fails = undefined;
    outbox.add(setting(task, { title: "Good" }));
    await settle();
    expect(server.tasks.get(task.id)?.title).toBe("Good");
    expect(outbox.state()).toMatchObject({ changes: [], refused: new Map() });
  });

  test("a create is made anew with what was mended", async () => {
    const outbox = makeOutbox();
    const task = makeTask({ title: "Bad" });
    server.fails = makeApiError(422, "validation_failed");
    outbox.add(creation(task));
    await settle();
    server.fails = undefined;
    outbox.add(setting(task, { title: "Good" }));
    await settle();
    expect(server.log).toEqual(["create Bad", "create Good"]);
    expect(outbox.state().changes).toEqual([]);
  });

  test("without a session everything waits for a new one", async () => {
    const outbox = makeOutbox();
    server.fails = makeApiError(401, "no_session");
    outbox.add(creation(makeTask()));
    await settle();
    expect(outbox.state().trouble).toEqual({ reason: "You are signed out.", signedOut: true });
    server.fails = undefined;
    outbox.retry();
    await settle();
    expect(server.tasks.size).toBe(1);
  });
});

describe("a delete", () => {
  test("can be taken back for a while and is sent after it", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    const first = deletion(task);
    outbox.add(first);
    await later(8000);
    expect(outbox.undoDelete(first.id)).toBe(true);
    await later(60_000);
    expect(server.log).toEqual([]);
    const second = deletion(task);
    outbox.add(second);
    await later(8500);
    expect(server.log).toEqual(["delete"]);
    expect(acknowledged).toEqual([[task.id, null]]);
    expect(outbox.undoDelete(second.id)).toBe(false);
  });

  test("goes at once, outliving the page, when that goes away", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    const change = deletion(task);
    outbox.add(change);
    outbox.flushDeletes();
    expect(outbox.undoDelete(change.id)).toBe(false);
    await settle();
    expect(server.log).toEqual(["delete, outliving the page"]);
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().changes).toEqual([]);
  });

  test("of a task that is gone already is done", async () => {
    const outbox = makeOutbox();
    outbox.add(deletion(makeTask(), 0));
    await settle();
    expect(outbox.state()).toMatchObject({ changes: [], trouble: null });
  });

  test("gives way to an edit of the same task in another tab", async () => {
    const [one, two] = [makeOutbox(), makeOutbox()];
    const task = makeTask();
    server.tasks.set(task.id, task);
    one.add(deletion(task));
    two.refresh();
    two.add(setting(task, { title: "Edited" }));
    await later(60_000);
    expect(server.log).toEqual(['update {"title":"Edited"}']);
  });

  test("ends a create that the server refuses", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.fails = makeApiError(422, "validation_failed");
    outbox.add(creation(task));
    await settle();
    outbox.add(deletion(task));
    await settle();
    server.fails = undefined;
    await later(8500);
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().changes).toEqual([]);
  });
});

describe("a task that was deleted elsewhere", () => {
  test("comes back with the text that was edited here", async () => {
    const outbox = makeOutbox();
    const task = makeTask({ description: "Long notes" });
    outbox.add(setting(task, { title: "Edited" }));
    await settle();
    expect(rescued).toMatchObject([{ title: "Edited", description: "Long notes" }]);
    expect([...server.tasks.values()]).toMatchObject([{ title: "Edited" }]);
    expect(acknowledged[0]).toEqual([task.id, null]);
    expect(outbox.state().changes).toEqual([]);
  });

  test("does not come back for a tick", async () => {
    const outbox = makeOutbox();
    outbox.add(setting(makeTask(), { completed: true }));
    await settle();
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().changes).toEqual([]);
  });
});

describe("two tabs", () => {
  test("show each other's changes, and the second sends nothing twice", async () => {
    online = false;
    const [one, two] = [makeOutbox(), makeOutbox()];
    const task = makeTask();
    one.add(creation(task));
    two.refresh();
    expect(two.state().changes).toHaveLength(1);
    online = true;
    one.retry();
    await settle();
    two.retry();
    await settle();
    expect(server.log).toEqual(["create Pay rent"]);
    expect(two.state().changes).toEqual([]);
  });

  test("that send at the same time make one task", async () => {
    online = false;
    const [one, two] = [makeOutbox(), makeOutbox()];
    one.add(creation(makeTask()));
    two.refresh();
    online = true;
    one.retry();
    two.retry();
    await settle();
    expect(server.tasks.size).toBe(1);
    expect([one.state().changes, two.state().changes]).toEqual([[], []]);
  });
});
