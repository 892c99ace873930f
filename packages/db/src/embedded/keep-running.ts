import { setTimeout as sleep } from "node:timers/promises";
import { explain } from "./command.ts";
import { reasonOf } from "./data-folder.ts";
import type { Embedded, Running } from "./start-embedded.ts";

/** So many ends of the server in so many milliseconds, and it is not started again. */
const failures = { most: 5, withinMs: 60_000 };
const firstDelayMs = 100;

/** Starts the server again whenever it ends, until it is stopped or has ended too often. */
export function keepRunning(
  first: Running,
  { say, startAgain }: { say: (line: string) => void; startAgain: () => Promise<Running> },
): Embedded {
  const ends: number[] = [];
  let running = first;
  let stopping: Promise<void> | undefined;
  let starting = Promise.resolve();

  async function restart(lastWords: string): Promise<void> {
    await running.claim.release();
    running.lock?.release();
    for (let words = explain(lastWords); stopping === undefined; ) {
      const now = Date.now();
      ends.push(now);
      const recent = ends.filter((time) => now - time < failures.withinMs).length;
      if (recent >= failures.most) throw new Error(words);
      say("The database ended. It is started again.");
      try {
        running = await startAgain();
        return;
      } catch (cause) {
        words = reasonOf(cause);
        await sleep(firstDelayMs * 2 ** recent);
      }
    }
  }

  const lost = new Promise<string>((resolve) => {
    const watch = (): void => {
      void running.server.ended.then((words) => {
        if (stopping !== undefined) return;
        starting = restart(words).then(watch, (cause: unknown) => resolve(reasonOf(cause)));
      });
    };
    watch();
  });

  async function stop(): Promise<void> {
    await starting;
    await running.claim.release();
    await running.server.stop();
    running.lock?.release();
  }
  return { url: first.url, lost, stop: () => (stopping ??= stop()) };
}
