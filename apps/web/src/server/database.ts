import { problems } from "@tend/contracts";
import { connect, type Database, isUnreachable, type Prisma } from "@tend/db";
import { env } from "./env.ts";
import { ProblemError } from "./http/problem.ts";

declare global {
  // The client is global because `next dev` loads this module anew at each change.
  var tendDatabase: Database | undefined;
}

/** Whether nothing can be read right now: the database is away, or there are too many before us. */
export const isUnavailable = (error: unknown): boolean =>
  isUnreachable(error) || (error instanceof ProblemError && problems[error.code].status === 503);

/** The client of this process, or one transaction of it. */
export type Connection = Pick<Prisma.TransactionClient, "$queryRaw" | "$executeRaw">;

/** The one client of this process, made at the first use. */
export function database(): Database {
  globalThis.tendDatabase ??= connect(env().DATABASE_URL);
  return globalThis.tendDatabase;
}
