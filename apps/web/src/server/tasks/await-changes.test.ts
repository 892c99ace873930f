import type { Changes } from "@tend/contracts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { verifiedUserId } from "#server/auth/user-id.ts";

const ada = verifiedUserId("ada");
const never = Number.POSITIVE_INFINITY;

/** The module anew, where requests may wait so many seconds, and the counters stand so. */
async function load(LIVE_WAIT: string, counters = new Map([[ada, 7n]])) {
  const variables = {
    BETTER_AUTH_SECRET: "the secret of today, 32 characters+",
    BETTER_AUTH_URL: "https://tend.example.com",
    DATABASE_URL: "postgresql://nobody@nowhere.invalid/none",
    LIVE_WAIT,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.resetModules();
  const { ChangeWaiters } = await import("./change-waiters.ts");
  globalThis.tendChangeWaiters = new ChangeWaiters(async () => counters, 250);
  return (await import("./await-changes.ts")).awaitChanges;
}

const empty: Changes = { changes: [], next_cursor: "as given", has_more: false };

/** Pages without a change, read when the user had come so far. */
const reading = (lastChange: bigint) => vi.fn(async () => ({ body: empty, lastChange }));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  globalThis.tendChangeWaiters = undefined;
});

/** How long it takes until it is settled. */
async function msUntil(settled: Promise<unknown>): Promise<number> {
  const begun = Date.now();
  const end = settled.then(
    () => Date.now() - begun,
    () => Date.now() - begun,
  );
  await vi.advanceTimersByTimeAsync(100_000);
  return end;
}

test.each([
  ["25", 10_000, 10_000],
  ["25", 60_000, 25_000],
  ["5", 1_000_000_000_000, 5_000],
])("[T-20] with LIVE_WAIT=%s a wait of %i ms is one of %i", async (most, waitMs, expected) => {
  const awaitChanges = await load(most);
  const read = reading(7n);
  const answer = awaitChanges(ada, { waitMs, signal: undefined, expiresAt: never }, read);
  expect(await msUntil(answer)).toBe(expected);
  expect(await answer).toEqual({ page: { body: empty, lastChange: 7n }, applied: true });
  expect(read).toHaveBeenCalledTimes(1);
});

test("[T-20] with LIVE_WAIT=0 none waits, and it is not said that one did", async () => {
  const awaitChanges = await load("0");
  const answer = awaitChanges(
    ada,
    { waitMs: 25_000, signal: undefined, expiresAt: never },
    reading(7n),
  );
  expect(await msUntil(answer)).toBe(0);
  expect((await answer).applied).toBe(false);
});

test("[T-20, A-4] the token ends the wait: nothing is read any more, and it was cut short", async () => {
  const awaitChanges = await load("25", new Map());
  const read = reading(0n);
  const expiresAt = Date.now() + 2_000;
  const answer = awaitChanges(ada, { waitMs: 25_000, signal: undefined, expiresAt }, read);
  globalThis.tendChangeWaiters?.wake(ada);
  expect(await msUntil(answer)).toBe(2_000);
  expect((await answer).applied).toBe(false);
  // Once at first, once when it was woken.
  expect(read).toHaveBeenCalledTimes(2);
});

test("[T-20] who goes is waited for no longer", async () => {
  const awaitChanges = await load("25");
  const going = new AbortController();
  const waiting = { waitMs: 25_000, signal: going.signal, expiresAt: never };
  const answer = awaitChanges(ada, waiting, reading(7n));
  going.abort();
  expect(await msUntil(answer)).toBe(0);
  expect((await answer).applied).toBe(false);
  expect(await msUntil(awaitChanges(ada, waiting, reading(7n)))).toBe(0);
  expect(globalThis.tendChangeWaiters?.count).toBe(0);
});

test("[T-20, A-5] whoever never had a change is looked at once more: the account may be gone", async () => {
  const awaitChanges = await load("25", new Map());
  const gone = new Error("gone");
  const read = reading(0n);
  read.mockResolvedValueOnce({ body: empty, lastChange: 0n }).mockRejectedValueOnce(gone);
  const answer = awaitChanges(ada, { waitMs: 25_000, signal: undefined, expiresAt: never }, read);
  const refused = expect(answer).rejects.toBe(gone);
  expect(await msUntil(answer)).toBe(25_000);
  await refused;
});
