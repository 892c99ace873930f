import "fake-indexeddb/auto";
import type { Batch, BatchResult, NewTask, Task, TaskChanged } from "@tend/contracts";
import { type Answered, UnreachableError } from "@tend/contracts/client";
import { withCleared } from "@tend/contracts/due";
import { etagOf } from "@tend/contracts/etag";
import fc from "fast-check";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { makeApiError, makeStorage, makeTask } from "#ui/tasks/testing.ts";
import { rounds } from "../../../../test/long.ts";
import { Feed, type FeedOptions } from "./feed.ts";
import { editOf, type Mutation } from "./mutation.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { Outbox } from "./outbox.ts";
import { PersonDatabase } from "./person-database.ts";
import { Replica } from "./replica.ts";
import type { SenderApi } from "./sender.ts";

/** A task with the fields that were given. */
const afterEdit = (task: Task, fields: object): Task => ({ ...task, ...withCleared(fields) });

type Api = SenderApi & FeedOptions["api"];

/** The contract in memory: versions, trash, tombstones, and a feed whose places can be forgotten. */
function makeServer(pageSize = 3) {
  const stored = new Map<string, { task: Task; change: number }>();
  let [last, epoch] = [0, 0];
  const put = (task: Task): Task => {
    stored.set(task.id, { task, change: ++last });
    return task;
  };
  const inState = (isTrashed: boolean) =>
    [...stored.values()]
      .map(({ task }) => task)
      .filter(({ deleted_at }) => (deleted_at !== null) === isTrashed);
  const find = (id: string, isTrashed = false): Task => {
    const task = stored.get(id)?.task;
    if (!task || (task.deleted_at !== null) !== isTrashed)
      throw makeApiError(404, "task_not_found");
    return task;
  };
  const next = (task: Task, fields: Partial<Task>) =>
    put({ ...task, ...fields, version: task.version + 1 });
  const remove = (id: string): undefined =>
    void next(find(id), { deleted_at: new Date().toISOString() });
  const create = (body: NewTask): Task => {
    const present = stored.get(body.id ?? "")?.task;
    if (present && present.title !== body.title) throw makeApiError(409, "id_already_used");
    if (present) return present;
    return put(afterEdit(makeTask({ created_at: new Date().toISOString() }), body));
  };
  const answer = <T>(body: T, headers: HeadersInit = {}): Promise<Answered<T>> =>
    Promise.resolve({ status: 200, body, headers: new Headers(headers) });
  const api: Api = {
    createTask: async ({ body }) => answer(create(body)),
    getTask: async ({ params }) => answer(find(params.id)),
    updateTask: async ({ params, body, headers }) => {
      const task = find(params.id);
      if ((headers?.if_match ?? etagOf(task)) !== etagOf(task)) {
        throw makeApiError(412, "precondition_failed", { task });
      }
      return answer(next(afterEdit(task, body), {}));
    },
    completeTask: async ({ params, body }) => answer(next(find(params.id), body ?? {})),
    deleteTask: async ({ params }) => answer(remove(params.id)),
    restoreTask: async ({ params }) => {
      const task = stored.get(params.id)?.task;
      return answer(task?.deleted_at ? next(task, { deleted_at: null }) : find(params.id));
    },
    batchTasks: async ({ body }) =>
      answer({ results: body.operations.map((one) => resultOf(one)) }),
    listTasks: async ({ query = {} } = {}) => {
      const at = Number(query.cursor ?? 0);
      const all = inState(query.status === "trashed");
      const isLast = at + pageSize >= all.length;
      const link = { Link: `</api/tasks?cursor=${at + pageSize}>; rel="next"` };
      return answer(all.slice(at, at + pageSize), isLast ? {} : link);
    },
    listChanges: async ({ query = {} } = {}) => {
      const [of, since] = (query.cursor ?? `${epoch} ${last}`).split(" ");
      if (of !== String(epoch)) throw makeApiError(410, "cursor_gone");
      const found = [...stored.values()]
        .filter(({ change }) => change > Number(since))
        .sort((a, b) => a.change - b.change);
      const page = found.slice(0, pageSize);
      return answer({
        changes: page.map(
          ({ task }): TaskChanged => ({
            type: task.deleted_at ? "trashed" : "saved",
            id: task.id,
            task,
          }),
        ),
        next_cursor: `${epoch} ${page.at(-1)?.change ?? Number(since)}`,
        has_more: found.length > pageSize,
      });
    },
  };
  function resultOf(one: Batch["operations"][number]): BatchResult {
    if (one.operation !== "delete") throw new Error("The browser sends no other.");
    try {
      remove(one.id);
      return { status: 204 };
    } catch {
      return { status: 404, problem: makeApiError(404, "task_not_found").problem };
    }
  }
  return {
    api,
    inState,
    forgetPlaces: () => void epoch++,
  };
}

