import "fake-indexeddb/auto";
import type { Batch, BatchResult, NewTask, Task } from "@tend/contracts";
import { type Answered, UnreachableError } from "@tend/contracts/client";
import { etagOf } from "@tend/contracts/etag";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { makeApiError, makeStorage, makeTask, writeMutation } from "#ui/tasks/testing.ts";
import { isNewer, type KnownTask, knownTask } from "./known-task.ts";
import { editOf, type Mutation } from "./mutation.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { PersonDatabase } from "./person-database.ts";

/** A server in memory that does what the contract says, and fails when a test wants it to. */
function makeServer() {
  const tasks = new Map<string, Task>();
  const trash = new Map<string, Task>();
  const log: string[] = [];
  let clock = 0;
  const server = {
    tasks,
    trash,
    log,
    /** The error that is thrown before a request is handled. */
    fails: undefined as Error | undefined,
    /** Whether creates are refused for want of room. */
    full: false,
    /** The error that is thrown after a request is handled: the answer is lost. */
    losesAnswer: undefined as Error | undefined,
    hold: undefined as Promise<void> | undefined,
    /** By task id: what a batch answers in place of deleting the task. */
    refuses: new Map<string, BatchResult>(),
  };
  const stamp = () => `2026-11-24T10:00:00.${String(++clock).padStart(3, "0")}Z`;
  const answer = async <T>(line: string, run: () => T): Promise<Answered<T>> => {
    if (!online) {
      tried++;
      throw new UnreachableError(new Error("offline"));
    }
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
    const present = find(id);
    const task = { ...present, ...fields, version: present.version + 1, updated_at: stamp() };
    tasks.set(id, task);
    return task;
  };
  const create = (body: NewTask): Task => {
    const { id = uuidv7(), title, description = null, completed = false, due_date = null } = body;
    const present = tasks.get(id) ?? trash.get(id);
    if (present && present.title !== title) throw makeApiError(409, "id_already_used");
    if (server.full) throw makeApiError(422, "quota_exceeded");
    const created_at = stamp();
    const task = { ...makeTask(), id, title, description, completed, due_date, created_at };
    if (!present) tasks.set(id, task);
    return present ?? task;
  };
  const remove = (id: string): undefined => {
    trash.set(id, { ...find(id), deleted_at: stamp() });
    tasks.delete(id);
  };
  const restore = (id: string): Task => {
    const task = trash.get(id);
    if (task) tasks.set(id, { ...task, deleted_at: null });
    trash.delete(id);
    return find(id);
  };
  const inBatch = (id: string): BatchResult => {
    const refusal = server.refuses.get(id);
    if (refusal) return refusal;
    if (!tasks.has(id))
      return { status: 404, problem: makeApiError(404, "task_not_found").problem };
    remove(id);
    return { status: 204 };
  };
  const api = {
    createTask: ({ body }: { body: NewTask }) => answer(`create ${body.title}`, () => create(body)),
    getTask: ({ params: { id } }: Params) => answer("get", () => find(id)),
    updateTask: ({ params: { id }, body, headers }: Params & Update) =>
      answer(`update ${JSON.stringify(body)}`, () => {
        const task = find(id);
        if ((headers?.if_match ?? etagOf(task)) !== etagOf(task)) {
          throw makeApiError(412, "precondition_failed", { task });
        }
        return set(id, body);
      }),
    completeTask: ({ params: { id }, body }: Params & { body?: { completed: boolean } }) =>
      answer(`complete ${body?.completed}`, () => set(id, body ?? {})),
    deleteTask: ({ params: { id } }: Params, options?: { keepalive?: boolean }) =>
      answer(options?.keepalive ? "delete, outliving the page" : "delete", () => remove(id)),
    restoreTask: ({ params: { id } }: Params) => answer("restore", () => restore(id)),
    batchTasks: ({ body }: { body: BatchBody }, options?: { keepalive?: boolean }) =>
      answer(
        `${body.atomic === false ? "" : "atomic "}batch of ${body.operations.length}${options?.keepalive ? ", outliving the page" : ""}`,
        () => ({
          results: body.operations.map((one) => {
            if (one.operation !== "delete" || one.permanent) throw new Error("Not foreseen");
            return inBatch(one.id);
          }),
        }),
      ),
  };
  /** Changes a task as another device does. */
  const change = (id: string, fields: TaskFields) => void set(id, fields);
  return Object.assign(server, { api, change });
}

type Params = { params: { id: string } };
type Update = { body: object; headers?: { if_match?: string | undefined } };
type BatchBody = { operations: Batch["operations"]; atomic?: boolean | undefined };

let server: ReturnType<typeof makeServer>;
let local: Storage;
let online: boolean;
/** Whether the browser says that there is no network, rightly or not. */
let saysOffline: boolean;
/** The number of requests that there was no network for. */
let tried: number;
/** By id: the tasks as the server last sent them. */
let known: Map<string, KnownTask>;
let acknowledged: KnownTask[];
let rescued: Task[];
let restored: [Task, boolean][];
let exclusively: OutboxOptions["exclusively"];
const open: Outbox[] = [];

