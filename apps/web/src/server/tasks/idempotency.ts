import { createHash } from "node:crypto";
import { limits } from "@tend/contracts";
import { Prisma } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { type Connection, database } from "#server/database.ts";
import { ProblemError } from "#server/http/problem.ts";
import { asExistingUser } from "./refusals.ts";
import { keyPeriod } from "./retention.ts";

const { sql } = Prisma;

interface Recorded<T> {
  readonly fingerprint: Uint8Array;
  readonly answer: T;
}

/**
 * T-12: runs `run`, or gives the first answer to this very request of this user with this key. The
 * key is claimed, the work done and the answer recorded in one transaction: of concurrent requests
 * the later wait for the first, and one that is refused leaves no key.
 *
 * @param request the parsed parts by which two requests are the same.
 * @throws ProblemError idempotency_key_reused or idempotency_limit_reached.
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
    const claimed = await asExistingUser(userId, () =>
      connection.$queryRaw<unknown[]>(sql`
        INSERT INTO idempotency_keys (owner_user_id, key, fingerprint)
        VALUES (${userId}, ${key}, ${fingerprint})
        ON CONFLICT (owner_user_id, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, answer = NULL, created_at = now()
          WHERE idempotency_keys.created_at < now() - ${keyPeriod}
        RETURNING key`),
    );
    if (claimed.length === 0) return replay<T>(connection, userId, key, fingerprint);
    const answer = await run(connection);
    await storeAnswer(connection, userId, key, JSON.stringify(answer));
    return answer;
  });
}

async function storeAnswer(
  connection: Connection,
  userId: UserId,
  key: string,
  answer: string,
): Promise<void> {
  const bytes = Buffer.byteLength(answer);
  const [stored] = await connection.$queryRaw<{ bytes: bigint; seconds: number }[]>(sql`
    WITH counter AS (
      INSERT INTO task_counters (owner_user_id, sweep_at, answer_bytes)
      VALUES (${userId}, now() + ${keyPeriod}, ${bytes}::int)
      ON CONFLICT (owner_user_id) DO UPDATE SET
        sweep_at = least(task_counters.sweep_at, excluded.sweep_at),
        answer_bytes = task_counters.answer_bytes + excluded.answer_bytes
      RETURNING answer_bytes, sweep_at)
    UPDATE idempotency_keys SET answer = ${answer}::jsonb, answer_bytes = ${bytes}::int
    FROM counter WHERE owner_user_id = ${userId} AND key = ${key}
    RETURNING counter.answer_bytes AS bytes,
      greatest(60, ceil(extract(epoch FROM sweep_at - now())))::int AS seconds`);
  if (stored && stored.bytes > limits.keptAnswers) {
    throw new ProblemError("idempotency_limit_reached", {
      headers: { "Retry-After": String(stored.seconds) },
    });
  }
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
