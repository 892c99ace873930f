import type { Database } from "@tend/db";
import { startEmbedded } from "@tend/db/embedded";
import { migrate } from "@tend/db/migrate";
import { makeCluster, type Tls } from "./cluster.ts";
import { childrenOf, freePort, isFree, makeFolder, signal, until } from "./start.ts";

export type Part = "database" | "app" | "both";

/** The app by `launch start` and its database, as processes that can be killed and started again. */
export interface Installation {
  readonly origin: string;
  /** The processes that are this part. */
  processes(part: Part): number[];
  /** Starts again what was killed. Ends when all of it takes connections. */
  revive(killed: Part): Promise<void>;
  /** Tells the app to end; gives its exit code. */
  terminate(): Promise<number | null>;
  /** A database that the test can reach too, and an app on it. */
  shared(): Promise<{ readonly origin: string; readonly url: string }>;
  /** Where the database is a server of its own, which the app outlives: its superuser. */
  readonly admin?: Database;
}

const ends: (() => Promise<void>)[] = [];

/** Ends everything that was made here, also what was not made to the end. */
export async function endInstallations(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
}

/** The app by `launch start`, with these variables. */
export async function makeApp(env: Record<string, string> = {}) {
  const folder = await makeFolder();
  ends.push(folder.end);
  const port = await freePort();
  const start = () => folder.start({ PORT: String(port), ...env });
  const answers = () => until("the app answers", async () => !(await isFree(port)));
  let launcher = start();
  await answers();
  /** Once the last one is gone; where the launcher was killed, its workers end by themselves. */
  const restart = async () => {
    await launcher.ended;
    await until("nobody has its port", () => isFree(port));
    launcher = start();
    await answers();
  };
  const launcherId = () => launcher.child.pid ?? 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    output: () => launcher.output(),
    launcher: launcherId,
    server: () => childrenOf(launcherId()),
    /** Once the launcher, if it lives, has replaced the workers that were killed. */
    replaced: () => (launcher.child.exitCode === null ? answers() : restart()),
    restart,
    terminate() {
      launcher.child.kill("SIGTERM");
      return launcher.ended;
    },
  };
}

/** On a data folder: the launcher is the database, and the server its child. */
export async function onEmbedded(): Promise<Installation> {
  const { launcher, server, restart, replaced, ...app } = await makeApp();
  return {
    ...app,
    processes: (part) => [
      ...(part === "app" ? [] : [launcher()]),
      ...(part === "database" ? [] : server()),
    ],
    revive: (killed) => (killed === "app" ? replaced() : restart()),
    async shared() {
      const { url, stop } = await startEmbedded({});
      ends.push(stop);
      await migrate(url);
      const { origin } = await makeApp({ DATABASE_URL: url });
      return { origin, url };
    },
  };
}

/** A server with the empty database `tend`, and the role `tend` that owns it. */
export async function makeServer(bin: string, tls?: Tls) {
  const cluster = await makeCluster(bin, tls);
  ends.push(cluster.end);
  await cluster.start();
  await cluster.admin.$executeRaw`CREATE ROLE tend LOGIN`;
  await cluster.admin.$executeRaw`CREATE DATABASE tend OWNER tend`;
  return { cluster, admin: cluster.admin, url: cluster.url("tend", "tend") };
}

/** On a server of its own; the binaries are in `bin`. */
export async function onServer(bin: string): Promise<Installation> {
  const { cluster, admin, url } = await makeServer(bin);
  await migrate(url);
  const { launcher, server, restart, replaced: _, ...app } = await makeApp({ DATABASE_URL: url });
  return {
    ...app,
    processes: (part) => [
      ...(part === "app" ? [] : cluster.processes()),
      ...(part === "database" ? [] : [launcher(), ...server()]),
    ],
    async revive(killed) {
      if (killed !== "app") await cluster.start();
      if (killed !== "database") await restart();
    },
    shared: async () => ({ origin: app.origin, url }),
    admin,
  };
}

/** Stops these processes where they are, and those that they start meanwhile. */
export function freeze(processes: () => number[]): number[] {
  const frozen = new Set<number>();
  for (let found = processes(); found.length > 0; ) {
    signal(found, "SIGSTOP");
    for (const pid of found) frozen.add(pid);
    found = processes().filter((pid) => !frozen.has(pid));
  }
  return [...frozen];
}
