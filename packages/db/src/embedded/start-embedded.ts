import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { changedCollations, rebuild } from "./collations.ts";
import { explain, type Ground } from "./command.ts";
import { hasDatabase, makeFolder, placesIn, reasonOf, shutFolder } from "./data-folder.ts";
import {
  type FolderLock,
  holderOf,
  isHolderAlive,
  isInherited,
  sign,
  tryLock,
} from "./folder-lock.ts";
import { keepRunning } from "./keep-running.ts";
import { type Claim, claim } from "./launcher-claim.ts";
import { bySuperuser, ensurePassword, makeDatabase, readPassword, role } from "./make-database.ts";
import { findPrograms, linkLibraries } from "./programs.ts";
import { giveToOwnerOf, runAs } from "./run-as.ts";
import { findServer, type Server, startServer } from "./server.ts";

export interface Embedded {
  /** For pg and for Prisma's adapter-pg. It stays the same when the server is started again. */
  readonly url: string;
  /** Where the server cannot be kept running: why, with its last words. */
  readonly lost: Promise<string>;
  /** Ends the server; again does no harm. */
  stop(): Promise<void>;
}

interface Options {
  /** TEND_DATA: made if missing. One start at a time has it. */
  readonly folder: string;
  /** How many clients may be connected, besides a few for maintenance. */
  readonly connections: number;
  /** TEND_POSTGRES: a folder of other programs than those of the npm package. */
  readonly programs?: string | undefined;
  /** Receives a line when the server has ended and is started again. */
  readonly say?: (line: string) => void;
  /** Nothing waits for the disk, and the role may make databases. */
  readonly forTests?: boolean;
  /** Goes ahead beside a database of an earlier version in the folder, to be read from there. */
  readonly besideFormer?: boolean;
}

const maintenanceConnections = 20;
/** Milliseconds in which the last server on the folder may end. */
const lockTimeoutMs = 10_000;
/** Milliseconds in which the server notices that the launcher with the claim was killed. */
const claimTimeoutMs = 3_000;
const retryDelayMs = 100;
const careless = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

/**
 * Starts a PostgreSQL server for this process alone, on 127.0.0.1, with a password and no
 * superuser; a COMMIT is on the disk. A server that ends is restarted on its port. On Linux it ends
 * with the calling thread, which must be the main one; elsewhere the next start takes it over.
 *
 * @throws an Error that says what to do, where the folder is in use, holds something else or cannot
 * be used, and where there are no programs for this system.
 */
export async function startEmbedded(options: Options): Promise<Embedded> {
  const programs = findPrograms(options.programs);
  const places = placesIn(resolve(options.folder), programs.major);
  const made = makeFolder(places.folder);
  if (made !== undefined) giveToOwnerOf(dirname(made), made);
  hasDatabase(places, programs.major, options.besideFormer ?? false);
  shutFolder(places.folder);
  const connections = options.connections + maintenanceConnections;
  const settings = [`max_connections=${connections}`, ...(options.forTests ? careless : [])];
  const site: Site = { places, programs, settings, connections, forTests: !!options.forTests };
  try {
    const running = await bringUp(site);
    return keepRunning(running, {
      say: options.say ?? (() => {}),
      startAgain: async () =>
        holding(await lockFor(site), (lock) => serve(groundOn(site, lock), running.server.port)),
    });
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    const reason = explain(cause.message);
    throw new Error(`The database in ${places.folder} cannot be started. ${reason}`, { cause });
  }
}

interface Site extends Pick<Ground, "places" | "programs" | "settings"> {
  readonly connections: number;
  readonly forTests: boolean;
}

/** A server, and this process's claim to it. */
export interface Running {
  readonly url: string;
  readonly server: Server;
  readonly claim: Claim;
  /** Undefined where the server was taken over: it holds the lock by itself. */
  readonly lock: FolderLock | undefined;
}

/** Waits for the folder; a server in it that nobody looks after is taken over. */
async function bringUp(site: Site): Promise<Running> {
  const { places } = site;
  for (const start = Date.now(); ; await sleep(retryDelayMs)) {
    const lock = tryLock(places.lock);
    if (lock) return holding(lock, () => startOn(site, lock));
    const found = await takeOver(site, undefined);
    if (found) return found;
    if (Date.now() - start > lockTimeoutMs) throw new Error(inUse(site));
  }
}

/** The lock, once the last server's sessions, which outlive it by a moment, have released it. */
async function lockFor(site: Site): Promise<FolderLock> {
  for (const start = Date.now(); ; await sleep(retryDelayMs)) {
    const lock = tryLock(site.places.lock);
    if (lock) return lock;
    if (Date.now() - start > lockTimeoutMs) throw new Error(inUse(site));
  }
}

