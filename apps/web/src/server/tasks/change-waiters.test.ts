import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { verifiedUserId } from "#server/auth/user-id.ts";
import { ChangeWaiters } from "./change-waiters.ts";

const [ada, bob] = ["ada", "bob"].map(verifiedUserId) as [
  ReturnType<typeof verifiedUserId>,
  ReturnType<typeof verifiedUserId>,
];

/** Waiters over counters that a test moves, and whom each look was about. */
function makeWaiters(bounds = { ofOneUser: 2, total: 3 }) {
  const counters = new Map<string, bigint>([
    [ada, 5n],
    [bob, 5n],
  ]);
  const looks: string[][] = [];
  const server = { fails: false, counters };
  const waiters = new ChangeWaiters(
    async (users) => {
      looks.push([...users]);
      if (server.fails) throw new Error("away");
      return new Map(server.counters);
    },
    250,
    bounds,
  );
  return { waiters, looks, server };
}

const enter = (waiters: ChangeWaiters, userId = ada) => {
  const waiter = waiters.enter(userId);
  if (!waiter) throw new Error("There is room.");
  return waiter;
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("[T-20] a write between the read and the wait is not missed", async () => {
  const { waiters } = makeWaiters();
  const waiter = enter(waiters);
  waiters.wake(ada);
  expect(await waiter.wait(5n, 25_000)).toBe("changed");
});

test("[T-20] a counter beyond what was seen ends the wait; the same, or a lower one, does not", async () => {
  const { waiters, server } = makeWaiters();
  const waiter = enter(waiters);
  const ended = vi.fn();
  const wait = waiter.wait(5n, 25_000).then(ended);
  await vi.advanceTimersByTimeAsync(1_000);
  server.counters.set(ada, 4n);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ended).not.toHaveBeenCalled();
  server.counters.set(ada, 7n);
  await vi.advanceTimersByTimeAsync(250);
  await wait;
  expect(ended).toHaveBeenCalledWith("changed");
});

test("[T-20] an account whose counter is gone is looked at again; one that never wrote is not", async () => {
  const { waiters, server } = makeWaiters();
  server.counters.clear();
  const [deleted, fresh] = [enter(waiters).wait(5n, 25_000), enter(waiters, bob).wait(0n, 3_000)];
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await Promise.all([deleted, fresh])).toEqual(["changed", "time"]);
});

test("[T-20] while nobody waits, nothing is asked; who waits twice is asked for once", async () => {
  const { waiters, looks } = makeWaiters();
  await vi.advanceTimersByTimeAsync(5_000);
  const first = enter(waiters);
  const second = enter(waiters);
  // Both still read.
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks).toEqual([]);
  const waits = [first.wait(5n, 600), second.wait(5n, 600)];
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await Promise.all(waits)).toEqual(["time", "time"]);
  expect(looks).toEqual([[ada], [ada]]);
  first.leave();
  second.leave();
  first.leave();
  expect(waiters.count).toBe(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks).toHaveLength(2);
});

test("[T-20] a look that fails costs time alone", async () => {
  const { waiters, server } = makeWaiters();
  const waiter = enter(waiters);
  server.fails = true;
  server.counters.set(ada, 6n);
  const wait = waiter.wait(5n, 25_000);
  await vi.advanceTimersByTimeAsync(2_000);
  server.fails = false;
  await vi.advanceTimersByTimeAsync(250);
  expect(await wait).toBe("changed");
});

test("[T-20] so many of one user may wait, so many of all; who leaves makes room", () => {
  const { waiters } = makeWaiters();
  const [first] = [enter(waiters), enter(waiters), enter(waiters, bob)];
  expect([waiters.enter(ada), waiters.enter(bob)]).toEqual([undefined, undefined]);
  first?.leave();
  expect(waiters.enter(ada)).toBeDefined();
});

test("[T-20] the end of the process ends all waits, also those that read just now", async () => {
  const { waiters } = makeWaiters();
  const [waiting, reading] = [enter(waiters), enter(waiters)];
  const wait = waiting.wait(5n, 25_000);
  waiters.end();
  waiters.wake(ada);
  expect(await Promise.all([wait, reading.wait(5n, 25_000)])).toEqual(["cut short", "cut short"]);
  expect(waiters.enter(bob)).toBeUndefined();
});
