import { Prisma } from "@tend/db";
import { ProblemError } from "#server/http/problem.ts";
import { accountDatabase } from "./account-database.ts";

const { sql } = Prisma;

/** A row of `sessions` as Better Auth has it written. */
type SessionRow = Prisma.sessionUncheckedCreateInput;

/**
 * inserts a session, unless the password was changed, or the account deleted, since its hash
 * was read: comparing takes longer than a change. Its locks make one of the two wait; the user's
 * comes first, as in a deletion of the account.
 *
 * @throws ProblemError invalid_email_or_password
 */
export async function insertSession(session: SessionRow, verified: string): Promise<SessionRow> {
  const { id = crypto.randomUUID(), userId, token, expiresAt, ipAddress, userAgent } = session;
  const { createdAt, updatedAt } = session;
  const made = await accountDatabase().$executeRaw(sql`
    WITH account AS (
      SELECT accounts.user_id FROM users JOIN accounts ON accounts.user_id = users.id
      WHERE users.id = ${userId} AND provider_id = 'credential' AND password = ${verified}
      FOR KEY SHARE OF users FOR SHARE OF accounts)
    INSERT INTO sessions (id, user_id, token, expires_at, ip_address, user_agent, created_at, updated_at)
    SELECT ${id}, user_id, ${token}, ${expiresAt}::timestamptz, ${ipAddress}, ${userAgent},
      ${createdAt}::timestamptz, ${updatedAt}::timestamptz FROM account`);
  if (made === 0) throw new ProblemError("invalid_email_or_password");
  return { ...session, id };
}
