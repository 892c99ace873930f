import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { UserId } from "#server/auth/user-id.ts";
import { ProblemError } from "../problem.ts";

/** Bytes of unread answers that one user may have in this process: several of the longest lists. */
const mostUnread = 64 * 1024 * 1024;

const unread = new Map<UserId, number>();

/**
 * C-10: refuses a user whose unread answers hold too much memory.
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

/** Counts unread bytes until the function that it returns is called; a second call does nothing. */
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

/** Callbacks for the end of a connection: an answer behind another gets no event of its own. */
const onEnd = new WeakMap<Socket, Set<() => void>>();

/** Calls `call` when the answer is read, or nobody can read it any more. */
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