function makeOutbox(
  userId = "ada",
  storage: OutboxOptions["storage"] = createMutationStorage(local, userId),
  inTurn: OutboxOptions["exclusively"] = (ids, run) => exclusively(ids, run),
) {
  const outbox = new Outbox({
    api: server.api,
    storage,
    isOnline: () => online && !saysOffline,
    exclusively: inTurn,
    lastKnown: (id) => known.get(id)?.task ?? undefined,
    onAcknowledged(latest) {
      acknowledged.push(...latest);
      for (const one of latest) if (isNewer(known.get(one.id), one)) known.set(one.id, one);
    },
    onRescued: (task) => rescued.push(task),
    onRestored: (task, back) => restored.push([task, back]),
  });
  outbox.start();
  open.push(outbox);
  return outbox;
}

const creation = (task: Task): Mutation => ({ kind: "create", id: uuidv7(), task });
const setting = (task: Task, fields: TaskFields): Mutation => ({
  id: uuidv7(),
  ...editOf(task, fields),
});
const deletion = (task: Task, after = 8500): Mutation => ({
  kind: "delete",
  id: uuidv7(),
  task,
  send_at: Date.now() + after,
});
const saved = (task: Task | undefined) => task && knownTask(task);
const settle = () => vi.advanceTimersByTimeAsync(0);
const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-24T09:30:00.000Z") });
  server = makeServer();
  local = makeStorage();
  online = true;
  saysOffline = false;
  tried = 0;
  acknowledged = [];
  known = new Map();
  rescued = [];
  restored = [];
  exclusively = (_, run) => run();
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
    expect(outbox.state().mutations).toHaveLength(1);
    expect(Object.keys(local)).toHaveLength(1);
    await settle();
    expect(acknowledged).toEqual([saved(server.tasks.get(task.id))]);
    expect(outbox.state().mutations).toEqual([]);
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
    expect(after.state().mutations).toHaveLength(2);
    await settle();
    expect(server.tasks.get(task.id)?.title).toBe("Pay the rent");
    expect(after.state().mutations).toEqual([]);
  });

  test("is sent to nobody else's account", async () => {
    online = false;
    makeOutbox("ada").add(creation(makeTask()));
    online = true;
    expect(makeOutbox("grace").state().mutations).toEqual([]);
    await settle();
    expect(server.log).toEqual([]);
  });

  test("that the browser will not store is sent all the same, and known to be at risk", async () => {
    online = false;
    const outbox = makeOutbox("ada", createMutationStorage(makeStorage(10), "ada"));
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
    expect(outbox.state().mutations.map((mutation) => mutation.task.id)).toEqual([task.id]);
    expect(server.tasks.size).toBe(1);
  });
});

