import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isLong } from "./long.ts";

/** Milliseconds: what an answer costs the processor; how long it takes at rest; between two. */
const cost = 10;
const atRest = 12;
const pause = 30;

/** What bounds are multiplied with: the long form holds them as they stand, the short one anywhere. */
export const tolerance = isLong ? 1 : 3;

const program = fileURLToPath(new URL("yardstick-server.mjs", import.meta.url));

export type Yardstick = Awaited<ReturnType<typeof startYardstick>>;

/**
 * Asks a bare node server again and again: what it takes longer than on a machine at rest, all else
 * on this machine takes longer too, at the same moment.
 */
export async function startYardstick() {
  const server = fork(program, [String(cost)], { execArgv: [] });
  const [port] = await once(server, "message");
  /** From the moment when it was to be asked to its answer, times of performance.now(). */
  const laps: { readonly due: number; readonly end: number }[] = [];
  const begin = performance.now();
  let running = true;

  const dueAfter = (end: number) => end + pause;
  const measuring = (async () => {
    while (running) {
      const due = dueAfter(performance.now());
      await setTimeout(pause);
      await (await fetch(`http://127.0.0.1:${port}`)).text();
      laps.push({ due, end: performance.now() });
    }
  })();

  /** How many milliseconds the time from `start` to `end` would have been on a machine at rest. */
  function elapsed(start: number, end = performance.now()): number {
    let from = begin;
    let sum = 0;
    const current = { due: dueAfter(laps.at(-1)?.end ?? begin), end: performance.now() };
    for (const lap of [...laps, current]) {
      const shared = Math.max(0, Math.min(end, lap.end) - Math.max(start, from));
      sum += (shared * atRest) / Math.max(atRest, lap.end - lap.due);
      from = lap.end;
    }
    return sum;
  }

  return {
    elapsed,

    /** Runs it; gives what it gives, and how long it would have taken on a machine at rest. */
    async timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
      const start = performance.now();
      const result = await run();
      return [result, elapsed(start)];
    },

    /** Runs what measures milliseconds; gives what they would have been on a machine at rest. */
    async corrected(measure: () => Promise<number>): Promise<number> {
      const start = performance.now();
      const measured = await measure();
      const end = performance.now();
      return Math.round((measured * elapsed(start, end)) / (end - start));
    },

    async end(): Promise<void> {
      running = false;
      await measuring;
      server.disconnect();
      await once(server, "exit");
    },
  };
}
