import { connect, type Database } from "@tend/db";
import { migrate } from "@tend/db/migrate";
import { makeCluster, type Tls } from "./cluster.ts";
import {
  childrenOf,
  embeddedUrl,
  freePort,
  isFree,
  makeFolder,
  postmasterOf,
  signal,
  until,
  workersOf,
} from "./start.ts";

export type Part = "database" | "app" | "both";

/** The app by `launch start` and its database, as processes that can be killed and restarted. */
export interface Installation {
  readonly origin: string;
  /** The processes that are this part. */
  processes(part: Part): number[];
  /** The processes of a part that are killed: the others have to notice. */
  victims(part: Part): number[];
  /** Starts again what was killed and does not come back by itself. */
  revive(killed: Part): Promise<void>;
  /** Tells the app to end; gives its exit code. */
  terminate(): Promise<number | null>;
  /** The database, as the app reaches it. */
  url(): string;
  /** The database's superuser, where the app does not run the database. */
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
  const start = () => folder.start({ PORT: String(port), WEB_CONCURRENCY: "2", ...env });
  const answers = () => until("the app answers", async () => !(await isFree(port)));
  let launcher = start();
  await answers();
  /** Restarts the launcher, once it is gone; where it was killed, its workers end by themselves. */
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
    workers: () => workersOf(launcherId()),
    data: folder.data,
    restart,
    terminate() {
      launcher.child.kill("SIGTERM");
      return launcher.ended;
    },
  };
}

/** An installation on a data folder, whose database the launcher starts, and restarts. */
export async function onEmbedded(): Promise<Installation> {
  const { launcher, workers, restart, data, ...app } = await makeApp();
  const postmaster = () => postmasterOf(launcher()) ?? 0;
  return {
    ...app,
    processes: (part) => [
      ...(part === "app" ? [] : [postmaster(), ...childrenOf(postmaster())]),
      ...(part === "database" ? [] : [launcher(), ...workers()]),
    ],
    victims: (part) => [
      ...(part === "app" ? [] : [postmaster()]),
      ...(part === "database" ? [] : [launcher()]),
    ],
    async revive(killed) {
      if (killed !== "database") await restart();
    },
    url: () => embeddedUrl(data),
  };
}

/** A server with the empty database `tend`, and the role `tend` that owns it. */
export async function makeServer(tls?: Tls) {
  const cluster = await makeCluster(tls);
  ends.push(cluster.end);
  await cluster.start();
  await cluster.admin.$executeRaw`CREATE ROLE tend LOGIN`;
  await cluster.admin.$executeRaw`CREATE DATABASE tend OWNER tend`;
  return { cluster, admin: cluster.admin, url: cluster.url("tend", "tend") };
}

/** An installation on a server of its own. */
export async function onServer(): Promise<Installation> {
  const { cluster, admin, url } = await makeServer();
  await migrate(url);
  const { launcher, workers, restart, data: _, ...app } = await makeApp({ DATABASE_URL: url });
  const processes = (part: Part) => [
    ...(part === "app" ? [] : cluster.processes()),
    ...(part === "database" ? [] : [launcher(), ...workers()]),
  ];
  return {
    ...app,
    processes,
    victims: processes,
    async revive(killed) {
      if (killed !== "app") await cluster.start();
      if (killed !== "database") await restart();
    },
    url: () => url,
    admin,
  };
}

/** The database, once it accepts a connection: on a busy machine that may take several tries. */
export async function comeIn(system: Installation): Promise<Database> {
  const client = connect(system.url());
  await until("the database lets us in", () =>
    client.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    ),
  );
  return client;
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