describe("what was changed elsewhere too", () => {
  /** A task that another device changes after this one has seen it. */
  function makeChangedElsewhere(theirs: TaskFields) {
    const task = makeTask({ description: "Ask for the receipt." });
    server.tasks.set(task.id, task);
    server.change(task.id, theirs);
    return task;
  }

  test("in another field is kept beside what was changed here", async () => {
    const outbox = makeOutbox();
    const task = makeChangedElsewhere({ description: "Paid" });
    outbox.add(setting(task, { title: "Mine" }));
    await settle();
    expect(server.tasks.get(task.id)).toMatchObject({ title: "Mine", description: "Paid" });
    expect(outbox.state()).toMatchObject({ mutations: [], conflicts: new Map() });
  });

  test("to the same is no question", async () => {
    const outbox = makeOutbox();
    const task = makeChangedElsewhere({ title: "Mine" });
    outbox.add(setting(task, { title: "Mine" }));
    await settle();
    expect(outbox.state()).toMatchObject({ mutations: [], conflicts: new Map() });
  });

  test("in its place too is no question: the last move wins, the other fields stay", async () => {
    const outbox = makeOutbox();
    const task = makeChangedElsewhere({ position: "theirs1", title: "Theirs" });
    outbox.add(setting(task, { position: "mine1" }));
    await settle();
    expect(server.tasks.get(task.id)).toMatchObject({ position: "mine1", title: "Theirs" });
    expect(outbox.state()).toMatchObject({ mutations: [], conflicts: new Map() });
  });

  test("in the same field waits for the person, shown as it is here, and overwrites nothing", async () => {
    const outbox = makeOutbox();
    const task = makeChangedElsewhere({ title: "Theirs" });
    outbox.add(setting(task, { title: "Mine", due_date: "2026-12-01" }));
    await later(120_000);
    const theirs = server.tasks.get(task.id);
    expect(theirs).toMatchObject({ title: "Theirs", due_date: null });
    expect(outbox.state().conflicts).toEqual(
      new Map([[task.id, { mine: { title: "Mine" }, theirs }]]),
    );
    expect(outbox.state().mutations).toHaveLength(1);
    expect(server.log).toHaveLength(1);
  });

  test.each([
    ["mine", { title: "Mine" }, "Mine"],
    ["theirs", {}, "Theirs"],
  ])(
    "is decided for %s, and the other fields of the change go with it",
    async (_, chosen, title) => {
      const outbox = makeOutbox();
      const task = makeChangedElsewhere({ title: "Theirs", description: "Paid" });
      outbox.add(setting(task, { title: "Mine" }), setting(task, { due_date: "2026-12-01" }));
      await settle();
      outbox.resolve(task.id, chosen);
      await settle();
      expect(server.tasks.get(task.id)).toMatchObject({
        title,
        description: "Paid",
        due_date: "2026-12-01",
      });
      expect(outbox.state()).toMatchObject({ mutations: [], conflicts: new Map() });
      expect(acknowledged.at(-1)).toEqual(saved(server.tasks.get(task.id)));
    },
  );

  test("and decided for theirs alone, leaves nothing to send", async () => {
    const outbox = makeOutbox();
    const task = makeChangedElsewhere({ title: "Theirs" });
    outbox.add(setting(task, { title: "Mine" }));
    await settle();
    outbox.resolve(task.id, {});
    await settle();
    expect(server.log).toHaveLength(1);
    expect(outbox.state().mutations).toEqual([]);
    expect(acknowledged).toEqual([saved(server.tasks.get(task.id))]);
  });

  test("is found again after a reload, and again where it changes once more before the choice", async () => {
    const task = makeChangedElsewhere({ title: "Theirs" });
    const first = makeOutbox();
    first.add(setting(task, { title: "Mine" }));
    await settle();
    first.stop();
    const outbox = makeOutbox();
    await settle();
    expect(outbox.state().conflicts.get(task.id)?.theirs.title).toBe("Theirs");
    server.change(task.id, { title: "Theirs again" });
    outbox.resolve(task.id, { title: "Mine" });
    await settle();
    expect(outbox.state().conflicts.get(task.id)?.theirs.title).toBe("Theirs again");
    expect(server.tasks.get(task.id)?.title).toBe("Theirs again");
  });

  test("is asked once more where the person edits on instead of choosing", async () => {
    const outbox = makeOutbox();
    const task = makeChangedElsewhere({ title: "Theirs" });
    outbox.add(setting(task, { title: "Mine" }));
    await settle();
    outbox.add(setting({ ...task, title: "Mine" }, { title: "Mine, longer" }));
    await settle();
    expect(outbox.state().conflicts.get(task.id)?.mine).toEqual({ title: "Mine, longer" });
    expect(server.tasks.get(task.id)?.title).toBe("Theirs");
  });

  test("is never one's own edit before", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    outbox.add(creation(task));
    outbox.add(setting(task, { title: "One" }));
    await settle();
    outbox.add(setting({ ...task, title: "One" }, { title: "Two" }));
    await settle();
    outbox.add(setting({ ...task, title: "Two" }, { title: "One" }));
    await settle();
    expect(server.tasks.get(task.id)?.title).toBe("One");
    expect(outbox.state()).toMatchObject({ mutations: [], conflicts: new Map() });
  });

  test("yields to what a version of this program stored that knew no conflicts", async () => {
    const task = makeChangedElsewhere({ title: "Theirs" });
    const { before: _, ...old } = { ...editOf(task, { title: "Mine" }), id: uuidv7() };
    writeMutation(createMutationStorage(local, "ada"), old);
    makeOutbox();
    await settle();
    expect(server.tasks.get(task.id)?.title).toBe("Mine");
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
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
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
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
  });

  test("offline it is tried one request at a time, ever more rarely, and nothing is called a failure", async () => {
    online = false;
    const outbox = makeOutbox();
    outbox.add(...["First", "Second"].map((title) => setting(makeTask(), { title })));
    await later(1000 + 2000 + 4000);
    expect(tried).toBe(4);
    await later(600_000);
    expect(tried).toBeLessThan(20);
    expect(outbox.state()).toMatchObject({ trouble: null, reached: false });
    expect(server.log).toEqual([]);
  });

  test("although the browser says that there is no network, what is written is sent, and that is known", async () => {
    saysOffline = true;
    const outbox = makeOutbox();
    for (const title of ["First", "Second", "Third"]) outbox.add(creation(makeTask({ title })));
    await settle();
    expect(server.log).toEqual(["create First", "create Second", "create Third"]);
    expect(outbox.state()).toMatchObject({ mutations: [], reached: true });
  });

  test("a request that was under way when the network came back holds nothing up", async () => {
    online = false;
    const outbox = makeOutbox();
    outbox.add(creation(makeTask()));
    online = true;
    outbox.retry();
    await settle();
    expect(server.log).toEqual(["create Pay rent"]);
  });

  test("an answer to an edit that was cut makes no conflict, and no third write", async () => {
    const task = makeTask({ title: "A" });
    server.tasks.set(task.id, task);
    const outbox = makeOutbox();
    server.losesAnswer = new UnreachableError(new SyntaxError("Unexpected end of JSON input"));
    outbox.add(setting(task, { title: "B" }));
    await settle();
    expect(outbox.state().mutations).toHaveLength(1);
    server.losesAnswer = undefined;
    await later(1000);
    expect(server.log).toEqual(['update {"title":"B"}', 'update {"title":"B"}']);
    expect([outbox.state().mutations, outbox.state().conflicts.size]).toEqual([[], 0]);
    expect([server.tasks.get(task.id)?.version, known.get(task.id)?.version]).toEqual([2, 2]);
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
    expect(outbox.state().mutations).toEqual([]);
  });

  test("a create that arrived and was deleted elsewhere meanwhile stays deleted", async () => {
    const outbox = makeOutbox();
    const [same, changed] = [makeTask(), makeTask()];
    server.trash.set(same.id, { ...same, deleted_at: same.created_at });
    server.trash.set(changed.id, { ...changed, title: "Other", deleted_at: same.created_at });
    outbox.add(creation(same), creation(changed));
    await settle();
    expect(acknowledged).toMatchObject([
      { id: same.id, task: server.trash.get(same.id) },
      { id: changed.id, task: null },
    ]);
    expect(outbox.state()).toMatchObject({ mutations: [], refused: new Map() });
  });

  test("a create that arrived and was changed elsewhere takes the server's word", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, { ...task, title: "Changed on the phone" });
    outbox.add(creation(task));
    await settle();
    expect(acknowledged.at(-1)).toMatchObject({ task: { title: "Changed on the phone" } });
    expect(outbox.state().mutations).toEqual([]);
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
    expect(outbox.state()).toMatchObject({ mutations: [], refused: new Map() });
  });

  test("[X5] without room all creates wait for the person, after one request", async () => {
    online = false;
    const outbox = makeOutbox();
    const made = ["First", "Second", "Third"].map((title) => makeTask({ title }));
    for (const task of made) outbox.add(creation(task));
    const there = makeTask({ title: "There" });
    server.tasks.set(there.id, there);
    online = true;
    server.full = true;
    outbox.retry();
    await later(600_000);
    expect(server.log).toEqual(["create First"]);
    for (const { id } of made) {
      expect(outbox.state().refused.get(id)).toBe("Detail of quota_exceeded.");
    }
    expect(outbox.state().trouble).toBeNull();

    // Other mutations are sent, and a delete makes room.
    outbox.add(setting(there, { title: "Changed" }));
    outbox.add(deletion(there, 0));
    await settle();
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().mutations).toHaveLength(3);

    // One request finds out that there is still no room.
    server.log.length = 0;
    outbox.retry(made[2]?.id);
    await later(600_000);
    expect(server.log).toEqual(["create First"]);
    expect(outbox.state().refused.size).toBe(3);

    server.full = false;
    outbox.retry(made[1]?.id);
    await settle();
    expect([...server.tasks.values()].map(({ title }) => title)).toEqual([
      "First",
      "Second",
      "Third",
    ]);
    expect(outbox.state()).toMatchObject({ mutations: [], refused: new Map() });
  });

  test("[X5] what is written while there is no room is kept, also over a reload", async () => {
    server.full = true;
    const before = makeOutbox();
    before.add(creation(makeTask({ title: "First" })));
    await settle();
    before.add(creation(makeTask({ title: "Second" })));
    await later(600_000);
    expect(server.log).toEqual(["create First", "create Second"]);
    before.stop();
    server.log.length = 0;
    const after = makeOutbox();
    await later(600_000);
    expect(server.log).toEqual(["create First"]);
    expect(after.state().mutations).toHaveLength(2);
    expect(after.state().refused.size).toBe(2);
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
    expect(outbox.state().mutations).toEqual([]);
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

describe("[FR-017] a defect of our own", () => {
  const defect = new TypeError("undefined is not a function");
  const reason = "The app made a mistake. Reload the page to go on.";
  let logged: unknown[];

  beforeEach(() => {
    logged = [];
    vi.spyOn(console, "error").mockImplementation((error) => void logged.push(error));
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("is no trouble of the network: the change waits for the person, and others go on", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.fails = defect;
    outbox.add(creation(task));
    await settle();
    server.fails = undefined;
    expect(outbox.state()).toMatchObject({ trouble: null, refused: new Map([[task.id, reason]]) });
    outbox.add(creation(makeTask({ title: "Other" })));
    await later(600_000);
    expect(server.log).toEqual(["create Pay rent", "create Other"]);
    expect(outbox.state().mutations).toHaveLength(1);
    expect(logged).toEqual([defect]);

    outbox.retry(task.id);
    await settle();
    expect(server.tasks.get(task.id)?.title).toBe("Pay rent");
    expect(outbox.state()).toMatchObject({ mutations: [], refused: new Map() });
  });

  test.each([1, 3])("holds %i deletes until the page is looked at again", async (count) => {
    const outbox = makeOutbox();
    const tasks = Array.from({ length: count }, () => makeTask());
    for (const task of tasks) server.tasks.set(task.id, task);
    server.fails = defect;
    outbox.add(...tasks.map((task) => deletion(task, 0)));
    await later(600_000);
    expect(server.log).toHaveLength(1);
    expect(outbox.state().trouble).toBeNull();
    expect([...outbox.state().refused.values()]).toEqual(Array(count).fill(reason));
    expect(outbox.state().mutations).toHaveLength(count);

    server.fails = undefined;
    outbox.add(creation(makeTask({ title: "Other" })));
    await settle();
    expect(server.log.slice(1)).toEqual(["create Other"]);
    outbox.retry();
    await settle();
    expect([...server.tasks.values()].map(({ title }) => title)).toEqual(["Other"]);
    expect(outbox.state()).toMatchObject({ mutations: [], refused: new Map() });
  });

  test("where the turn of a task is taken, stops that task alone", async () => {
    const outbox = makeOutbox();
    const [task, other] = [makeTask(), makeTask({ title: "Other" })];
    exclusively = async ([id], run) => {
      if (id === task.id) throw defect;
      await run();
    };
    outbox.add(creation(task), creation(other));
    await later(600_000);
    expect(server.log).toEqual(["create Other"]);
    expect(outbox.state()).toMatchObject({ trouble: null, refused: new Map([[task.id, reason]]) });
  });

  test("where the answer to a create is read, loses no edit that follows", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.losesAnswer = defect;
    outbox.add(creation(task));
    await settle();
    expect(outbox.state().refused).toEqual(new Map([[task.id, reason]]));
    server.losesAnswer = undefined;
    outbox.add(setting(task, { title: "Edited" }));
    await settle();
    expect([...server.tasks.values()]).toMatchObject([{ id: task.id, title: "Edited" }]);
    expect(outbox.state()).toMatchObject({ mutations: [], refused: new Map() });
  });

  test("where an answer is read, stops that task alone", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.fails = makeApiError(412, "precondition_failed", { task });
    outbox.add(setting(task, { completed: true }));
    await settle();
    server.fails = undefined;
    outbox.add(creation(makeTask({ title: "Other" })));
    await later(600_000);
    expect(server.log).toEqual(["complete true", "create Other"]);
    expect(outbox.state().refused).toEqual(new Map([[task.id, reason]]));
    expect(logged).toHaveLength(1);
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
    outbox.undoDeletes([first]);
    await later(60_000);
    expect(server.log).toEqual([]);
    const second = deletion(task);
    outbox.add(second);
    await later(8500);
    expect(server.log).toEqual(["delete"]);
    expect(acknowledged).toMatchObject([{ id: task.id, task: { deleted_at: expect.any(String) } }]);
  });

  test("that was sent is taken back from the trash, and edits after it arrive", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    const mutation = deletion(task, 0);
    outbox.add(mutation);
    await settle();
    outbox.undoDeletes([mutation]);
    outbox.add(setting(task, { title: "Back" }));
    await settle();
    expect(server.log).toEqual(["delete", "restore", 'update {"title":"Back"}']);
    expect([...server.tasks.values()]).toMatchObject([{ id: task.id, title: "Back" }]);
    expect(outbox.state().mutations).toEqual([]);
  });

  test("that is on its way is taken back after it, whether or not its answer came", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    const mutation = deletion(task, 0);
    server.losesAnswer = new UnreachableError(new Error("cut"));
    outbox.add(mutation);
    outbox.undoDeletes([mutation]);
    await settle();
    server.losesAnswer = undefined;
    await later(1000);
    expect(server.log).toEqual(["delete", "delete", "restore"]);
    expect(server.tasks.has(task.id)).toBe(true);
    expect(acknowledged.at(-1)).toMatchObject({ id: task.id, task: { deleted_at: null } });
  });

  test("that the server refuses is tried again, ever more rarely, and said", async () => {
    const outbox = makeOutbox();
    server.fails = makeApiError(405, "method_not_allowed");
    outbox.add(deletion(makeTask(), 0));
    await later(60_000);
    expect(server.log.length).toBeLessThan(10);
    expect(outbox.state().trouble?.reason).toBe("Detail of method_not_allowed.");
    expect(outbox.state().mutations).toHaveLength(1);
  });

  test("goes at once, outliving the page, when that goes away", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    const mutation = deletion(task);
    outbox.add(mutation);
    outbox.flushDeletes();
    await settle();
    expect(server.log).toEqual(["delete, outliving the page"]);
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().mutations).toEqual([]);
  });

  test("of a task that is gone already is done", async () => {
    const outbox = makeOutbox();
    outbox.add(deletion(makeTask(), 0));
    await settle();
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
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
    expect(outbox.state().mutations).toEqual([]);
  });
});

