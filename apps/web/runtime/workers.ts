/** `launch start` on a machine with several cores: one process of serve.ts for each of them. */
import type { ChildProcess } from "node:child_process";
import cluster, { type Worker } from "node:cluster";

/** What the launcher has started and takes down again. */
export interface Running {
  /** The exit code, when it ends without being stopped. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
  /** Prints the output that was held back during the start. */
  speak?(): void;
}

/** Milliseconds in which requests in flight are finished. */
const exitTimeoutMs = 10_000;

/** Ends processes that still run: asks them to finish, and kills them after `exitTimeoutMs`. */
export async function stopProcesses(processes: readonly ChildProcess[]): Promise<void> {
  const gone = processes.map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of processes) child.kill("SIGTERM");
  const killTimer = setTimeout(() => {
    for (const child of processes) child.kill("SIGKILL");
  }, exitTimeoutMs);
  await Promise.all(gone);
  clearTimeout(killTimer);
}

/** Milliseconds before a worker is replaced that did not come up, doubled each time. */
const firstRestartDelayMs = 250;
const longestRestartDelayMs = 30_000;

/**
 * Starts the workers, which share the port at each address, and replaces each that dies. One that
 * ends before any of them listens at all of them ends the start: the next would end alike.
 */
export function startWorkers({
  file,
  options,
  env,
  count,
  addresses,
}: {
  file: string;
  options: readonly string[];
  env: Readonly<Record<string, string>>;
  count: number;
  /** The addresses that each worker listens on, given as its arguments. */
  addresses: readonly string[];
}): Running {
  // Each worker accepts connections itself: this process also looks after the database.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: file,
    execArgv: [...options],
    args: [...addresses],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const workers = new Set<Worker>();
  let stopping = false;
  let restartDelayMs = 0;
  let started = false;
  let end: (code: number) => void;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });

  const start = (): void => {
    if (stopping) return;
    const worker = cluster.fork(env);
    workers.add(worker);
    let listening = 0;
    worker.on("listening", () => {
      if (++listening < addresses.length) return;
      started = true;
      restartDelayMs = 0;
    });
    worker.once("exit", (code, signal) => {
      workers.delete(worker);
      if (stopping) return;
      if (!started) return end(code || 1);
      console.error(`A worker ended (${signal ?? `exit code ${code}`}). Another one replaces it.`);
      setTimeout(start, restartDelayMs);
      restartDelayMs = Math.min(
        Math.max(firstRestartDelayMs, 2 * restartDelayMs),
        longestRestartDelayMs,
      );
    });
  };

  for (let number = 0; number < count; number++) start();
  return {
    ended,
    stop() {
      stopping = true;
      return stopProcesses([...workers].map(({ process }) => process));
    },
  };
}
