import { afterEach, describe, expect, test, vi } from "vitest";
import { apart, findings, late } from "../../../../test/search-findings.ts";
import { isWordless, readWhenIdle, searchFor } from "./search.ts";

const finds = (q: string, title: string, description: string | null = null) =>
  searchFor(q)?.({ title, description });

describe("a search in the browser finds what the server finds (T-11)", () => {
  test.each(findings)("through %s: %s", (_, title, searches) => {
    for (const q of searches) {
      expect([q, finds(q, title)]).toEqual([q, true]);
      expect([q, finds(q, "Something else")]).toEqual([q, false]);
    }
  });

  test.each(late)("%s, late in a long run without spaces", (_, title, q) => {
    expect(finds(q, title)).toBe(true);
  });

  test.each(apart)("%s", (_, titles, searches) => {
    for (const [q, found] of Object.entries(searches)) {
      expect([q, titles.filter((title) => finds(q, title)).sort()]).toEqual([q, found]);
    }
  });

  test("by the beginning of each word, in title or notes, in any order", () => {
    const notes = "Two bottles\nof oat milk.";
    for (const q of ["groc", "oat groc", " MILK ", "bot two"]) {
      expect([q, finds(q, "Groceries", notes)]).toEqual([q, true]);
    }
    for (const q of ["ilk", "milks", "milk drink"]) {
      expect([q, finds(q, "Groceries", notes)]).toEqual([q, false]);
    }
  });

  test("by the words of its tags", () => {
    const task = { title: "Pay", description: "rent", tags: ["to-do", "C++", "치과"] };
    for (const q of ["do", "c++", "과", "pay to rent"]) {
      expect([q, searchFor(q)?.(task)]).toEqual([q, true]);
    }
    expect(searchFor("payto")?.(task)).toBe(false);
  });

  test("not by other letters or another order of them", () => {
    for (const q of ["乳牛", "買牛", "कुताब", "🎁", "牛乳 明後日"]) {
      expect([q, finds(q, "明日は牛乳を買う किताब 🎂")]).toEqual([q, false]);
    }
  });

  test.each(["", " ", "!", "!!!", "...", "++", "#", "+ #", "🏿", "' : * & |", "\u0301", "—", "%"])(
    "%j has nothing to search for",
    (q) => expect(searchFor(q)).toBeUndefined(),
  );
});

test("[T-11] a text without any word is told from nothing and from one with a word", () => {
  expect(["++", "!!!", " … ", "\u0301"].map(isWordless)).toEqual([true, true, true, true]);
  expect(["", "  ", "a", "++ a", "4", "🎂", "明"].some(isWordless)).toBe(false);
});

describe("in idle time", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** Idle times that each have room for so many tasks. */
  function makeIdleTimes(room: number) {
    const waiting = new Map<number, IdleRequestCallback>();
    let handles = 0;
    vi.stubGlobal("requestIdleCallback", (callback: IdleRequestCallback) => {
      waiting.set(++handles, callback);
      return handles;
    });
    vi.stubGlobal("cancelIdleCallback", (handle: number) => waiting.delete(handle));
    return () => {
      const [next] = waiting;
      if (!next) return false;
      const [handle, callback] = next;
      waiting.delete(handle);
      let looks = 0;
      callback({ didTimeout: false, timeRemaining: () => (looks++ < room ? 10 : 0) });
      return true;
    };
  }

  /** A task whose title says when it is read. */
  const makeReadable = (onRead: () => void) => ({
    description: null,
    get title() {
      onRead();
      return "Pay rent";
    },
  });

  test("the words of some tasks at a time are read, and by a search not again", () => {
    const idle = makeIdleTimes(4);
    let reads = 0;
    const tasks = Array.from({ length: 10 }, () => makeReadable(() => reads++));
    readWhenIdle(tasks);
    expect(reads).toBe(0);
    idle();
    expect(reads).toBe(4);
    while (idle());
    expect(reads).toBe(10);
    expect(tasks.filter((task) => searchFor("rent")?.(task))).toHaveLength(10);
    expect(reads).toBe(10);
  });

  test("it ends when it is ended", () => {
    const idle = makeIdleTimes(1);
    let reads = 0;
    const end = readWhenIdle(Array.from({ length: 3 }, () => makeReadable(() => reads++)));
    idle();
    end();
    expect(idle()).toBe(false);
    expect(reads).toBe(1);
  });
});
