import { limits, type Session } from "@tend/contracts";
import { ProblemError } from "#server/http/problem.ts";
import { database } from "../database.ts";
import { accountDatabase } from "./account-database.ts";
import type { UserId } from "./user-id.ts";

interface Row extends Omit<Session, "created_at" | "updated_at" | "expires_at"> {
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date;
}

/** where this user is signed in, the current session first. Their tokens are never read. */
export async function listSessions(userId: UserId, current: string): Promise<Session[]> {
  const rows = await accountDatabase().$queryRaw<Row[]>`
    SELECT id, created_at, updated_at, expires_at, nullif(user_agent, '') AS user_agent,
      nullif(ip_address, '') AS ip_address, id = ${current} AS current
    FROM sessions WHERE user_id = ${userId} AND expires_at > now()
    ORDER BY id = ${current} DESC, updated_at DESC, id LIMIT ${limits.sessions}`;
  return rows.map((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  }));
}

/**
 * Ends one session of this user.
 *
 * @throws ProblemError session_not_found, alike where it is of somebody else.
 */
export async function revokeSession(userId: UserId, id: string): Promise<void> {
  const { count } = await accountDatabase().session.deleteMany({ where: { userId, id } });
  if (count === 0) throw new ProblemError("session_not_found");
}

export async function revokeOtherSessions(userId: UserId, current: string): Promise<void> {
  await accountDatabase().session.deleteMany({ where: { userId, id: { not: current } } });
}

/** Sessions that are deleted at a time, so that no request carries all of them. */
const portion = 500;

/** Takes out sessions that have ended. @returns whether there may be more. */
export async function deleteEndedSessions(): Promise<boolean> {
  const swept = await database().$executeRaw`
    DELETE FROM sessions WHERE id = ANY(ARRAY(
      SELECT id FROM sessions WHERE expires_at <= now() LIMIT ${portion}::int FOR UPDATE SKIP LOCKED))`;
  return swept === portion;
}