type Server = ReturnType<typeof makeServer>;
type Loss = "request" | "answer";

/** A browser of one person: tabs that share what it stores. */
class Device {
  readonly name = uuidv7();
  readonly local = makeStorage();
  readonly tabs: Tab[] = [];
  readonly losses: Loss[] = [];
  /** By task and field: the last word that was typed here. */
  readonly typed = new Map<string, string>();
  /** The ids of tasks that were deleted here: a delete takes along what was not sent before it. */
  readonly removed = new Set<string>();
  isOnline = true;
  readonly #turns = new Map<string, Promise<void>>();
  readonly server: Server;
  readonly rescued: Task[];

  constructor(server: Server, rescued: Task[]) {
    this.server = server;
    this.rescued = rescued;
  }

  /** A request, which may get lost, as may its answer. */
  async send<T>(run: () => Promise<T>): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const loss = this.isOnline ? this.losses.shift() : "request";
    if (loss === "request") throw new UnreachableError(new Error("lost"));
    const result = await run();
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (loss === "answer") throw new UnreachableError(new Error("the answer is lost"));
    return result;
  }

  /** Runs alone for each of these tasks, as by a lock; who dies lets it go. */
  async inTurn(ids: readonly string[], tab: Tab, run: () => Promise<void>): Promise<void> {
    const before = ids.map((id) => this.#turns.get(id));
    const mine = Promise.all(before).then(() => Promise.race([run(), tab.died]));
    const over = mine.catch(() => {});
    for (const id of ids) this.#turns.set(id, over);
    await mine;
  }

  others(tab: Tab): readonly Tab[] {
    return this.tabs.filter((other) => other !== tab);
  }
}

class Tab {
  readonly replica = new Replica();
  readonly feed: Feed;
  readonly outbox: Outbox;
  readonly died: Promise<void>;
  readonly deletes: (Mutation & { kind: "delete" })[][] = [];
  die: () => void = () => {};
  readonly #device: Device;
  readonly #storage: ReturnType<typeof createMutationStorage>;
  #isDead = false;
  #asking: Promise<unknown> | undefined;