describe("many deletes", () => {
  const deletions = (count: number, after?: number) => {
    const tasks = Array.from({ length: count }, () => makeTask());
    for (const task of tasks) server.tasks.set(task.id, task);
    return tasks.map((task) => deletion(task, after));
  };

  test("that are due together go in batches of at most 100", async () => {
    const outbox = makeOutbox();
    outbox.add(...deletions(120));
    await later(8000);
    expect(server.log).toEqual([]);
    await later(500);
    expect(server.log).toEqual(["batch of 100", "batch of 20"]);
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().mutations).toEqual([]);
    expect(Object.keys(local)).toEqual([]);
    expect(acknowledged).toHaveLength(120);
  });

  test("can be taken back together", async () => {
    const outbox = makeOutbox();
    const mutations = deletions(3);
    outbox.add(...mutations);
    outbox.undoDeletes(mutations);
    await later(60_000);
    expect(server.log).toEqual([]);
    expect(outbox.state().mutations).toEqual([]);
  });

  test("take what was not sent before along, and let what came after wait", async () => {
    online = false;
    const outbox = makeOutbox();
    const [fresh, ticked, back] = [makeTask(), makeTask(), makeTask()];
    for (const task of [ticked, back]) server.tasks.set(task.id, task);
    outbox.add(creation(fresh), setting(ticked, { completed: true }));
    const deletes = [fresh, ticked, back].map((task) => deletion(task, 0));
    outbox.add(...deletes);
    outbox.undoDeletes(deletes.slice(2));
    await settle();
    online = true;
    outbox.retry();
    await settle();
    expect(server.log).toEqual(["batch of 3", "restore"]);
    expect([...server.tasks.keys()]).toEqual([back.id]);
    expect(outbox.state().mutations).toEqual([]);
  });

  test("are done where the task is gone, and tried again where one is not", async () => {
    const outbox = makeOutbox();
    const [gone, refused, plain] = deletions(3, 0);
    if (!gone || !refused || !plain) throw new Error("There are three");
    server.tasks.delete(gone.task.id);
    const { problem } = makeApiError(429, "too_many_requests");
    server.refuses.set(refused.task.id, { status: 429, problem });
    outbox.add(gone, refused, plain);
    await settle();
    expect(outbox.state()).toMatchObject({
      mutations: [refused],
      trouble: { reason: "Title of too_many_requests." },
    });
    server.refuses.clear();
    await later(1000);
    expect(server.log).toEqual(["batch of 3", "delete"]);
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
  });

  test.each([
    new UnreachableError(new Error("down")),
    makeApiError(503, "database_unavailable"),
    makeApiError(413, "body_too_large"),
  ])("are kept and tried again, ever more rarely, after %s", async (error) => {
    const outbox = makeOutbox();
    server.fails = error;
    outbox.add(...deletions(2, 0));
    await later(1000 + 2000 + 4000);
    expect(server.log).toEqual(Array(4).fill("batch of 2"));
    expect(outbox.state()).toMatchObject({ trouble: { signedOut: false } });
    server.fails = undefined;
    await later(60_000);
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
    expect(server.tasks.size).toBe(0);
  });
  test("that fail together are one failure to whoever looks", async () => {
    const outbox = makeOutbox();
    server.fails = new UnreachableError(new Error("down"));
    outbox.add(...deletions(100));
    await later(8000);
    let looks = 0;
    outbox.subscribe(() => looks++);
    await later(500);
    expect(server.log).toEqual(["batch of 100"]);
    expect(looks).toBeLessThanOrEqual(3);
  });

  test("whose answer is lost are sent again, and that does no harm", async () => {
    const outbox = makeOutbox();
    server.losesAnswer = new UnreachableError(new Error("cut"));
    outbox.add(...deletions(2, 0));
    await settle();
    server.losesAnswer = undefined;
    await later(1000);
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
  });

  test("go at once in batches that outlive the page, when that goes away", async () => {
    const outbox = makeOutbox();
    outbox.add(...deletions(101));
    outbox.flushDeletes();
    await settle();
    expect(server.log).toEqual(["batch of 100, outliving the page", "delete, outliving the page"]);
    expect(outbox.state().mutations).toEqual([]);
  });

  test("go before their time where somebody wants to see the trash", async () => {
    const outbox = makeOutbox();
    outbox.add(...deletions(2));
    outbox.hurryDeletes();
    await settle();
    expect(server.log).toEqual(["batch of 2"]);
  });

  test("of two tabs are sent once", async () => {
    let turn = Promise.resolve();
    exclusively = (_, run) => {
      turn = turn.then(run);
      return turn;
    };
    const [one, two] = [makeOutbox(), makeOutbox()];
    one.add(...deletions(3));
    two.retry();
    await later(8500);
    expect(server.log).toEqual(["batch of 3"]);
    expect([one.state().mutations, two.state().mutations]).toEqual([[], []]);
  });
});

