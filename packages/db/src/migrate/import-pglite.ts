import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PgClient } from "../client/pg-client.ts";
import { withoutLimits } from "../client/session-settings.ts";
import type { OpenDatabase } from "../local.ts";
import { copyTables } from "./copy-tables.ts";
import { findHolder, isPgliteFolder, openCopy } from "./pglite-folder.ts";
import { migrate, migrateSession, type Session } from "./runner.ts";

/** Where Tend kept its data while its embedded database was PGlite, unless TEND_DATA was set. */
export const folderBefore = fileURLToPath(new URL("../../../../.data/postgres", import.meta.url));

export interface Imported {
  readonly users: number;
  readonly tasks: number;
  /** The database that they are in now, in words. */
  readonly place: string;
}

/**
 * Takes all data of a PGlite folder along into a database without users, all or nothing. The folder
 * stays as it is, byte for byte. `openTarget` is called when its data has been read.
 *
 * @throws where the folder is no such one, is in use or is not Tend's, or the target has users: it
 * says which and what to do.
 */
export async function importPglite(
  folder: string,
  openTarget: () => Promise<OpenDatabase>,
  signal?: AbortSignal,
): Promise<Imported> {
  refuseOtherFolder(folder);
  refuseInUse(folder);
  const source = await openCopy(folder);
  try {
    // An earlier Tend that was started during the copy may have corrupted it.
    refuseInUse(folder);
    await refuseOtherData(source.session, folder);
    await migrateSession(source.session);
    const target = await openTarget();
    try {
      return await fill(target, source.session, signal);
    } finally {
      await target.stop();
    }
  } finally {
    await source.close();
  }
}

function refuseOtherFolder(folder: string): void {
  if (isPgliteFolder(folder)) return;
  const fault = existsSync(folder)
    ? `${folder} is not the data folder of a PGlite`
    : `There is no folder ${folder}`;
  throw new Error(
    `${fault}. Name the folder in which Tend kept its data before: pnpm db:import-pglite FOLDER`,
  );
}

function refuseInUse(folder: string): void {
  const holder = findHolder(folder);
  if (!holder) return;
  throw new Error(
    `${folder} is in use by process ${holder.pid}. Stop that Tend first; ` +
      `if the process has nothing to do with this folder, delete ${holder.claim}.`,
  );
}

async function refuseOtherData(source: Session, folder: string): Promise<void> {
  if (await hasTables(source)) return;
  throw new Error(
    `${folder} holds a PostgreSQL database, but not the tables of Tend: there is nothing to take along.`,
  );
}

async function hasTables(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ has: boolean }>(
    "SELECT to_regclass('public.users') IS NOT NULL AND to_regclass('public._prisma_migrations') IS NOT NULL AS has",
  );
  return rows[0]?.has === true;
}

async function fill(
  { direct }: OpenDatabase,
  source: Session,
  signal?: AbortSignal,
): Promise<Imported> {
  const target = new PgClient({ connectionString: direct, connectionTimeoutMillis: 10_000 });
  await target.connect();
  try {
    if (await hasTables(target)) await refuseUsers(target);
    await migrate(direct);
    await target.query(`BEGIN; ${withoutLimits}`);
    // From here on nobody else can sign up, nor import.
    await target.query("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE");
    await refuseUsers(target);
    await source.query("BEGIN");
    const counts = await copyUnlessStopped(source, target, signal);
    await target.query("COMMIT");
    const count = (table: string) => counts.get(table) ?? 0;
    return { users: count("users"), tasks: count("tasks"), place: placeOf(target) };
  } finally {
    // Leaves an open transaction to the server, which rolls it back.
    await target.end();
  }
}

/** Ends the connection when `signal` aborts, since it may be waiting for somebody else's lock. */
async function copyUnlessStopped(source: Session, target: PgClient, signal?: AbortSignal) {
  const end = () => void target.end();
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    return await copyTables(source, target);
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

const placeOf = ({ database, host }: PgClient) => `the database ${database} on ${host}`;

async function refuseUsers(target: PgClient): Promise<void> {
  const { rows } = await target.query<{ users: number; tasks: number }>(
    "SELECT (SELECT count(*) FROM users)::integer AS users, (SELECT count(*) FROM tasks)::integer AS tasks",
  );
  const { users, tasks } = rows[0] ?? {};
  if (users === 0) return;
  throw new Error(
    `Data is taken along into an empty database only, and ${placeOf(target)} has data: ` +
      `${users} users, ${tasks} tasks. Nothing was changed. ` +
      "Name another one by TEND_DATA or DATABASE_URL, or empty this one by pnpm db:reset.",
  );
}