  constructor(device: Device) {
    this.#device = device;
    this.died = new Promise((resolve) => {
      this.die = () => {
        this.#isDead = true;
        this.outbox.stop();
        device.tabs.splice(device.tabs.indexOf(this), 1);
        resolve();
      };
    });
    const database = new PersonDatabase(device.name);
    const api = this.#through(device.server.api);
    const tell = () => {
      for (const other of device.others(this)) setTimeout(() => void other.hear(), 1);
    };
    this.feed = new Feed({
      api,
      database,
      replica: this.replica,
      onStored: () => this.#isDead || tell(),
      onChanged() {},
    });
    this.#storage = createMutationStorage(this.#shared(), "ada", {
      database,
      onChanged: () => this.#isDead || tell(),
    });
    this.outbox = new Outbox({
      api,
      storage: this.#storage,
      isOnline: () => device.isOnline,
      exclusively: (ids, run) => device.inTurn(ids, this, () => this.#upToDate(ids, run)),
      lastKnown: this.replica.lastKnown,
      onAcknowledged: (known) => this.feed.acknowledge(known),
      onRescued: (task) => device.rescued.push(task),
      onRestored() {},
    });
    this.outbox.subscribe(() => this.replica.setMutations(this.outbox.state().byTask));
    device.tabs.push(this);
  }

  async open(): Promise<void> {
    await this.#storage.reload();
    if (this.#isDead) return;
    this.outbox.start();
    this.replica.setMutations(this.outbox.state().byTask);
    await this.feed.open();
  }

  async hear(): Promise<void> {
    if (this.#isDead) return;
    await this.feed.readOthers();
    await this.#storage.reload();
    if (!this.#isDead) this.outbox.refresh();
  }

  /** Asks for changes: one request of a tab at a time, as it follows the feed. */
  ask(): void {
    this.#asking ??= this.feed
      .ask(new AbortController().signal)
      .catch(() => {})
      .finally(() => {
        this.#asking = undefined;
      });
  }

  async #upToDate(ids: readonly string[], run: () => Promise<void>): Promise<void> {
    const { byTask } = this.outbox.state();
    await this.#storage.reloadIfGone(ids.flatMap((id) => byTask.get(id)?.map((m) => m.id) ?? []));
    await run();
    await this.#storage.settled();
  }

  /** The device's local storage, whose changes the other tabs hear of. */
  #shared(): Storage {
    const { local } = this.#device;
    const tell = (key: string, text: string | null) => {
      for (const other of this.#device.others(this)) {
        setTimeout(() => {
          if (other.#isDead || !other.#storage.owns(key)) return;
          other.#storage.absorb(key, text);
          if (text === null) void other.hear();
          else other.outbox.refresh();
        }, 1);
      }
    };
    return new Proxy(local, {
      get: (target, name) => {
        if (name === "setItem") {
          return (key: string, text: string) => {
            if (this.#isDead) return;
            target.setItem(key, text);
            tell(key, text);
          };
        }
        if (name === "removeItem") {
          return (key: string) => {
            if (this.#isDead || target.getItem(key) === null) return;
            target.removeItem(key);
            tell(key, null);
          };
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  /** The API from this tab: a dead one hears nothing any more. */
  #through(api: Api): Api {
    return new Proxy(api, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== "function") return call;
        return async (...given: unknown[]) => {
          const result: unknown = await this.#device
            .send(() => call(...given))
            .catch((error: unknown) => {
              if (this.#isDead) return new Promise(() => {});
              throw error;
            });
          return this.#isDead ? new Promise(() => {}) : result;
        };
      },
    });
  }
}

interface World {
  readonly server: Server;
  readonly devices: readonly Device[];
  /** How many tasks people made. */
  made: number;
  words: number;
}

/** Lets as many milliseconds pass, and what they bring. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

type Step = (world: World, which: number) => void | Promise<void>;

function tabOf({ devices }: World, which: number): { device: Device; tab: Tab } | undefined {
  const tabs = devices.flatMap((device) => device.tabs.map((tab) => ({ device, tab })));
  return tabs[which % tabs.length];
}

const pick = <T>(items: readonly T[], which: number): T | undefined =>
  items[Math.floor(which / 7) % items.length];

const edit =
  (fieldsOf: (word: string, task: Task) => TaskFields): Step =>
  (world, which) => {
    const at = tabOf(world, which);
    const task = at && pick(at.tab.replica.state().tasks, which);
    if (!at || !task) return;
    const word = `word ${++world.words}`;
    const fields = fieldsOf(word, task);
    for (const name of Object.keys(fields)) at.device.typed.set(`${task.id} ${name}`, word);
    at.tab.outbox.add({ id: at.tab.outbox.newId(), ...editOf(task, fields) });
  };

const steps = {
  create(world, which) {
    const title = `made ${++world.made}`;
    const task = makeTask({ title, version: 1 });
    const at = tabOf(world, which);
    at?.device.typed.set(`${task.id} title`, title);
    at?.tab.outbox.add({ kind: "create", id: at.tab.outbox.newId(), task });
  },
  retitle: edit((title) => ({ title })),
  note: edit((description) => ({ description })),
  tick: edit((_, { completed }) => ({ completed: !completed })),
  remove(world, which) {
    const at = tabOf(world, which);
    const task = at && pick(at.tab.replica.state().tasks, which);
    if (!at || !task) return;
    const send_at = Date.now() + 5500;
    const removal = { kind: "delete", id: at.tab.outbox.newId(), task, send_at } as const;
    at.device.removed.add(task.id);
    at.tab.deletes.push([removal]);
    at.tab.outbox.add(removal);
  },
  undo(world, which) {
    const tab = tabOf(world, which)?.tab;
    const removals = tab?.deletes.pop();
    if (removals) tab?.outbox.undoDeletes(removals);
  },
  restore(world, which) {
    const tab = tabOf(world, which)?.tab;
    const task = tab && pick(tab.replica.state().trash, which);
    if (!tab || !task) return;
    const id = tab.outbox.newId();
    tab.outbox.add({ kind: "restore", id, task: { ...task, deleted_at: null } });
  },
  ask: (world, which) => tabOf(world, which)?.tab.ask(),
  goOffline({ devices }, which) {
    const device = devices[which % devices.length];
    if (device) device.isOnline = false;
  },
  goOnline({ devices }, which) {
    const device = devices[which % devices.length];
    if (!device) return;
    device.isOnline = true;
    for (const { outbox } of device.tabs) outbox.retry();
  },
  loseRequest: ({ devices }, which) => void devices[which % devices.length]?.losses.push("request"),
  loseAnswer: ({ devices }, which) => void devices[which % devices.length]?.losses.push("answer"),
  killTab(world, which) {
    const at = tabOf(world, which);
    if (!at) return;
    at.tab.die();
    if (at.device.tabs.length === 0) void new Tab(at.device).open();
  },
  async openTab({ devices }, which) {
    const device = devices[which % devices.length];
    if (device && device.tabs.length < 3) void new Tab(device).open();
  },
  forgetPlaces: ({ server }) => server.forgetPlaces(),
  wait: (_, which) => pass(which % 8000).then(() => {}),
} as const satisfies Record<string, Step>;

/** Ends what people left open, and lets all devices come to rest. */
async function comeToRest({ devices }: World): Promise<void> {
  const tabs = () => devices.flatMap((device) => device.tabs);
  for (const device of devices) {
    device.isOnline = true;
    device.losses.length = 0;
  }
  for (let round = 0; round < 12; round++) {
    for (const { outbox } of tabs()) outbox.retry();
    await pass(70_000);
    for (const { outbox } of tabs()) {
      for (const [id, { mine }] of outbox.state().conflicts) outbox.resolve(id, mine);
    }
    for (const tab of tabs()) tab.ask();
    await pass(1000);
  }
}

const byId = (tasks: readonly Task[]) => tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** That all agree, no word is lost, and nothing is there twice. */
function expectAgreement({ devices, server, made }: World): void {
  const [there, trash] = [byId(server.inState(false)), byId(server.inState(true))];
  for (const { tabs } of devices) {
    for (const { replica, outbox } of tabs) {
      expect(outbox.state().mutations, "unsent").toEqual([]);
      expect(byId(replica.state().tasks), "the list").toEqual(there);
      expect(byId(replica.state().trash), "the trash").toEqual(trash);
    }
  }
  const everything = [...there, ...trash];
  const ids = new Set(everything.map(({ id }) => id));
  const removed = new Set(devices.flatMap((device) => [...device.removed]));
  // What was deleted before it was sent never reaches the server.
  const neverSent = [...removed].filter((id) => !ids.has(id)).length;
  expect(everything.length + neverSent, "nothing twice").toBe(
    made + (devices[0]?.rescued.length ?? 0),
  );
  const words = new Set(everything.flatMap(({ title, description }) => [title, description]));
  for (const device of devices) {
    for (const [what, word] of device.typed) {
      const [id = "", name = ""] = what.split(" ");
      const isOverwritten = devices.some((other) => other !== device && other.typed.has(what));
      const isKept = words.has(word) || isOverwritten || device.removed.has(id);
      if (name !== "completed") expect(isKept, `${name} "${word}" is lost`).toBe(true);
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const names = Object.keys(steps) as (keyof typeof steps)[];

test("[FR-017] two devices with up to three tabs each, whatever happens, end with the same tasks; no word is lost, nothing is there twice", async () => {
  const step = fc.tuple(fc.constantFrom(...names), fc.nat(50_000), fc.nat(60));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (sequence) => {
      const server = makeServer();
      const rescued: Task[] = [];
      const devices = [new Device(server, rescued), new Device(server, rescued)];
      const world: World = { server, devices, made: 0, words: 0 };
      for (const device of devices) {
        for (let nth = 0; nth < 2; nth++) void new Tab(device).open();
      }
      for (const [name, which, ms] of sequence) {
        await steps[name](world, which);
        await pass(ms);
      }
      await comeToRest(world);
      try {
        expectAgreement(world);
      } finally {
        for (const tab of devices.flatMap(({ tabs }) => [...tabs])) tab.die();
      }
    }),
    { numRuns: rounds(1000, 60) },
  );
});