describe("a restore", () => {
  const restoring = (task: Task): Mutation => ({ kind: "restore", id: uuidv7(), task });

  test("brings the task back", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    server.trash.set(task.id, { ...task, deleted_at: task.created_at });
    outbox.add(restoring(task));
    await settle();
    expect(acknowledged).toEqual([saved(task)]);
    expect(restored).toEqual([[task, true]]);
    expect(outbox.state().mutations).toEqual([]);
  });

  test("of a task that was deleted for good is given up, and said", async () => {
    const outbox = makeOutbox();
    const task = makeTask();
    outbox.add(restoring(task));
    await settle();
    expect(restored).toEqual([[task, false]]);
    expect(acknowledged).toMatchObject([{ id: task.id, task: null }]);
    expect(outbox.state()).toMatchObject({ mutations: [], trouble: null });
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
    expect(acknowledged[0]).toMatchObject({ id: task.id, task: null });
    expect(outbox.state().mutations).toEqual([]);
  });

  test("does not come back for a tick", async () => {
    const outbox = makeOutbox();
    outbox.add(setting(makeTask(), { completed: true }));
    await settle();
    expect(server.tasks.size).toBe(0);
    expect(outbox.state().mutations).toEqual([]);
  });
});

describe("two tabs", () => {
  test("show each other's changes, and the second sends nothing twice", async () => {
    online = false;
    const [one, two] = [makeOutbox(), makeOutbox()];
    const task = makeTask();
    one.add(creation(task));
    two.refresh();
    expect(two.state().mutations).toHaveLength(1);
    online = true;
    one.retry();
    await settle();
    two.retry();
    await settle();
    expect(server.log).toEqual(["create Pay rent"]);
    expect(two.state().mutations).toEqual([]);
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
    expect([one.state().mutations, two.state().mutations]).toEqual([[], []]);
  });
});

