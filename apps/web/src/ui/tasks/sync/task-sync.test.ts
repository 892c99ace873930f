import "fake-indexeddb/auto";
import { setMaxListeners } from "node:events";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  clearActiveUser,
  getAbsent,
  markSessionOver,
  presenceOf,
  setActiveUser,
} from "#ui/device/active-user.ts";
import { makeApiError, makeStorage, makeTask } from "#ui/tasks/testing.ts";
import type { Mutation } from "./mutation.ts";
import { PersonDatabase } from "./person-database.ts";
import { TaskSync } from "./task-sync.ts";
import { wipeDevice } from "./wipe.ts";

let page: EventTarget;
let location: Record<"replace" | "reload", ReturnType<typeof vi.fn>>;
// A page listens to more events by one signal than Node takes for usual.
setMaxListeners(50);

const callbacks = { onRescued: vi.fn(), onRestored: vi.fn(), onLeaving: vi.fn() };
/** The requests, as "GET changes", and how each is answered. */
let asked: string[];
let answer: (what: string, signal: AbortSignal) => Response | Promise<Response>;
/** The screens that were opened, which end with their test. */
let ends: (() => void)[];

beforeEach(() => {
  page = Object.assign(new EventTarget(), { localStorage: makeStorage() });
  location = { replace: vi.fn(), reload: vi.fn() };
  asked = [];
  answer = waits;
  ends = [];
  vi.stubGlobal("window", page);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("location", location);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit & { signal: AbortSignal }) => {
    const what = `${init.method ?? "GET"} ${new URL(url, "http://tend").pathname.split("/").at(-1)}`;
    asked.push(what);
    return answer(what, init.signal);
  });
});
afterEach(() => {
  for (const end of ends) end();
  vi.clearAllMocks();
  vi.unstubAllGlobals();
});

const problem = (...given: Parameters<typeof makeApiError>): Response => {
  const { problem: body } = makeApiError(...given);
  const headers = { "Content-Type": "application/problem+json" };
  return Response.json(body, { status: body.status, headers });
};
const noSession = () => problem(401, "no_session");
const token = () =>
  Response.json({ token: `head.${btoa(JSON.stringify({ iat: 0, exp: 900 }))}.sign` });

/** A server that gives a token and an empty trash, and answers nothing else. */
const waits: typeof answer = (what, signal) => {
  if (what === "GET token") return token();
  if (what === "GET tasks") return Response.json([]);
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
};

const create = (title: string): Mutation => ({
  kind: "create",
  id: uuidv7(),
  task: makeTask({ title }),
});

/** The open screen of somebody with the task "Pay rent", which the device keeps: it follows. */
async function open() {
  const id = uuidv7();
  asked = [];
  setActiveUser({ id, name: "Ada Lovelace", email: "ada@example.com" });
  const first = { tasks: [makeTask()], complete: true, cursor: "c1" };
  const sync = new TaskSync(id, { page: first }, callbacks);
  ends.push(sync.start());
  await vi.waitFor(() => expect(asked).toContain("GET changes"));
  expect(await keptBy(id)).toHaveLength(1);
  return { id, sync };
}

const keptBy = async (id: string) => (await new PersonDatabase(id).read()).tasks;
const waitingOf = async (id: string) =>
  (await new PersonDatabase(id).readMutations()).map(
    (mutation) => (mutation as Mutation).task.title,
  );
const shown = ({ replica }: TaskSync) => replica.state().tasks.map(({ title }) => title);
/** Tells the page that another tab has written to local storage. */
const tellOfStorage = () =>
  page.dispatchEvent(Object.assign(new Event("storage"), { key: "tend:here", newValue: null }));

async function expectOver({ id, sync }: Awaited<ReturnType<typeof open>>) {
  await vi.waitFor(() => expect(sync.state().isOver).toBe(true));
  expect(shown(sync)).toEqual([]);
  expect(presenceOf(id)).toBe("over");
  await vi.waitFor(async () => expect(await keptBy(id)).toEqual([]));
  expect(location.replace).not.toHaveBeenCalled();
}

