import { isBusy, isUnreachable, poolSize } from "@tend/db";
import { ProblemError } from "./problem.ts";
import type { UserId } from "./user-id.ts";

/** What may wait: beyond it a request is refused at once rather than served late. */
const longest = { total: 2_000, ofOneUser: 200 };

/** Milliseconds that a request waits for its turn. */
const patience = 2_000;

interface Waiting {
  readonly start: () => void;
  readonly refuse: (why: unknown) => void;
}

/**
 * C-6: the queue before the database. As many requests run as there are connections. The others wait
 * by user, and the users take turns, so that whoever sends a thousand requests delays their own.
 */
export class Turns {
  /** By user, who is next first; nobody's queue is empty. */
  readonly #queues = new Map<UserId, Waiting[]>();
  #waiting = 0;
  #free: number;

  constructor(size: number = poolSize) {
    this.#free = size;
  }

  /** @throws ProblemError overloaded: it was not run. */
  async take<T>(userId: UserId, run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#wait(userId);
    try {
      return await run();
    } catch (error) {
      // Where the database is gone, whoever waits would wait for nothing.
      if (isUnreachable(error) && !isBusy(error)) this.#refuseAll(error);
      throw error;
    } finally {
      this.#startNext();
    }
  }

  #wait(userId: UserId): Promise<void> {
    const queue = this.#queues.get(userId) ?? [];
    if (this.#waiting >= longest.total) throw overloaded(`${longest.total} requests wait`);
    if (queue.length >= longest.ofOneUser) {
      throw overloaded(`${longest.ofOneUser} requests of this user wait`);
    }
    return new Promise((resolve, reject) => {
      const refuse = (why: unknown) => {
        clearTimeout(timer);
        reject(overloaded(why));
      };
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const waiting = { start, refuse };
      const timer = setTimeout(() => {
        // Of one user the first has waited longest.
        this.#leave(userId);
        refuse(`no turn within ${patience / 1_000} s`);
      }, patience);
      queue.push(waiting);
      this.#queues.set(userId, queue);
      this.#waiting++;
    });
  }

  /** Takes the first of this user out of the queue. */
  #leave(userId: UserId): Waiting | undefined {
    const queue = this.#queues.get(userId) ?? [];
    const first = queue.shift();
    if (first) this.#waiting--;
    if (queue.length === 0) this.#queues.delete(userId);
    return first;
  }

  #startNext(): void {
    const [userId] = this.#queues.keys();
    const next = userId === undefined ? undefined : this.#leave(userId);
    if (userId === undefined || !next) {
      this.#free++;
      return;
    }
    // Behind the others, if more of this user wait.
    const rest = this.#queues.get(userId);
    this.#queues.delete(userId);
    if (rest) this.#queues.set(userId, rest);
    next.start();
  }

  #refuseAll(why: unknown): void {
    const all = [...this.#queues.values()].flat();
    this.#queues.clear();
    this.#waiting = 0;
    for (const { refuse } of all) refuse(why);
  }
}

const overloaded = (cause: unknown) =>
  new ProblemError("overloaded", { headers: { "Retry-After": "1" }, cause });

/** Those of this process. */
export const turns = new Turns();