describe("two tabs without locks", () => {
  test("that send the same create and the same edits make one task, and no conflict", async () => {
    const [one, two] = [makeOutbox(), makeOutbox()];
    const [fresh, there] = [makeTask({ title: "Fresh" }), makeTask({ title: "There" })];
    server.tasks.set(there.id, there);
    online = false;
    one.add(creation(fresh), setting(there, { title: "Edited" }));
    one.add(setting(fresh, { title: "Fresh and edited" }));
    two.refresh();
    await settle();
    online = true;
    one.retry();
    two.retry();
    await settle();
    for (const { state } of [one, two]) {
      const { mutations, conflicts, refused } = state();
      expect([mutations, conflicts.size, refused.size]).toEqual([[], 0, 0]);
    }
    expect([...server.tasks.values()].map(({ title }) => title)).toEqual([
      "Edited",
      "Fresh and edited",
    ]);
  });

  test("of which one is late with an edit that the other has sent, and another after it", async () => {
    const task = makeTask({ title: "A" });
    server.tasks.set(task.id, task);
    online = false;
    const [one, two] = [makeOutbox(), makeOutbox()];
    one.add(setting(task, { title: "B" }));
    two.refresh();
    await settle();
    online = true;
    let release = () => {};
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    two.retry();
    await settle();
    server.hold = undefined;
    one.retry();
    await settle();
    one.add(setting({ ...task, title: "B", version: 2 }, { title: "C" }));
    await settle();
    release();
    await settle();
    expect([two.state().conflicts.size, two.state().mutations]).toEqual([0, []]);
    expect([server.tasks.get(task.id)?.title, server.tasks.get(task.id)?.version]).toEqual([
      "C",
      3,
    ]);
  });
});

