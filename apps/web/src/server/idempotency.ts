import { createHash } from "node:crypto";
import { limits } from "@tend/contracts";
import { Prisma } from "@tend/db";
import { type Connection, database } from "./database.ts";
import { ProblemError } from "./problem.ts";
import { knownUser } from "./tasks.ts";
import type { UserId } from "./user-id.ts";

const { sql } = Prisma;

export const keyLifetime = sql`make_interval(hours => ${limits.idempotencyHours}::int)`;

interface Recorded<T> {
  readonly fingerprint: Uint8Array;
  readonly answer: T;
}

/**
 * T-12: runs it, or gives the answer of the first time that this user sent this very request with
 * this key. The key is claimed, the work done and the answer recorded in one transaction: of
 * requests at the same time the later wait for the first, and one that is refused leaves no key.
 *
 * @param request all that makes the request what it is, parsed.
 * @throws ProblemError idempotency_key_reused.
 */
export async function oncePerKey<T extends object>(
  userId: UserId,
  key: string | undefined,
  request: unknown,
  run: (transaction?: Connection) => Promise<T>,
): Promise<T> {
  if (key === undefined) return run();
  const fingerprint = createHash("sha256").update(JSON.stringify(request)).digest();
  return database().$transaction(async (connection) => {
    const claimed = await knownUser(userId, () =>
      connection.$queryRaw<unknown[]>(sql`
        INSERT INTO idempotency_keys (owner_user_id, key, fingerprint)
        VALUES (${userId}, ${key}, ${fingerprint})
        ON CONFLICT (owner_user_id, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, answer = NULL, created_at = now()
          WHERE idempotency_keys.created_at < now() - ${keyLifetime}
        RETURNING key`),
    );
    if (claimed.length === 0) return replay<T>(connection, userId, key, fingerprint);
    const answer = await run(connection);
    await connection.$executeRaw(sql`
      WITH counter AS (
        INSERT INTO task_counters (owner_user_id, sweep_at) VALUES (${userId}, now() + ${keyLifetime})
        ON CONFLICT (owner_user_id) DO UPDATE
          SET sweep_at = least(task_counters.sweep_at, excluded.sweep_at))
      UPDATE idempotency_keys SET answer = ${JSON.stringify(answer)}::jsonb
      WHERE owner_user_id = ${userId} AND key = ${key}`);
    return answer;
  });
}

async function replay<T>(
  connection: Connection,
  userId: UserId,
  key: string,
  fingerprint: Uint8Array,
): Promise<T> {
  const [first] = await connection.$queryRaw<Recorded<T>[]>(sql`
    SELECT fingerprint, answer FROM idempotency_keys
    WHERE owner_user_id = ${userId} AND key = ${key}`);
  if (!first || Buffer.compare(first.fingerprint, fingerprint) !== 0) {
    throw new ProblemError("idempotency_key_reused");
  }
  return first.answer;
}
