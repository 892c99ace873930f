import { createClient } from "@tend/contracts/client";
import type { BenchUser, Measured } from "./generator.ts";
import type { Usage } from "./usage.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Seconds of one wait: as long as `pnpm start` lets it be by default. */
const waitSeconds = 25;

/** Milliseconds after which all have read, and wait. */
const settleMs = 3_000;

const rounded = (value: number) => Number(value.toFixed(2));

/** Requests that wait for changes, each on a connection of its own. */
interface Waits {
  /** Resolves when somebody is told of this task. */
  told(taskId: string): Promise<void>;
  end(): Promise<void>;
}

/** Begins so many waits, of all users in turn; who is answered asks again. */
async function beginWaits(
  origin: string,
  users: readonly BenchUser[],
  count: number,
): Promise<Waits> {
  const going = new AbortController();
  const listeners = new Map<string, () => void>();
  const clients = Array.from({ length: count }, (_, number) =>
    createClient({ origin, token: () => users[number % users.length]?.token ?? "" }),
  );
  const begin = async (client: (typeof clients)[number]) => {
    const { body } = await client.listChanges({ query: { from: "now" } });
    return body.next_cursor;
  };
  const cursors = await Promise.all(clients.map(begin));
  const wait = async (client: (typeof clients)[number], from = "") => {
    let cursor = from;
    while (!going.signal.aborted) {
      const { body, headers } = await client.listChanges(
        { query: { cursor }, headers: { prefer: `wait=${waitSeconds}` } },
        { signal: going.signal },
      );
      if (!headers.has("Preference-Applied")) throw new Error("The server did not wait.");
      cursor = body.next_cursor;
      for (const { id } of body.changes) listeners.get(id)?.();
    }
  };
  const waits = Promise.all(clients.map((client, number) => wait(client, cursors[number])));
  const over = waits.catch((error: unknown) => {
    if (!going.signal.aborted) throw error;
  });
  over.catch(() => {});
  await Promise.race([pause(settleMs), over]);
  return {
    async told(taskId) {
      const heard = new Promise<void>((resolve) => listeners.set(taskId, resolve));
      await Promise.race([heard, over]);
    },
    end() {
      going.abort();
      return over.then(() => {});
    },
  };
}

/** One process of `serve.ts`, and what can be asked of it. */
interface Observed {
  readonly origin: string;
  usage(): Promise<Usage>;
  /** Other users' requests, as many a second in each run. */
  load(): Promise<Measured>;
}

/** What it costs that so many wait: at rest, and the requests of others. */
export async function measureWaiting(
  { origin, usage, load }: Observed,
  users: readonly BenchUser[],
  count: number,
  rounds: number,
  progress: (text: string) => void,
) {
  /** Share of one processor, in percent. */
  const cpuOver = async (seconds: number) => {
    const [from, begun] = [await usage(), performance.now()];
    await pause(seconds * 1_000);
    return (100 * ((await usage()).cpuMs - from.cpuMs)) / (performance.now() - begun);
  };
  progress("Warming up …");
  await load();
  progress("Nobody waits …");
  const idleCpu = await cpuOver(waitSeconds);
  const before = await usage();
  progress(`${count} wait …`);
  const waits = await beginWaits(origin, users, count);
  const after = await usage();
  // Twice the length of a wait: each of them ends and begins again twice.
  const waitingCpu = await cpuOver(2 * waitSeconds);
  await waits.end();
  const perWait = (of: "resident" | "live") => rounded((after[of] - before[of]) / count / 1_024);
  const rest = {
    waiting: count,
    idle_cpu_percent: rounded(idleCpu),
    cpu_percent: rounded(waitingCpu),
    resident_kb_each: perWait("resident"),
    live_kb_each: perWait("live"),
  };
  const others = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`Other users' requests beside ${count} that wait, round ${round} of ${rounds} …`);
    const alone = async () => (await load()).p95;
    const beside = async () => {
      const waits = await beginWaits(origin, users, count);
      const { p95 } = await load();
      await waits.end();
      return p95;
    };
    // The order turns, so that what slows the machine down slows both.
    const [first, second] = round % 2 ? [alone, beside] : [beside, alone];
    const figures = [await first(), await second()];
    const [without = 0, withWaits = 0] = round % 2 ? figures : figures.toReversed();
    others.push({
      round,
      p95_ms: rounded(without),
      p95_ms_beside: rounded(withWaits),
      ratio: rounded(withWaits / without),
    });
  }
  return { rest, others };
}

/** Milliseconds from sending a change to another client's having it, each change by itself. */
export async function measureTelling(
  origin: string,
  users: readonly BenchUser[],
  changes: number,
  progress: (text: string) => void,
): Promise<readonly number[]> {
  const waits = await beginWaits(origin, users, users.length);
  const times: number[] = [];
  for (let number = 0; number < changes; number++) {
    progress(`Change ${number + 1} of ${changes} …`);
    const token = users[number % users.length]?.token ?? "";
    // No change keeps time with the looks at what other processes wrote.
    await pause(Math.random() * 500);
    const id = crypto.randomUUID();
    const told = waits.told(id);
    const begun = performance.now();
    await createClient({ origin, token: () => token }).createTask({
      body: { id, title: "Seen on the other device" },
    });
    await told;
    times.push(performance.now() - begun);
  }
  await waits.end();
  return times;
}