describe("two tabs over IndexedDB", () => {
  beforeEach(() => {
    // IndexedDB goes on by timers of its own.
    vi.useRealTimers();
  });

  test("send each change once, and in order, though neither hears of the other's answers", async () => {
    const user = crypto.randomUUID();
    let turn = Promise.resolve();
    const openTab = async () => {
      const database = new PersonDatabase(user);
      const storage = createMutationStorage(local, user, { database });
      await storage.reload();
      const outbox = makeOutbox(user, storage, (taskIds, run) => {
        turn = turn.then(async () => {
          const { byTask } = outbox.state();
          await storage.reloadIfGone(
            taskIds.flatMap((id) => byTask.get(id)?.map((mutation) => mutation.id) ?? []),
          );
          await run();
          await storage.settled();
        });
        return turn;
      });
      return { outbox, storage };
    };
    online = false;
    const one = await openTab();
    const [fresh, there] = [makeTask({ title: "Fresh" }), makeTask({ title: "There" })];
    server.tasks.set(there.id, there);
    one.outbox.add(creation(fresh));
    one.outbox.add(setting(fresh, { title: "Edited" }), setting(there, { completed: true }));
    await one.storage.settled();
    const two = await openTab();
    expect(two.outbox.state().mutations).toHaveLength(3);
    await turn;
    online = true;
    one.outbox.retry();
    two.outbox.retry();
    await expect
      .poll(() => [one, two].map(({ outbox }) => outbox.state().mutations))
      .toEqual([[], []]);
    expect(server.log.toSorted()).toEqual([
      "complete true",
      "create Fresh",
      'update {"title":"Edited"}',
    ]);
  });
});

