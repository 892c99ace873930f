import { PrismaPg } from "@prisma/adapter-pg";
import { DatabaseError, type QueryResultRow } from "pg";
import { PgClient } from "./client/pg-client.ts";
import { setSession } from "./client/session-settings.ts";
import { ValidatingPool } from "./client/validating-pool.ts";
import { closeBeforeFreezing } from "./client/vercel-idle.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export { Prisma };
export type Database = ReturnType<typeof connect>;

/** Connections of one process. */
export const poolSize = 10;

/**
 * The client of one PostgreSQL: Neon's pooled address, any server from version 14 on, or the
 * embedded one. Nothing is opened before the first query.
 */
export function connect(url: string) {
  const pool = new ValidatingPool({
    Client: PgClient,
    connectionString: url,
    // Without a bound, `pg` waits for ever for a server that does not answer.
    connectionTimeoutMillis: 2_500,
    query_timeout: 2_500,
    max: poolSize,
    idleTimeoutMillis: 5_000,
    // Set here, since a pooler refuses startup options.
    onConnect: async (client) => {
      await client.query(setSession);
    },
  });
  if (process.env.VERCEL) closeBeforeFreezing(pool);
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    // A batch of long texts writes them in portions, each within the time of one statement.
    transactionOptions: { maxWait: 2_500, timeout: 8_000 },
  });
  const nameOf = statementNames(url);
  return client.$extends({
    client: {
      /**
       * One statement by itself, straight to the driver: Prisma's own way to it takes four times as
       * long. A connection plans it once, so its plan must not depend on the values.
       */
      async query<Row extends QueryResultRow>({ text, values }: Prisma.Sql): Promise<Row[]> {
        const { rows } = await pool.query<Row>({ name: nameOf(text), text, values });
        return rows;
      },
    },
  });
}

/**
 * Names of prepared statements; none with `?pgbouncer=true`, which says, as it does to Prisma, that
 * a pooler older than PgBouncer 1.21 stands between, which knows no such names.
 */
function statementNames(url: string): (text: string) => string | undefined {
  if (new URL(url).searchParams.get("pgbouncer") === "true") return () => undefined;
  const names = new Map<string, string>();
  return (text) => {
    const name = names.get(text) ?? `tend_${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}

/** The newest folder of prisma/migrations, kept here since a deployed function has no folders. */
export const newestMigration = "20261201000000_tombstones_have_an_end";

/** Whether the newest migration of this code has been applied. */
export async function isCurrent(database: Database): Promise<boolean> {
  try {
    const found = await database.$queryRaw<unknown[]>`
      SELECT 1 FROM "_prisma_migrations"
      WHERE migration_name = ${newestMigration} AND finished_at IS NOT NULL`;
    return found.length > 0;
  } catch (error) {
    // A database that was never migrated has not even the history.
    if (driverCause(error).originalCode === "42P01") return false;
    throw error;
  }
}

/** What Prisma's adapter calls an error that comes without a state of PostgreSQL's. */
const unreachableKinds = new Set([
  "ConnectionClosed",
  "DatabaseNotReachable",
  "SocketTimeout",
  "TlsConnectionError",
]);

/**
 * SQLSTATE: connection exceptions, no entry, no such database or table, no resources, shutdown and
 * recovery, timeouts of ours.
 */
const unreachableState = /^(08...|28...|3D000|42P01|53...|57P0.|57014|55P03)$/;

/** What `pg` throws as a plain Error: only its message tells. */
const unreachableMessage =
  /^(Connection terminated|timeout exceeded when|Query read timeout|Client has encountered|The server does not support SSL|SASL:)/;

/** A transaction that got no connection in time; and what Node says where no address answers. */
const unreachableCode =
  /^(P2028|E(CONN\w+|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE|AI_AGAIN)|ENOTFOUND)$/;

/** Whether the error says that the database cannot be reached, or not now: E-2's 503. */
export function isUnreachable(error: unknown): boolean {
  const { kind = "", originalCode = "" } = driverCause(error);
  return (
    unreachableKinds.has(kind) ||
    unreachableState.test(originalCode) ||
    (error instanceof Error &&
      (unreachableMessage.test(error.message) ||
        ("code" in error && unreachableCode.test(String(error.code)))))
  );
}

/** Whether the database answers, but a statement or a lock took longer than it may. */
export const isBusy = (error: unknown): boolean =>
  /^(57014|55P03)$/.test(driverCause(error).originalCode ?? "") ||
  (error instanceof Prisma.PrismaClientKnownRequestError &&
    error.code === "P2028" &&
    /expired|already closed/i.test(error.message));

/** Whether a row was refused since what it refers to is not there. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  driverCause(error).originalCode === "23503";

/** Whether a row was refused since another one has the same key. */
export const isUniqueViolation = (error: unknown): boolean =>
  driverCause(error).originalCode === "23505";

/** Whether the one row that was to be changed is not there, or not as it was to be. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2025";

/** An error as the log has it. */
export interface Cause {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
}

/** SQLSTATE of no entry and of no such database: PostgreSQL then names role, database and host. */
const namingState = /^(28|3D)/;

/**
 * Why the database cannot be reached: an error and its causes. A message only where its words are
 * fixed: those of Node and Prisma name the server's address or quote the query.
 */
export function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return [];
  const { kind, originalCode = "", originalMessage } = driverCause(error);
  const code = originalCode || ("code" in error ? String(error.code) : "");
  const message = originalMessage ?? error.message;
  const fixed = unreachableState.test(originalCode)
    ? !namingState.test(originalCode)
    : unreachableMessage.test(message);
  return [
    { name: kind ?? error.name, ...(code && { code }), ...(fixed && { message }) },
    ...causesOf(error.cause),
  ];
}

interface DriverCause {
  readonly kind?: string;
  readonly originalCode?: string;
  readonly originalMessage?: string;
}

/** What the driver, or Prisma's adapter over it, says of an error; for any other error, nothing. */
function driverCause(error: unknown): DriverCause {
  if (error instanceof DatabaseError) return error.code ? { originalCode: error.code } : {};
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return {};
  const meta = error.meta as { driverAdapterError?: { cause?: object } } | undefined;
  return meta?.driverAdapterError?.cause ?? {};
}
