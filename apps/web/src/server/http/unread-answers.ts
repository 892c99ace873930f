import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { UserId } from "#server/auth/user-id.ts";
import { ProblemError } from "./problem.ts";

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

/** Counts an answer of so many bytes until what this gives is called; called again, it does nothing. */
export function countUnread(userId: UserId, bytes: number): () => void {
  let counted = bytes;
  unread.set(userId, (unread.get(userId) ?? 0) + counted);
  return () => {
    const rest = (unread.get(userId) ?? 0) - counted;
    counted = 0;
    if (rest > 0) unread.set(userId, rest);
    else unread.delete(userId);
  };
}

/** What to call when a connection ends: an answer that waits behind another hears of no end. */
const onEnd = new WeakMap<Socket, Set<() => void>>();

/** Calls it when the answer is read, or nobody can read it any more. */
export function whenRead(answer: ServerResponse, socket: Socket, call: () => void): void {
  if (socket.destroyed) call();
  const calls = onEnd.get(socket) ?? new Set();
  if (!onEnd.has(socket)) {
    onEnd.set(socket, calls);
    socket.once("close", () => {
      for (const one of calls) one();
    });
  }
  calls.add(call);
  answer.once("close", () => {
    calls.delete(call);
    call();
  });
}
