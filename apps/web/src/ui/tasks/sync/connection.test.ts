import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Connection } from "./connection.ts";
import type { Next } from "./outcome.ts";

let online: boolean;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-24T09:30:00.000Z") });
  online = true;
  connection = new Connection(() => online);
});

afterEach(() => {
  vi.useRealTimers();
});

const failed = (more: { signedOut?: boolean; retryAfter?: number } = {}): Next => ({
  is: "delayed",
  reason: "Down.",
  signedOut: false,
  retryAfter: 0,
  ...more,
});
const settled: Next = { is: "settled" };
const end = (next: Next, attempt = connection.begin()) =>
  connection.end(attempt, new Map([["a", { next }]]));
/** Milliseconds until something is sent again. */
const pause = () => Math.max(0, connection.pausedUntil - performance.now());
const pauseAfter = (next: Next) => {
  end(next);
  const milliseconds = pause();
  vi.advanceTimersByTime(milliseconds);
  return milliseconds;
};

describe("after a failure nothing is sent", () => {
  test("for a second, then ever longer, a minute at most; and at once after a success", () => {
    const pauses = Array.from({ length: 8 }, () => pauseAfter(failed()) / 1000);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(connection.trouble).toEqual({ reason: "Down.", signedOut: false });
    end(settled);
    expect(connection.trouble).toBeNull();
    expect(pauseAfter(failed())).toBe(1000);
  });

  test("for as long as the server asks for, a minute at most", () => {
    expect(pauseAfter(failed({ retryAfter: 7 }))).toBe(7000);
    expect(pauseAfter(failed({ retryAfter: 1e9 }))).toBe(60_000);
  });

  test("however the clock is set meanwhile", () => {
    end(failed());
    vi.setSystemTime(Date.now() - 86_400_000);
    expect(pause()).toBe(1000);
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    expect(pause()).toBe(1000);
  });

  test("and those of requests that fail together are one", () => {
    for (const _ of [1, 2, 3]) end(failed());
    vi.advanceTimersByTime(1000);
    expect(pauseAfter(failed())).toBe(2000);
  });

  test("but where another request of the batch was answered", () => {
    end(failed());
    connection.end(
      connection.begin(),
      new Map([
        ["a", { next: settled }],
        ["b", { next: failed() }],
      ]),
    );
    expect([pause(), connection.trouble?.reason]).toEqual([1000, "Down."]);
  });
});

describe("a retry", () => {
  test("ends the pause, and a further failure makes it longer all the same", () => {
    end(failed());
    connection.retry();
    expect(pause()).toBe(0);
    expect(pauseAfter(failed())).toBe(2000);
  });

  test("is not paused by what began before it", () => {
    const before = connection.begin();
    connection.retry();
    end(failed(), before);
    expect([pause(), connection.trouble]).toEqual([0, null]);
  });
});

describe("[FR-017] where the browser says that there is no network", () => {
  beforeEach(() => {
    online = false;
  });

  test("a failure is no news, and pauses all the same", () => {
    end(failed());
    expect([connection.trouble, connection.reached, pause()]).toEqual([null, false, 1000]);
  });

  test("an answer says that there is one, until a request fails or it is tried anew", () => {
    end(settled);
    expect(connection.reached).toBe(true);
    end(failed());
    expect(connection.reached).toBe(false);
    end(settled);
    connection.retry();
    expect(connection.reached).toBe(false);
  });

  test("an answer to what began before says nothing", () => {
    online = true;
    const before = connection.begin();
    online = false;
    end(settled, before);
    expect(connection.reached).toBe(false);
  });

  test("a session that is over is told", () => {
    end(failed({ signedOut: true }));
    expect(connection).toMatchObject({ reached: true, trouble: { signedOut: true } });
  });
});
