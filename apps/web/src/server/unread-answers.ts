import { ProblemError } from "./problem.ts";
import type { UserId } from "./user-id.ts";

/** Bytes that one user may have asked this process for and not yet read: several of the longest lists. */
const mostUnread = 64 * 1024 * 1024;

const unread = new Map<UserId, number>();

/**
 * C-10: whoever asks and does not read has the memory of one who does, and no more.
 *
 * @throws ProblemError too_many_requests
 */
export function assertAnswersRead(userId: UserId): void {
  if ((unread.get(userId) ?? 0) < mostUnread) return;
  throw new ProblemError("too_many_requests", {
    detail:
      "Nothing was done: too much of what you asked for before is still to be read. Read those answers or close their connections, then send the request again.",
    headers: { "Retry-After": "5" },
  });
}

/** Counts an answer until it is read; then call what this gives. */
export function countUnread(userId: UserId, bytes: number): () => void {
  unread.set(userId, (unread.get(userId) ?? 0) + bytes);
  return () => {
    const rest = (unread.get(userId) ?? 0) - bytes;
    if (rest > 0) unread.set(userId, rest);
    else unread.delete(userId);
  };
}
