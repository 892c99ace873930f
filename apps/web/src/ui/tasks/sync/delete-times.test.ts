import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { DeleteTimes } from "./delete-times.ts";

const day = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-24T09:30:00.000Z") });
});

afterEach(() => {
  vi.useRealTimers();
});

let ids = 0;
const deletion = (after: number) =>
  ({ kind: "delete", id: String(++ids), task: makeTask(), send_at: Date.now() + after }) as const;

function timesOf(...written: readonly ReturnType<typeof deletion>[]) {
  const times = new DeleteTimes();
  times.change({ forgotten: [], written });
  return times;
}

/** Sets the device's clock; the time within the page goes on as it did. */
const setClock = (by: number) => vi.setSystemTime(Date.now() + by);

test("a delete is due when its time to undo is over, and not before", () => {
  const [one, other] = [deletion(8500), deletion(9000)];
  const times = timesOf(one, other);
  expect(times.nextDue).toBe(performance.now() + 8500);
  vi.advanceTimersByTime(8499);
  expect([times.isDue(one), times.advance()]).toEqual([false, []]);
  vi.advanceTimersByTime(1);
  expect(times.isDue(one)).toBe(true);
  expect(times.advance()).toEqual([one]);
  expect([...times.due.values()]).toEqual([one]);
  expect(times.waiting).toEqual([other]);
  expect(times.advance()).toEqual([]);
});

test("what is sent, stopped or undone waits no longer", () => {
  const [one, other] = [deletion(0), deletion(8500)];
  const times = timesOf(one, other);
  times.advance();
  times.change({ forgotten: [one, other], written: [] });
  expect([times.due.size, times.waiting, times.nextDue]).toEqual([0, [], undefined]);
});

test("a delete that is hurried is due at once; none is put off", () => {
  const one = deletion(8500);
  const times = timesOf(one);
  times.change({ forgotten: [], written: [{ ...one, send_at: one.send_at + 1000 }] });
  expect(times.nextDue).toBe(performance.now() + 8500);
  times.change({ forgotten: [], written: [{ ...one, send_at: 0 }] });
  expect(times.isDue(one)).toBe(true);
  expect(times.advance()).toMatchObject([{ id: one.id, send_at: 0 }]);
});

describe("[FR-017] a clock that is set", () => {
  test.each([
    ["forward", day],
    ["back", -day],
  ])("%s, changes nothing for a page that knows the delete", (_, by) => {
    const one = deletion(8500);
    const times = timesOf(one);
    vi.advanceTimersByTime(1000);
    setClock(by);
    expect(times.isDue(one)).toBe(false);
    vi.advanceTimersByTime(7499);
    expect(times.isDue(one)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(times.isDue(one)).toBe(true);
  });

  test("back, holds a delete of the page before for ten seconds at most", () => {
    const one = deletion(8500);
    setClock(-day);
    const times = timesOf(one);
    expect(times.nextDue).toBe(performance.now() + 10_000);
  });
});
