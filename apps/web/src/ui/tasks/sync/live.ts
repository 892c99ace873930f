import { type Failure, readFailure } from "#ui/api/failure.ts";
import type { Asked } from "./feed.ts";

/** The seconds for which the server is asked to wait for a change. It may wait less, or not. */
const waitSeconds = 25;

/** An asking that is older than this was forgotten by a device that slept. */
const longestAskMs = 60_000;

/** A tab that nobody touches for so long asks no more, until somebody does. */
const restAfterMs = 5 * 60_000;

/** Events so soon after a beginning are of one waking. */
const burstMs = 1_000;

const idleDelayMs = 5_000;
const retryDelayMs = 1_000;
const longestDelayMs = 60_000;

/** A failure that passes by itself is told when a request has failed so often in a row. */
const toldAfter = 3;

/** What came of one request for changes. */
export type Outcome =
  | { readonly asked: Asked; readonly tookMs: number }
  | { readonly failure: Failure };

/**
 * The milliseconds until the next request, given those before the last one. A server that waits is
 * asked again at once; one that does not, or that fails, ever more rarely.
 */
export function nextDelay(outcome: Outcome, before: number, random: number): number {
  const longer = (shortest: number) => {
    const delay = Math.min(longestDelayMs, Math.max(shortest, before * 2));
    return delay * (0.75 + random / 2);
  };
  if ("failure" in outcome) {
    const retryAfter = outcome.failure.is === "trouble" ? outcome.failure.retryAfter : 0;
    return Math.max(longer(retryDelayMs), retryAfter * 1000);
  }
  const { asked, tookMs } = outcome;
  const wasWorthIt = asked.isNews || (asked.hasWaited && tookMs >= (waitSeconds * 1000) / 2);
  return wasWorthIt ? 0 : longer(idleDelayMs);
}

/** A moment by both clocks: one may be set, the other may stand still while the device sleeps. */
const clocks = () => ({ wall: Date.now(), steady: performance.now() });

const sinceMs = ({ wall, steady }: ReturnType<typeof clocks>): number =>
  Math.max(Date.now() - wall, performance.now() - steady);

/** The events of a page's life; in a browser, those of its document and its window. */
export interface PageLife {
  readonly document: EventTarget & Pick<Document, "visibilityState">;
  readonly window: EventTarget;
}

export interface LiveOptions {
  /** Asks the server what has changed; the answer may take `wait` seconds. */
  readonly ask: (signal: AbortSignal, wait: number) => Promise<Asked>;
  /** Reads what other tabs have stored. */
  readonly readOthers: () => Promise<void>;
  /** Calls `run` while no other tab of this person runs it. */
  readonly alone: (signal: AbortSignal, run: () => Promise<void>) => Promise<void>;
  /** Called with each failure, and with undefined when there is none any more. */
  readonly onFailure: (failure: Failure | undefined) => void;
}

/**
 * Follows the feed as long as the page is visible and somebody is there: one of a person's tabs
 * asks, the others read what it stores.
 */
export class Live {
  readonly #options: LiveOptions;
  #page: PageLife | undefined;
  /** The asking that goes on; undefined while the page is hidden, or rests. */
  #turn: AbortController | undefined;
  #begun = clocks();
  /** By a clock that nobody sets, and that may stand still while the device sleeps. */
  #touchedAt = 0;
  /** Ends the delay before the next request. */
  #hurry: () => void = () => {};

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  start(page: PageLife, signal: AbortSignal): void {
    const { document, window } = page;
    this.#page = page;
    const options = { signal, capture: true, passive: true };
    document.addEventListener(
      "visibilitychange",
      () => (this.#isVisible ? this.#begin() : this.#end()),
      options,
    );
    // What wakes a page brings several of these at once: the first is enough.
    const again = () => {
      if (!this.#turn || sinceMs(this.#begun) > burstMs) this.askNow();
    };
    document.addEventListener("resume", again, options);
    for (const kind of ["pageshow", "online"]) window.addEventListener(kind, again, options);
    window.addEventListener("pagehide", () => this.#end(), options);
    window.addEventListener("focus", ({ target }) => this.#touch(target === window), options);
    for (const kind of ["pointerdown", "keydown"]) {
      window.addEventListener(kind, () => this.#touch(false), options);
    }
    signal.addEventListener("abort", () => this.stop());
    this.#begin();
  }

  /** Asks no more. */
  stop(): void {
    this.#page = undefined;
    this.#end();
  }

  /** Begins anew: whatever goes on may be of a connection that is dead. */
  askNow(): void {
    this.#end();
    this.#begin();
  }

  /** Whether the page is seen, and is to be kept up to date. */
  get #isVisible(): boolean {
    return this.#page?.document.visibilityState === "visible";
  }

  /** Notices that somebody is there; `isBack`: after they were elsewhere. */
  #touch(isBack: boolean): void {
    this.#touchedAt = performance.now();
    // Timers and connections may be dead after the device slept.
    if (this.#turn && sinceMs(this.#begun) > longestAskMs) this.#end();
    if (!this.#turn) this.#begin();
    else if (isBack) this.#hurry();
  }

  #end(): void {
    this.#turn?.abort();
    this.#turn = undefined;
  }

  #begin(): void {
    if (this.#turn || !this.#isVisible) return;
    const turn = new AbortController();
    this.#turn = turn;
    this.#touchedAt = performance.now();
    this.#begun = clocks();
    const follow = async () => {
      await this.#options.readOthers();
      await this.#options.alone(turn.signal, () => this.#follow(turn.signal));
    };
    follow()
      .catch((error: unknown) => {
        if (!turn.signal.aborted) this.#options.onFailure(readFailure(error));
      })
      .finally(() => {
        if (this.#turn === turn) this.#turn = undefined;
      });
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let delay = 0;
    let failures = 0;
    while (!signal.aborted && performance.now() - this.#touchedAt < restAfterMs) {
      const outcome = await this.#askOnce(signal);
      if (signal.aborted) return;
      const failure = "failure" in outcome ? outcome.failure : undefined;
      failures = failure ? failures + 1 : 0;
      const passes = failure?.is === "trouble" && failures < toldAfter;
      if (!passes) this.#options.onFailure(failure);
      if (failure?.is === "signed out") {
        this.#page = undefined;
        return;
      }
      delay = nextDelay(outcome, delay, Math.random());
      if (delay > 0) await this.#pause(delay, signal);
    }
  }

  async #askOnce(signal: AbortSignal): Promise<Outcome> {
    this.#begun = clocks();
    const begun = performance.now();
    try {
      const asked = await this.#options.ask(signal, waitSeconds);
      return { asked, tookMs: performance.now() - begun };
    } catch (error) {
      return { failure: readFailure(error) };
    }
  }

  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#hurry = () => {};
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal.addEventListener("abort", end);
      this.#hurry = end;
    });
  }
}
