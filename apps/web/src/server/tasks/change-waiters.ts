import type { UserId } from "#server/auth/user-id.ts";
import { database } from "#server/database.ts";

/** How many requests may wait: of one user, and of all in this process. */
interface Bounds {
  readonly ofOneUser: number;
  readonly total: number;
}

const bounds: Bounds = { ofOneUser: 50, total: 5_000 };

/** Why a wait is over: something has changed, its time has passed, or nobody waits any more. */
export type WaitEnd = "changed" | "time" | "cut short";

/** The last change of some users, read in one statement; a user without one has none. */
type ReadCounters = (users: readonly UserId[]) => Promise<ReadonlyMap<string, bigint>>;

/**
 * T-20: the requests of this process that wait for a change. Writes of this process wake them at
 * once; what other processes wrote is asked for in one statement for all who wait. All of it is in
 * memory: what fails here costs time, and never a change.
 */
export class ChangeWaiters {
  readonly #waiting = new Map<UserId, Set<Waiter>>();
  readonly #readCounters: ReadCounters;
  readonly #intervalMs: number;
  readonly #bounds: Bounds;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(readCounters: ReadCounters, intervalMs: number, most: Bounds = bounds) {
    this.#readCounters = readCounters;
    this.#intervalMs = intervalMs;
    this.#bounds = most;
  }

  /** How many wait, or are about to. */
  get count(): number {
    return this.#count;
  }

  /**
   * Enters a request, before its first read: no change falls between the two. Undefined: too many
   * wait already, so that it has to be answered at once.
   */
  enter(userId: UserId): Waiter | undefined {
    const own = this.#waiting.get(userId) ?? new Set();
    const { ofOneUser, total } = this.#bounds;
    if (this.#ended || own.size >= ofOneUser || this.#count >= total) return undefined;
    const waiter = new Waiter(() => {
      if (!own.delete(waiter)) return;
      this.#count--;
      if (own.size === 0) this.#waiting.delete(userId);
    });
    own.add(waiter);
    this.#waiting.set(userId, own);
    this.#count++;
    this.#schedule();
    return waiter;
  }

  /** Wakes those who wait for changes of this user, who has just written. */
  wake(userId: UserId): void {
    for (const waiter of this.#waiting.get(userId) ?? []) waiter.wake("changed");
  }

  /** Ends all waits, and begins no more: the process ends. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const waiter of [...this.#waiting.values()].flatMap((own) => [...own])) {
      waiter.wake("cut short");
    }
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#ended || this.#count === 0) return;
    this.#timer = setTimeout(async () => {
      await this.#ask();
      this.#timer = undefined;
      this.#schedule();
    }, this.#intervalMs).unref();
  }

  async #ask(): Promise<void> {
    const users = [...this.#waiting].flatMap(([userId, own]) =>
      [...own].some(({ seen }) => seen !== undefined) ? userId : [],
    );
    if (users.length === 0) return;
    try {
      const counters = await this.#readCounters(users);
      for (const [userId, own] of this.#waiting) {
        // The counter of a deleted account is gone.
        const last = counters.get(userId);
        for (const waiter of own) {
          const { seen } = waiter;
          if (seen !== undefined && (last === undefined ? seen > 0n : last > seen)) {
            waiter.wake("changed");
          }
        }
      }
    } catch {
      // The database is away: who waits is told by the next read, or waits until the end.
    }
  }
}

/** One request that waits for a change. */
export class Waiter {
  /** Leaves the others, whatever became of the request. */
  readonly leave: () => void;
  #end: WaitEnd | undefined;
  #resolve: ((end: WaitEnd) => void) | undefined;
  #seen: bigint | undefined;

  constructor(leave: () => void) {
    this.leave = leave;
  }

  /** The last change that the request has seen; undefined while it does not wait. */
  get seen(): bigint | undefined {
    return this.#seen;
  }

  /** Ends the wait, or the next one where the request is reading just now. */
  wake(end: WaitEnd): void {
    if (this.#end !== "cut short") this.#end = end;
    this.#resolve?.(this.#end);
  }

  /** Waits until something has changed that was not seen, at most so many milliseconds. */
  async wait(seen: bigint, timeoutMs: number): Promise<WaitEnd> {
    if (this.#end === undefined && timeoutMs > 0) {
      const timer = setTimeout(() => this.wake("time"), timeoutMs);
      await new Promise<WaitEnd>((resolve) => {
        this.#seen = seen;
        this.#resolve = resolve;
      });
      clearTimeout(timer);
      this.#resolve = undefined;
      this.#seen = undefined;
    }
    const end = this.#end ?? "time";
    if (end === "changed") this.#end = undefined;
    return end;
  }
}

declare global {
  // The waiters are global because `next dev` may load this module once for each route.
  var tendChangeWaiters: ChangeWaiters | undefined;
}

/** Milliseconds between two looks at what other processes wrote: rarer where a look is paid for. */
const intervalMs = () => (process.env.VERCEL ? 1_000 : 250);

/** The waiters of this process. */
export function changeWaiters(): ChangeWaiters {
  globalThis.tendChangeWaiters ??= new ChangeWaiters(readCounters, intervalMs());
  return globalThis.tendChangeWaiters;
}

/** O-1: of each user whose verified token waits here the counter, and nothing else. */
async function readCounters(users: readonly UserId[]): Promise<ReadonlyMap<string, bigint>> {
  const rows = await database().$queryRaw<{ owner_user_id: string; last_change: bigint }[]>`
    SELECT owner_user_id, last_change FROM task_counters WHERE owner_user_id = ANY(${users}::text[])`;
  return new Map(rows.map(({ owner_user_id, last_change }) => [owner_user_id, last_change]));
}
