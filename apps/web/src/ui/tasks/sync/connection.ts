import type { Delay, Outcome } from "./outcome.ts";

const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** The circumstances in which a request began. */
export interface Attempt {
  readonly isOnline: boolean;
  readonly retries: number;
}

/**
 * What is known of the way to the server: after a failure nothing is sent for a while, ever longer,
 * by a clock that nobody sets.
 */
export class Connection {
  readonly #isOnline: () => boolean;
  #trouble: Omit<Delay, "retryAfter"> | null = null;
  #reached = false;
  #failures = 0;
  #pausedUntil = 0;
  #retries = 0;

  constructor(isOnline: () => boolean) {
    this.#isOnline = isOnline;
  }

  /** Why nothing can be sent at the moment. */
  get trouble(): Omit<Delay, "retryAfter"> | null {
    return this.#trouble;
  }

  /** Whether the server answers although the browser says that there is no network. */
  get reached(): boolean {
    return this.#reached;
  }

  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  begin(): Attempt {
    return { isOnline: this.#isOnline(), retries: this.#retries };
  }

  /** Ends the pause, since a person or the browser says that it is worth a try. */
  retry(): void {
    this.#retries++;
    this.#pausedUntil = 0;
    this.#reached = false;
    if (!this.#isOnline()) this.#trouble = null;
  }

  /** Takes in what came of a request, or of several that were sent as one. */
  end(attempt: Attempt, outcomes: ReadonlyMap<string, Pick<Outcome, "next">>): void {
    const nexts = [...outcomes.values()].map(({ next }) => next);
    if (nexts.some(({ is }) => is === "settled")) {
      this.#failures = 0;
      this.#pausedUntil = 0;
      this.#trouble = null;
      this.#reached = !attempt.isOnline;
    }
    const delay = nexts.find((next) => next.is === "delayed");
    // What began before the last retry says nothing of now.
    if (delay && attempt.retries === this.#retries) this.#pause(delay, attempt);
  }

  #pause({ reason, signedOut, retryAfter }: Delay, attempt: Attempt): void {
    const now = performance.now();
    // Requests that fail together count as one failure.
    if (now >= this.#pausedUntil) this.#failures++;
    const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    this.#pausedUntil = now + Math.max(backoff, Math.min(retryAfter * 1000, longestPauseMs));
    this.#reached = signedOut && !attempt.isOnline;
    // Where the browser says that there is no network, a failure is no news.
    this.#trouble = signedOut || this.#isOnline() ? { reason, signedOut } : null;
  }
}
