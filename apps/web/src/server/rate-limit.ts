import { env } from "./env.ts";
import { ProblemError } from "./problem.ts";
import type { UserId } from "./user-id.ts";

/** Seconds. */
const window = 60;

let counts = new Map<string, number>();
let ends = 0;

/**
 * Counts one request of this user and says in `headers` what is left
 * (draft-ietf-httpapi-ratelimit-headers). Per instance and in memory: a count that all instances
 * share would cost each request a round trip (specs/decisions/0018-rate-limits.md).
 *
 * @throws ProblemError too_many_requests.
 */
export function countRequest(userId: UserId, headers: Record<string, string>): void {
  const now = Date.now() / 1000;
  if (now >= ends) {
    counts = new Map();
    ends = now + window;
  }
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
