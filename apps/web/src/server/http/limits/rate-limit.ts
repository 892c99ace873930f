import type { UserId } from "#server/auth/user-id.ts";
import { env } from "#server/env.ts";
import { ProblemError } from "../problem.ts";

/** Seconds. */
const window = 60;

/** The requests of each user in this minute, and when it ends. */
interface Counts {
  readonly of: Map<string, number>;
  readonly ends: number;
}

declare global {
  // The counts are global because pages are bundled apart from the API, in one process.
  var tendRequests: Counts | undefined;
}

/**
 * Counts one request of this user and says in `headers` what is left
 * (draft-ietf-httpapi-ratelimit-headers). Per instance and in memory: a count that all instances
 * share would cost each request a round trip (specs/decisions/0018-rate-limits.md).
 *
 * @throws ProblemError too_many_requests.
 */
export function countRequest(userId: UserId, headers: Record<string, string>): void {
  const now = Date.now() / 1000;
  if (!globalThis.tendRequests || now >= globalThis.tendRequests.ends) {
    globalThis.tendRequests = { of: new Map(), ends: now + window };
  }
  const { of: counts, ends } = globalThis.tendRequests;
  const limit = env().TASKS_RATE_LIMIT;
  const count = (counts.get(userId) ?? 0) + 1;
  counts.set(userId, count);
  const seconds = String(Math.ceil(ends - now));
  headers["RateLimit-Policy"] = `"tasks";q=${limit};w=${window}`;
  headers.RateLimit = `"tasks";r=${Math.max(0, limit - count)};t=${seconds}`;
  if (count > limit) {
    throw new ProblemError("too_many_requests", { headers: { "Retry-After": seconds } });
  }
}

/** Whether the error says that a user has sent too many requests. */
export const isOverLimit = (error: unknown): boolean =>
  error instanceof ProblemError && error.code === "too_many_requests";