describe("[FR-017] a clock that is set", () => {
  const day = 86_400_000;
  const setClock = (by: number) => vi.setSystemTime(Date.now() + by);

  test.each([
    ["forward", day],
    ["back", -day],
  ])("%s, lets a delete be undone as long as it says, and then sends it", async (_, by) => {
    const outbox = makeOutbox();
    const [undone, gone] = [makeTask(), makeTask()];
    for (const task of [undone, gone]) server.tasks.set(task.id, task);
    const mutation = deletion(undone);
    outbox.add(mutation, deletion(gone));
    setClock(by);
    await later(8000);
    outbox.retry();
    outbox.undoDeletes([mutation]);
    await settle();
    expect(server.log).toEqual([]);
    await later(500);
    expect(server.log).toEqual(["delete"]);
    expect([...server.tasks.keys()]).toEqual([undone.id]);
  });

  test("back between two pages, holds a delete for ten seconds and not for a day", async () => {
    const before = makeOutbox();
    const task = makeTask();
    server.tasks.set(task.id, task);
    before.add(deletion(task));
    before.stop();
    setClock(-day);
    makeOutbox();
    await later(10_000);
    expect(server.log).toEqual(["delete"]);
  });

  test.each([day, -day])("by %i, changes nothing of when it is tried again", async (by) => {
    const outbox = makeOutbox();
    server.fails = new UnreachableError(new Error("down"));
    outbox.add(creation(makeTask()));
    await settle();
    setClock(by);
    await later(999);
    expect(server.log).toHaveLength(1);
    await later(1);
    expect(server.log).toHaveLength(2);
  });
});

test("[FR-017] what is done after the clock was set back comes after what waits from before", async () => {
  const task = makeTask({ title: "A" });
  server.tasks.set(task.id, task);
  online = false;
  const before = uuidv7({ msecs: Date.now() + 86_400_000 });
  makeOutbox().add({ id: before, ...editOf(task, { title: "B" }) });
  const outbox = makeOutbox();
  for (const title of ["C", "D"]) {
    outbox.add({ id: outbox.newId(), ...editOf({ ...task, title: "B" }, { title }) });
  }
  online = true;
  outbox.retry();
  await settle();
  expect(server.tasks.get(task.id)?.title).toBe("D");
});

describe("[FR-017] however many changes wait", () => {
  /** A storage in memory that counts its calls, and how often a mutation is looked at. Its id is, too, to find it in a sorted array. */
  function makeCounted(waiting: readonly Mutation[]) {
    const counts = { read: 0, settle: 0, has: 0, looks: 0 };
    const counted = (mutation: Mutation): Mutation =>
      new Proxy(mutation, {
        get(target, name, receiver) {
          if (name !== "id") counts.looks++;
          return Reflect.get(target, name, receiver);
        },
      });
    const stored = new Map(waiting.map((mutation) => [mutation.id, counted(mutation)]));
    const storage: OutboxOptions["storage"] = {
      hasUnstored: false,
      isLosing: false,
      reloadIfGone: async () => {},
      read() {
        counts.read++;
        return [...stored.values()];
      },
      has(id) {
        counts.has++;
        return stored.has(id);
      },
      settle({ forgotten, written }) {
        counts.settle++;
        for (const mutation of written) stored.set(mutation.id, mutation);
        for (const { id } of forgotten) stored.delete(id);
      },
    };
    const outbox = makeOutbox("ada", storage);
    const reset = () => Object.assign(counts, { read: 0, settle: 0, has: 0, looks: 0 });
    return { outbox, counts, reset };
  }

  const edits = (count: number) =>
    Array.from({ length: count }, () => setting(makeTask(), { title: "Edited" }));

  test("one Enter is one step of the store, its answer another, and reads nothing", async () => {
    const { outbox, counts, reset } = makeCounted([]);
    reset();
    outbox.add(creation(makeTask()));
    expect(counts).toMatchObject({ read: 0, settle: 1 });
    await settle();
    expect(server.tasks.size).toBe(1);
    expect(counts).toMatchObject({ read: 0, settle: 2, has: 1 });
  });

  test("a tick costs the same beside none and beside 2,000", async () => {
    const costOf = async (count: number) => {
      const { outbox, counts, reset } = makeCounted(edits(count));
      server.fails = new UnreachableError(new Error("down"));
      await settle();
      reset();
      const task = makeTask();
      outbox.add(setting(task, { completed: true }));
      outbox.add(setting(task, { completed: false }));
      const cost = { ...counts };
      outbox.stop();
      return cost;
    };
    expect(await costOf(2000)).toEqual(await costOf(1));
  });

  test("an offline day of 2,000 is sent at a cost that grows with its size alone", async () => {
    const costOf = async (count: number) => {
      const { outbox, counts, reset } = makeCounted(edits(count));
      for (const { task } of outbox.state().mutations) server.tasks.set(task.id, task);
      reset();
      outbox.retry();
      await settle();
      expect(outbox.state().mutations).toEqual([]);
      return counts.looks / count;
    };
    expect(await costOf(2000)).toBeLessThan(1.5 * (await costOf(100)));
  });

  test("a tick costs the same beside 1,000 deletes that can be undone", async () => {
    const costOf = async (count: number) => {
      const { outbox, counts, reset } = makeCounted([]);
      const tasks = Array.from({ length: count }, () => makeTask());
      outbox.add(...tasks.map((task) => deletion(task)));
      reset();
      const task = makeTask();
      server.tasks.set(task.id, task);
      outbox.add(setting(task, { completed: true }));
      await settle();
      expect(server.tasks.get(task.id)?.completed).toBe(true);
      return { ...counts };
    };
    expect(await costOf(1000)).toEqual(await costOf(1));
  });
});