const inUse = ({ places }: Pick<Ground, "places">): string =>
  `The database in ${places.folder} is in use by ${holderOf(places.lock)}. Stop that one, or set TEND_DATA to another folder.`;

/**
 * The server that a killed start left in the folder; undefined where there is none or it refuses
 * us.
 *
 * @throws where another start looks after it.
 */
async function takeOver(site: Site, lock: FolderLock | undefined): Promise<Running | undefined> {
  const { places, connections } = site;
  const server = findServer({ ...site, lock, runAs: { before: [] } });
  if (!server || !existsSync(places.password)) return undefined;
  const url = urlOf(places.password, server.port);
  const claimed = await claimLeft(site, url, lock);
  if (!claimed) return undefined;
  const { rows } = await claimed.client.query<{ most: number }>(
    "SELECT current_setting('max_connections')::int AS most",
  );
  if ((rows[0]?.most ?? 0) >= connections) {
    if (!lock) sign(places.lock);
    return { url, server, claim: claimed, lock };
  }
  await claimed.release();
  await server.stop();
  return undefined;
}

/**
 * The claim to a server that was left; nothing, where it does not let us in.
 *
 * @throws where a launcher has it that lives, or that cannot be seen from here and does not end.
 */
async function claimLeft(
  site: Site,
  url: string,
  lock: FolderLock | undefined,
): Promise<Claim | undefined> {
  for (const start = Date.now(); ; await sleep(retryDelayMs)) {
    const claimed = await claim(url).catch(() => undefined);
    if (claimed !== "taken") return claimed;
    // With the lock, this process is the recorded holder.
    const lives = !lock && isHolderAlive(site.places.lock);
    if (lives || Date.now() - start > claimTimeoutMs) throw new Error(inUse(site));
  }
}

function groundOn(site: Site, lock: FolderLock): Ground {
  const { places, programs } = site;
  const ground = { ...site, lock, runAs: runAs(places.folder) };
  linkLibraries(programs, places.libraries);
  for (const made of [places.lock, places.libraries].filter(existsSync)) {
    giveToOwnerOf(places.folder, made);
  }
  return ground;
}

/** A new server; on a new database, where there is none. */
async function startOn(site: Site, lock: FolderLock): Promise<Running> {
  const { places } = site;
  if (!isInherited) {
    const left = await takeOver(site, lock);
    if (left) return left;
  }
  const ground = groundOn(site, lock);
  if (existsSync(join(places.data, "PG_VERSION"))) ensurePassword(ground);
  else makeDatabase(ground, site);
  const running = await serve(ground, 0);
  const changed = await changedCollations(running.claim.client);
  if (changed.length === 0) return running;

  await running.claim.release();
  await running.server.stop();
  const unknown = changed.filter(({ known }) => !known).map(({ name }) => name);
  if (unknown.length > 0) {
    throw new Error(
      `The database in ${places.folder} is sorted by rules that these programs do not have (${unknown.join(", ")}); it was left as it is. Set TEND_POSTGRES to programs that have ICU, or unset it.`,
    );
  }
  bySuperuser(ground, places.data, role, rebuild(role, changed));
  return serve(ground, 0);
}

/** Releases the lock where `use` fails. */
async function holding(
  lock: FolderLock,
  use: (lock: FolderLock) => Promise<Running>,
): Promise<Running> {
  try {
    return await use(lock);
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

async function serve(ground: Ground, port: number): Promise<Running> {
  const { places, lock } = ground;
  const fail = (reason: string, cause: unknown): never => {
    throw new Error(`The database in ${places.data} cannot be started. ${reason}`, { cause });
  };
  const server = await startServer(ground, port).catch((cause: unknown) =>
    fail(reasonOf(cause), cause),
  );
  try {
    const url = urlOf(places.password, server.port);
    const claimed = await claim(url).catch(async (cause: unknown) => {
      await server.stop();
      // The server may have ended by itself: it knows why, the session only that it was cut off.
      return fail(`${reasonOf(cause)}. ${explain(await server.ended)}`, cause);
    });
    if (claimed === "taken") throw new Error(inUse(ground));
    return { url, server, claim: claimed, lock };
  } catch (cause) {
    await server.stop();
    throw cause;
  }
}

const urlOf = (password: string, port: number): string =>
  `postgresql://${role}:${readPassword(password)}@127.0.0.1:${port}/${role}`;
