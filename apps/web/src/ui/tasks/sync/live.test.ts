import { UnreachableError } from "@tend/contracts/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeApiError } from "#ui/tasks/testing.ts";
import type { Asked } from "./feed.ts";
import { Live, nextDelay } from "./live.ts";

const waited = { asked: { isNews: false, hasWaited: true }, tookMs: 25_000 };
const trouble = (retryAfter = 0) =>
  ({ failure: { is: "trouble", reason: "It is away.", retryAfter } }) as const;

describe("the delay before the next request", () => {
  test.each([
    ["none after news", { asked: { isNews: true, hasWaited: false }, tookMs: 5 }, 40_000, 0],
    ["none where the server waited", waited, 0, 0],
    ["5 s where it says so and did not", { ...waited, tookMs: 12_000 }, 0, 5_000],
    [
      "5 s where it does not wait",
      { asked: { isNews: false, hasWaited: false }, tookMs: 25_000 },
      0,
      5_000,
    ],
    [
      "twice the one before",
      { asked: { isNews: false, hasWaited: false }, tookMs: 5 },
      5_000,
      10_000,
    ],
    ["a minute at most", trouble(), 50_000, 60_000],
    ["what the server asks for", trouble(90), 0, 90_000],
    ["longer than the server asks for, after many failures", trouble(2), 20_000, 40_000],
  ])("%s", (_, outcome, before, after) => {
    expect(nextDelay(outcome, before, 0.5)).toBe(after);
  });

  test("spreads those who were turned away together", () => {
    const delays = [0, 0.5, 1].map((random) => nextDelay(trouble(), 20_000, random));
    expect(delays).toEqual([30_000, 40_000, 50_000]);
  });
});

