import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { Prisma, PrismaClient } from "./generated/client.ts";

export { Prisma };
export type Database = PrismaClient;

/**
 * The client of one PostgreSQL: Neon's pooled address, any server from version 14 on, or the
 * embedded one. Nothing is opened before the first query.
 */
export function connect(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    // Without a bound, `pg` waits for ever for a server that does not answer.
    connectionTimeoutMillis: 2_500,
    query_timeout: 2_500,
    max: 10,
    // The adapter writes instants without a zone, so the session's zone must be UTC. The server
    // gives up before `query_timeout` does: a statement that we abandon is not to happen later.
    // Set here, since a pooler refuses startup options. A write waits for its user's counter and
    // for its row: both together end within the second, unless others of the user wait before it.
    onConnect: async (client) => {
      await client.query(
        "SET TIME ZONE 'UTC'; SET statement_timeout = '2000ms'; SET lock_timeout = '350ms'",
      );
    },
  });
  return new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    // Better Auth hashes a password inside its transaction: a burst of sign-ups has to queue.
    transactionOptions: { maxWait: 6_000, timeout: 8_000 },
  });
}

/** The newest folder of prisma/migrations, kept here since a deployed function has no folders. */
export const newestMigration = "20261121120000_versions_trash_changes_search";

/** Whether the newest migration of this code has been applied. */
export async function isCurrent(database: Database): Promise<boolean> {
  try {
    const found = await database.$queryRaw<unknown[]>`
      SELECT 1 FROM "_prisma_migrations"
      WHERE migration_name = ${newestMigration} AND finished_at IS NOT NULL`;
    return found.length > 0;
  } catch (error) {
    // A database that was never migrated has not even the history.
    if (driverCause(error).kind === "TableDoesNotExist") return false;
    throw error;
  }
}

const unreachableKinds = new Set([
  "AuthenticationFailed",
  "ConnectionClosed",
  "DatabaseAccessDenied",
  "DatabaseDoesNotExist",
  "DatabaseNotReachable",
  "SocketTimeout",
  "TableDoesNotExist",
  "TlsConnectionError",
  "TooManyConnections",
]);

/** SQLSTATE: connection exceptions, no resources, shutdown and recovery, timeouts of ours. */
const unreachableState = /^(08...|53...|57P0.|57014|55P03)$/;

/** What `pg` throws as a plain Error: only its message tells. */
const unreachableMessage =
  /^(Connection terminated|timeout exceeded when|Query read timeout|Client has encountered)/;

/** A transaction that got no connection in time; and what Node says where no address answers. */
const unreachableCode =
  /^(P2028|E(CONN\w+|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE|AI_AGAIN)|ENOTFOUND)$/;

/** Whether the error says that the database cannot be reached, or not now: E-2's 503. */
export function isUnreachable(error: unknown): boolean {
  const { kind = "", originalCode = "" } = driverCause(error);
  return (
    (error instanceof Prisma.PrismaClientKnownRequestError && unreachableCode.test(error.code)) ||
    unreachableKinds.has(kind) ||
    unreachableState.test(originalCode) ||
    (error instanceof Error && unreachableMessage.test(error.message))
  );
}

/** Whether a row was refused since what it refers to is not there. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  driverCause(error).kind === "ForeignKeyConstraintViolation";

/** Whether a row was refused since another one has the same key. */
export const isUniqueViolation = (error: unknown): boolean =>
  driverCause(error).kind === "UniqueConstraintViolation";

/** What the driver adapter says of an error; for an error that is none of its own, nothing. */
function driverCause(error: unknown): { kind?: string; originalCode?: string } {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return {};
  const meta = error.meta as { driverAdapterError?: { cause?: object } } | undefined;
  return meta?.driverAdapterError?.cause ?? {};
}
