import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { QueryResultRow } from "pg";
import { PgClient } from "../client/pg-client.ts";
import { setEverySession, withoutLimits } from "../client/session-settings.ts";

const folder = new URL("../../prisma/migrations/", import.meta.url);

/** Prisma's own lock, so that its CLI and this runner exclude one another. */
const lock = 72707369;

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** Lower-case hex SHA-256 of the file, as Prisma keeps it. */
  readonly checksum: string;
}

/** The migrations of this version of the code, oldest first. */
export async function migrations(): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const file = await readFile(new URL(`${name}/migration.sql`, folder));
      const checksum = createHash("sha256").update(file).digest("hex");
      return { name, sql: file.toString("utf8"), checksum };
    }),
  );
}

/** An open connection: the client of `pg`, or anything that answers as it does. */
export interface Session {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

interface Recorded {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Applies what is missing, all or nothing, and records it as Prisma does, so that Prisma's own CLI
 * can take over at any time. Safe to run from many places at once.
 *
 * @returns the names of the migrations that this call applied.
 * @throws where the database holds another history than the files: it says which and what to do.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const client = new PgClient({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await migrateSession(client);
  } finally {
    // Leaves an open transaction to the server, which rolls it back.
    await client.end();
  }
}

/** As `migrate`, over a connection that is open; where it throws, its transaction stays open. */
export async function migrateSession(
  session: Session,
  given?: readonly Migration[],
): Promise<readonly string[]> {
  const all = given ?? (await migrations());
  await session.query("BEGIN");
  await session.query(withoutLimits);
  await session.query("SELECT pg_advisory_xact_lock($1)", [lock]);
  const recorded = await history(session);
  refuseAnotherHistory(recorded, all);
  const known = new Set(recorded.map((row) => row.migration_name));
  const missing = all.filter(({ name }) => !known.has(name));
  for (const migration of missing) await apply(session, migration);
  await session.query(setEverySession);
  await session.query("COMMIT");
  return missing.map(({ name }) => name);
}

async function history(session: Session): Promise<readonly Recorded[]> {
  await session.query(`
    CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" VARCHAR(36) PRIMARY KEY NOT NULL,
      "checksum" VARCHAR(64) NOT NULL,
      "finished_at" TIMESTAMPTZ,
      "migration_name" VARCHAR(255) NOT NULL,
      "logs" TEXT,
      "rolled_back_at" TIMESTAMPTZ,
      "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
      "applied_steps_count" INTEGER NOT NULL DEFAULT 0
    )`);
  const { rows } = await session.query<Recorded>(`
    SELECT "migration_name", "checksum", "finished_at" IS NOT NULL AS "finished"
    FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "started_at"`);
  return rows;
}

function refuseAnotherHistory(recorded: readonly Recorded[], all: readonly Migration[]): void {
  const files = new Map(all.map(({ name, checksum }) => [name, checksum]));
  for (const { migration_name: name, checksum, finished } of recorded) {
    if (!finished) {
      throw new Error(
        `The migration ${name} began in this database and did not finish. Repair it, then run \`prisma migrate resolve\` (see https://pris.ly/d/migrate-resolve).`,
      );
    }
    const file = files.get(name);
    if (file === undefined) {
      throw new Error(
        `The database has the migration ${name}, which this version of Tend does not know. Deploy a version that has it.`,
      );
    }
    if (file !== checksum) {
      throw new Error(
        `The migration ${name} was changed after it was applied to this database. Restore its file and put the change into a new migration.`,
      );
    }
  }
}

async function apply(session: Session, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await session.query(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at")
     VALUES ($1, $2, $3, clock_timestamp())`,
    [id, checksum, name],
  );
  try {
    await session.query(sql);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The migration ${name} failed, and nothing was changed: ${reason}`, { cause });
  }
  await session.query(
    `UPDATE "_prisma_migrations" SET "finished_at" = clock_timestamp(), "applied_steps_count" = 1
     WHERE "id" = $1`,
    [id],
  );
}
