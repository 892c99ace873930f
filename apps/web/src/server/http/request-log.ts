import { createHash } from "node:crypto";
import { type Cause, causesOf } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { log } from "#server/log.ts";
import type { ProblemError } from "./problem.ts";

interface RequestLine {
  readonly method: string;
  /** The address with its parameters left open. */
  readonly route: string;
  readonly status: number;
  /** How long it took, without the time that it waited for a change. */
  readonly ms: number;
  readonly waitedMs: number;
  readonly userId: UserId | undefined;
  /** The problem behind a 503. */
  readonly cause: ProblemError | undefined;
}

/** E-4: writes the line of one request. */
export function logRequest(
  requestId: string,
  { userId, cause, waitedMs, ...line }: RequestLine,
): void {
  log()[cause ? "warn" : "info"]({
    request_id: requestId,
    ...line,
    ...(waitedMs > 0 && { waited_ms: waitedMs }),
    ...(userId !== undefined && { user: pseudonym(userId) }),
    ...(cause && { cause: causeOf(cause) }),
  });
}

/** E-4: writes down a defect of the server, which its answer keeps to itself. */
export function logDefect(requestId: string, error: unknown): void {
  log().error({ request_id: requestId, error: stackOf(error) });
}

/** E-4: tells the lines of one user from those of others, and not who that is. */
const pseudonym = (userId: UserId): string =>
  createHash("sha256").update(userId).digest("hex").slice(0, 16);

/** The causes of a problem for the log, in words that quote nobody. */
const causeOf = ({ code, message, cause = message }: ProblemError): readonly Cause[] =>
  typeof cause === "string" ? [{ name: code, message: cause }] : causesOf(cause);

/** The stack of an error without its message: that may quote a person, even lines of a stack. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = "" } = error;
  const afterMessage = stack.indexOf(message) + message.length;
  const frames = stack.includes(message) ? stack.slice(afterMessage).split("\n") : [];
  return [name, ...frames.filter((line) => /^\s+at /.test(line))].join("\n");
}
