import { isBusy, isUnreachable, poolSize } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { ProblemError } from "../problem.ts";

/** How many may wait, and for how long: beyond that a request is refused, not served late. */
interface Bounds {
  readonly total: number;
  readonly ofOneUser: number;
  readonly timeoutMs: number;
}

const ofTasks: Bounds = { total: 2_000, ofOneUser: 200, timeoutMs: 2_000 };

interface Waiting {
  readonly start: () => void;
  readonly refuse: (why: unknown) => void;
}

/**
 * C-6: the queue before the database. As many requests run as there are connections. Others wait by
 * user, and the users take turns, so that a user with a thousand requests delays only those.
 */
export class FairQueue<User extends string = UserId> {
  /** Waiting requests by user, the user who is next first; no list is empty. */
  readonly #queues = new Map<User, Waiting[]>();
  readonly #bounds: Bounds;
  #waiting = 0;
  #free: number;

  constructor(size: number = poolSize, bounds: Bounds = ofTasks) {
    this.#free = size;
    this.#bounds = bounds;
  }

  /** @throws ProblemError overloaded: it was not run. */
  async run<T>(userId: User, run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#wait(userId);
    try {
      return await run();
    } catch (error) {
      // Without a database, waiting requests would wait for nothing.
      if (isUnreachable(error) && !isBusy(error)) this.#refuseAll(error);
      throw error;
    } finally {
      this.#startNext();
    }
  }

  #wait(userId: User): Promise<void> {
    const queue = this.#queues.get(userId) ?? [];
    const { total, ofOneUser, timeoutMs } = this.#bounds;
    if (this.#waiting >= total) throw overloaded(`${total} requests wait`);
    if (queue.length >= ofOneUser) throw overloaded(`${ofOneUser} requests of this user wait`);
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
        refuse(`no turn within ${timeoutMs / 1_000} s`);
      }, timeoutMs);
      queue.push(waiting);
      this.#queues.set(userId, queue);
      this.#waiting++;
    });
  }

  /** Takes the first of this user out of the queue. */
  #leave(userId: User): Waiting | undefined {
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

/** The queue of this process for requests on tasks. */
export const taskQueue = new FairQueue();