/** A page whose life a test leads, and the requests that it makes. */
function makePage() {
  const document = Object.assign(new EventTarget(), {
    visibilityState: "visible" as DocumentVisibilityState,
  });
  const window = new EventTarget();
  const log: string[] = [];
  const open: { signal: AbortSignal; answer: (asked: Asked | Error) => void }[] = [];
  const state = { canLead: true };
  const live = new Live({
    ask: (signal) =>
      new Promise((resolve, reject) => {
        log.push("asks");
        const answer = (asked: Asked | Error) =>
          asked instanceof Error ? reject(asked) : resolve(asked);
        signal.addEventListener("abort", () => {
          log.push("aborted");
          reject(new UnreachableError(signal.reason));
        });
        open.push({ signal, answer });
      }),
    readOthers: async () => void log.push("reads others"),
    alone: async (signal, run) => {
      if (state.canLead) return run();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    onFailure: (failure) => log.push(failure ? failure.is : "well"),
  });
  const life = new AbortController();
  live.start({ document, window }, life.signal);
  return {
    live,
    life,
    log,
    state,
    fire: (kind: string) => window.dispatchEvent(new Event(kind)),
    show(visibilityState: DocumentVisibilityState) {
      document.visibilityState = visibilityState;
      document.dispatchEvent(new Event("visibilitychange"));
    },
    async answer(asked: Asked | Error) {
      await vi.advanceTimersByTimeAsync(0);
      open.at(-1)?.answer(asked);
      await vi.advanceTimersByTimeAsync(0);
    },
    /** What happened since the last call. */
    async since() {
      await vi.advanceTimersByTimeAsync(0);
      return log.splice(0);
    },
  };
}

const news: Asked = { isNews: true, hasWaited: true };
const none: Asked = { isNews: false, hasWaited: false };

describe("following the feed", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("reads what others stored, then asks, and asks again at once after news", async () => {
    const page = makePage();
    expect(await page.since()).toEqual(["reads others", "asks"]);
    await page.answer(news);
    expect(await page.since()).toEqual(["well", "asks"]);
  });

  test("a server that does not wait is asked ever more rarely, and at once on coming back", async () => {
    const page = makePage();
    await page.answer(none);
    await page.since();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await page.since()).toEqual([]);
    page.fire("focus");
    expect(await page.since()).toEqual(["asks"]);
    await page.answer(none);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await page.since()).toEqual(["well", "asks"]);
  });

  test("while a request is open, coming back and typing ask nothing more", async () => {
    const page = makePage();
    await page.since();
    for (const kind of ["focus", "keydown", "pointerdown"]) page.fire(kind);
    expect(await page.since()).toEqual([]);
  });

  test("a hidden page asks nothing, and catches up when it is shown", async () => {
    const page = makePage();
    await page.since();
    page.show("hidden");
    expect(await page.since()).toEqual(["aborted"]);
    for (const kind of ["focus", "online", "pageshow"]) page.fire(kind);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await page.since()).toEqual([]);
    page.show("visible");
    expect(await page.since()).toEqual(["reads others", "asks"]);
  });

  test.each(["online", "pageshow"])(
    "%s: the open request may be dead, so it asks anew",
    async (kind) => {
      const page = makePage();
      await vi.advanceTimersByTimeAsync(2_000);
      await page.since();
      page.fire(kind);
      expect(await page.since()).toEqual(["aborted", "reads others", "asks"]);
    },
  );

  test("only one tab asks; another that it leaves the place to does so from then on", async () => {
    const page = makePage();
    await page.since();
    page.show("hidden");
    page.state.canLead = false;
    page.show("visible");
    expect(await page.since()).toEqual(["aborted", "reads others"]);
    page.fire("keydown");
    expect(await page.since()).toEqual([]);
  });

  test("after five minutes without anybody it asks no more, until somebody comes", async () => {
    const page = makePage();
    await page.answer(news);
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    await page.since();
    await page.answer({ isNews: false, hasWaited: true });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await page.since()).toEqual(["well"]);
    page.fire("keydown");
    expect(await page.since()).toEqual(["reads others", "asks"]);
  });

  test("failures are told, and the end of them; one of the session ends the asking", async () => {
    const page = makePage();
    for (const told of [["reads others", "asks"], ["asks"], ["asks", "trouble"]]) {
      await page.answer(new UnreachableError(new Error("away")));
      expect(await page.since()).toEqual(told);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    await page.answer(news);
    expect(await page.since()).toEqual(["asks", "well", "asks"]);
    await page.answer(makeApiError(401, "invalid_token"));
    page.fire("focus");
    page.fire("online");
    expect(await page.since()).toEqual(["signed out"]);
  });

  test("its end aborts what is open, and nothing begins any more", async () => {
    const page = makePage();
    await page.since();
    page.life.abort();
    page.live.askNow();
    page.fire("focus");
    expect(await page.since()).toEqual(["aborted"]);
  });

  test("a request from before the device slept is given up on the first touch", async () => {
    const page = makePage();
    await page.since();
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    page.fire("pointerdown");
    expect(await page.since()).toEqual(["aborted", "reads others", "asks"]);
  });

  const day = 86_400_000;
  const setClock = (by: number) => vi.setSystemTime(Date.now() + by);

  test.each([
    ["forward", day],
    ["back", -day],
  ])("[FR-017] a clock that is set %s stops no page that somebody uses", async (_, by) => {
    const page = makePage();
    await page.since();
    setClock(by);
    for (let count = 0; count < 3; count++) await page.answer(news);
    expect(await page.since()).toEqual(["well", "asks", "well", "asks", "well", "asks"]);
  });

  test("[FR-017] a clock that is set back lets a page rest all the same", async () => {
    const page = makePage();
    await page.since();
    setClock(-day);
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    await page.answer({ isNews: false, hasWaited: true });
    expect(await page.since()).toEqual(["well"]);
  });

  test("[FR-017] a clock that is set back does not keep a dead request", async () => {
    const page = makePage();
    await page.since();
    setClock(-day);
    await vi.advanceTimersByTimeAsync(61_000);
    page.fire("keydown");
    expect(await page.since()).toEqual(["aborted", "reads others", "asks"]);
  });

  test("[FR-017] a page that wakes a day later asks once, however many events say so", async () => {
    const page = makePage();
    await page.answer(none);
    await page.since();
    // Frozen, its timers stand still; then all of it comes at once.
    setClock(day);
    for (const kind of ["pageshow", "online", "focus", "pointerdown"]) page.fire(kind);
    page.show("visible");
    await vi.advanceTimersByTimeAsync(4_000);
    const since = await page.since();
    expect(since.filter((what) => what === "asks")).toHaveLength(1);
    await page.answer(news);
    expect(await page.since()).toEqual(["well", "asks"]);
  });

  test("[FR-017] a hidden page that wakes a day later asks once, when it is shown", async () => {
    const page = makePage();
    await page.since();
    page.show("hidden");
    setClock(day);
    for (const kind of ["pageshow", "online"]) page.fire(kind);
    expect(await page.since()).toEqual(["aborted"]);
    page.show("visible");
    for (const kind of ["pageshow", "online", "focus"]) page.fire(kind);
    expect(await page.since()).toEqual(["reads others", "asks"]);
  });
});