describe("[D-2] a session that is over", () => {
  test("by the feed: the tasks leave the screen and the device at once", async () => {
    const opened = await open();
    answer = noSession;
    opened.sync.askNow();
    await expectOver(opened);
  });

  test("since somebody else has signed in, as the answer says", async () => {
    const opened = await open();
    answer = (what, signal) =>
      what === "GET changes" ? problem(403, "forbidden") : waits(what, signal);
    opened.sync.askNow();
    await expectOver(opened);
  });

  test("by the outbox: what is unsent stays, unseen, and what is added later, too", async () => {
    const opened = await open();
    answer = (what, signal) =>
      what === "POST tasks" ? problem(401, "unknown_user") : waits(what, signal);
    opened.sync.outbox.add(create("Unsent"));
    expect(shown(opened.sync)).toEqual(["Pay rent", "Unsent"]);
    await expectOver(opened);
    opened.sync.outbox.add(create("Added later"));
    expect(shown(opened.sync)).toEqual([]);
    await vi.waitFor(async () =>
      expect(await waitingOf(opened.id)).toEqual(["Unsent", "Added later"]),
    );
    // Once with the token that was there, and once with a new one.
    expect(asked.filter((what) => what === "POST tasks")).toHaveLength(2);
  });

  test("as another tab found out: this one takes the tasks away, and ends its requests", async () => {
    const { id, sync } = await open();
    let isAborted = false;
    answer = (what, signal) => {
      signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return waits(what, signal);
    };
    sync.outbox.add(create("Under way"));
    await vi.waitFor(() => expect(asked).toContain("POST tasks"));
    markSessionOver(id);
    tellOfStorage();
    expect(sync.state().isOver).toBe(true);
    expect(shown(sync)).toEqual([]);
    expect(isAborted).toBe(true);
    expect(await waitingOf(id)).toEqual(["Under way"]);
    expect(location.replace).not.toHaveBeenCalled();
  });

  test("as the database says, where the browser tells no tab of local storage", async () => {
    const { id, sync } = await open();
    await new PersonDatabase(id).forgetTasks();
    markSessionOver(id);
    const channel = new BroadcastChannel(`tend:changes:${id}`);
    channel.postMessage("tasks");
    await vi.waitFor(() => expect(sync.state().isOver).toBe(true));
    channel.close();
    expect(shown(sync)).toEqual([]);
  });

  test("the page is loaded anew when the same person has signed in again", async () => {
    const { id, sync } = await open();
    markSessionOver(id);
    tellOfStorage();
    expect(sync.state().isOver).toBe(true);
    setActiveUser({ id, name: "Ada Lovelace", email: "ada@example.com" });
    tellOfStorage();
    expect(location.reload).toHaveBeenCalledOnce();
    expect(callbacks.onLeaving).toHaveBeenCalledOnce();
  });
});

describe("[D-1] signing out in another tab", () => {
  test("nothing is shown, sent or kept any more", async () => {
    const { id, sync } = await open();
    await wipeDevice(id);
    tellOfStorage();
    expect(shown(sync)).toEqual([]);
    const before = asked.length;
    expect(callbacks.onLeaving).not.toHaveBeenCalled();
    sync.outbox.add(create("Too late"));
    sync.outbox.flushDeletes();
    expect(asked).toHaveLength(before);
    expect(Object.keys(window.localStorage)).toEqual([]);
    expect(await waitingOf(id)).toEqual([]);
    expect(await keptBy(id)).toEqual([]);
  });

  test("an answer that comes between leaves no mark, and the page leaves", async () => {
    const { id, sync } = await open();
    await wipeDevice(id);
    answer = noSession;
    sync.askNow();
    await vi.waitFor(() => expect(location.replace).toHaveBeenCalledWith("/"));
    expect(shown(sync)).toEqual([]);
    expect(Object.keys(window.localStorage)).toEqual([]);
    expect(await keptBy(id)).toEqual([]);
  });
});

describe("[D-4] somebody else signs in", () => {
  test("the tasks of the former go, and their changes wait, sent by nobody", async () => {
    const former = await open();
    former.sync.outbox.add(create("Ada's"));
    await vi.waitFor(async () => expect(await waitingOf(former.id)).toEqual(["Ada's"]));
    const grace = await open();
    tellOfStorage();
    expect(callbacks.onLeaving).toHaveBeenCalledOnce();
    expect(shown(former.sync)).toEqual([]);
    expect(shown(grace.sync)).toEqual(["Pay rent"]);
    await vi.waitFor(async () => expect(await keptBy(former.id)).toEqual([]));
    expect(await waitingOf(former.id)).toEqual(["Ada's"]);
    expect(await waitingOf(grace.id)).toEqual([]);
    expect(getAbsent()).toEqual([{ id: former.id, email: "a…@e….com" }]);
    // What they type until the page leaves waits, too.
    former.sync.outbox.add(create("Ada's last"));
    await vi.waitFor(async () =>
      expect(await waitingOf(former.id)).toEqual(["Ada's", "Ada's last"]),
    );
    expect(presenceOf(grace.id)).toBe("here");
  });

  test("a page without a person who was here before takes nobody for gone", async () => {
    const { sync } = await open();
    clearActiveUser();
    const stranger = new TaskSync(
      uuidv7(),
      { page: { tasks: [makeTask()], complete: true, cursor: "c1" } },
      callbacks,
    );
    ends.push(stranger.start());
    tellOfStorage();
    expect(shown(sync)).toEqual([]);
    expect(shown(stranger)).toEqual(["Pay rent"]);
  });
});
