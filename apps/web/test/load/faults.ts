import { connect } from "@tend/db";
import { heldOpen } from "../hung.ts";
import {
  endInstallations,
  freeze,
  type Installation,
  onEmbedded,
  onServer,
} from "../launch/installation.ts";
import { expectKept, type Person, signUp, startLoad } from "../launch/load.ts";
import { signal } from "../launch/start.ts";
import { startYardstick } from "../yardstick.ts";

/** What a fault did to a system under load, and to the people who used it. */
export interface Fault {
  readonly database: string;
  readonly fault: string;
  readonly rounds: number;
  /** The longest that a refused request took. */
  readonly slowest_ms: number;
  /** The longest from the end of the fault until all were served again. */
  readonly recovery_ms?: number;
  /** How many times longer than at rest a bare server took meanwhile. */
  readonly slowdown: number;
}

type Kind = readonly [name: string, make: () => Promise<Installation>];

const kinds: readonly Kind[] = [
  ["embedded", onEmbedded],
  ["a server", onServer],
];

/** The faults of C-6 in plain milliseconds. What was acknowledged has to be there afterwards. */
export async function measureFaults(
  rounds: number,
  progress: (text: string) => void,
): Promise<Fault[]> {
  const yardstick = await startYardstick();
  const measured: Fault[] = [];
  try {
    for (const [database, make] of kinds) {
      progress(`Starting the app on ${database} …`);
      const system = await make();
      const people = await Promise.all(Array.from({ length: 4 }, () => signUp(system.origin)));
      const faults = faultsOf(system, people).map((fault): Measured => ({ ...fault, runs: [] }));
      // The faults take turns: a database that ends five times in a minute is given up.
      for (let round = 0; round < rounds; round++) {
        for (const { name, once, run, runs } of faults) {
          if (once && round > 0) continue;
          progress(`${database}: ${name}, round ${round + 1} of ${once ? 1 : rounds} …`);
          const start = performance.now();
          const figures = await run();
          const end = performance.now();
          runs.push({ ...figures, took: end - start, undisturbed: yardstick.elapsed(start, end) });
        }
      }
      measured.push(...faults.map((fault) => summary(database, fault)));
      await endInstallations();
    }
  } finally {
    await yardstick.end();
    await endInstallations();
  }
  return measured;
}

interface Figures {
  readonly slowest: number;
  readonly recovery?: number;
}

interface Named {
  readonly name: string;
  /** A fault that takes long is measured in one round alone. */
  readonly once?: boolean;
  run(): Promise<Figures>;
}

interface Measured extends Named {
  readonly runs: (Figures & { readonly took: number; readonly undisturbed: number })[];
}

function summary(database: string, { name, runs }: Measured): Fault {
  const sum = (of: "took" | "undisturbed") => runs.reduce((total, run) => total + run[of], 0);
  const recoveries = runs.flatMap(({ recovery }) => recovery ?? []);
  return {
    database,
    fault: name,
    rounds: runs.length,
    slowest_ms: Math.round(Math.max(...runs.map(({ slowest }) => slowest))),
    ...(recoveries.length > 0 && { recovery_ms: Math.round(Math.max(...recoveries)) }),
    slowdown: Number((sum("took") / sum("undisturbed")).toFixed(2)),
  };
}

function faultsOf(system: Installation, people: readonly Person[]): Named[] {
  /** Runs `cause` while people write. Gives the slowest failure, and the recovery after `cause`. */
  async function underLoad(cause: (failed: () => Promise<void>) => Promise<unknown>) {
    const load = startLoad(people);
    try {
      await load.acknowledged(10);
      await cause(() => load.failed(performance.now()));
      const back = performance.now();
      await load.acknowledged(5, back);
      await load.stop();
      await expectKept(people);
      const slowest = load.slowest((start, end) => end - start);
      return { slowest, recovery: load.recovered(back) - back };
    } finally {
      load.abandon();
    }
  }
  const kill = (part: "database" | "app" | "both") =>
    underLoad(async (failed) => {
      const gone = failed();
      signal(
        freeze(() => system.victims(part)),
        "SIGKILL",
      );
      await gone;
      await system.revive(part);
    });
  const stand = () =>
    underLoad(async () => {
      const frozen = freeze(() => system.processes("database"));
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      signal(frozen, "SIGCONT");
    });
  const terminate = async () => {
    let took = 0;
    const { recovery } = await underLoad(async () => {
      const start = performance.now();
      await system.terminate();
      took = performance.now() - start;
      await system.revive("app");
    });
    return { slowest: took, recovery };
  };
  return [
    { name: "kill -9 of the database", run: () => kill("database") },
    { name: "kill -9 of the app", run: () => kill("app") },
    { name: "kill -9 of both", run: () => kill("both") },
    { name: "the database stands still for 30 s", once: true, run: stand },
    { name: "SIGTERM, until the app has ended", run: terminate },
    { name: "a row that others hold", run: () => held(system) },
  ];
}

/** How long each change of a task waits that another transaction holds. */
async function held(system: Installation): Promise<Figures> {
  const { client } = await signUp(system.origin);
  const { body } = await client.createTask({ body: { title: "Held" } });
  const params = { id: body.id };
  const holder = connect(system.url());
  try {
    return await holder.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT FROM tasks WHERE id = ${body.id}::uuid FOR UPDATE`;
      let slowest = 0;
      for (const change of [client.completeTask, client.deleteTask]) {
        const start = performance.now();
        const outcome = await change({ params }).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) throw new Error("A held task was changed.");
        slowest = Math.max(slowest, performance.now() - start);
      }
      return { slowest };
    }, heldOpen);
  } finally {
    await holder.$disconnect();
  }
}
