import { createHash } from "node:crypto";
import { type Cause, causesOf, isBusy, isUnreachable } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import { log } from "#server/log.ts";
import type { ApiRequest, ApiResponse } from "./api-request.ts";
import { corsHeaders } from "./cors.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import { strictTransport } from "./strict-transport.ts";

/** Notes on a request, for the headers of its answer and its line in the log. */
export class Notes {
  userId: UserId | undefined;
  readonly headers: Record<string, string> = {};
  readonly #timings: string[] = [];
  readonly #start = performance.now();
  #last = this.#start;

  /** Ends one stage. */
  mark(stage: string): void {
    const now = performance.now();
    this.#timings.push(`${stage};dur=${(now - this.#last).toFixed(1)}`);
    this.#last = now;
  }

  /** Milliseconds so far. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }

  /** The Server-Timing header. */
  get timing(): string {
    return [...this.#timings, `total;dur=${this.elapsed.toFixed(1)}`].join(", ");
  }
}

/** E-1, E-4, C-1: runs `run`, makes a problem of its error, and completes and logs the answer. */
export async function respond(
  request: ApiRequest,
  path: string,
  run: (notes: Notes) => ApiResponse | Promise<ApiResponse>,
): Promise<ApiResponse> {
  const notes = new Notes();
  const requestId = requestIdOf(request);
  let found: ApiResponse;
  let cause: readonly Cause[] | undefined;
  try {
    found = await run(notes);
  } catch (error) {
    const problem = refusal(error, requestId);
    found = problemResponse(problem, requestId);
    if (found.status === 503) cause = causeOf(problem);
  }
  const { status, body } = found;
  const headers = {
    "Cache-Control": isCompressible(path, found) ? "no-store" : "no-store, no-transform",
    ...found.headers,
    ...corsHeaders(request),
    ...notes.headers,
    "X-Request-Id": requestId,
    "X-Content-Type-Options": "nosniff",
    ...strictTransport(),
    ...(process.env.NODE_ENV === "development" && { "Server-Timing": notes.timing }),
  };
  log()[cause ? "warn" : "info"]({
    request_id: requestId,
    method: request.method,
    route: path,
    status,
    ms: Math.round(notes.elapsed),
    ...(notes.userId !== undefined && { user: pseudonym(notes.userId) }),
    ...(cause && { cause }),
  });
  return { status, headers, body, userId: notes.userId };
}

/**
 * Compression makes an ETag weak or renames it; and the compressed length of an answer that holds a
 * token, or that a cookie opened, could reveal what is in it.
 */
const isCompressible = (path: string, { headers }: ApiResponse): boolean =>
  !headers.ETag && !path.startsWith("/api/auth/");

/** E-4: tells the lines of one user from those of others, and not who that is. */
const pseudonym = (userId: UserId): string =>
  createHash("sha256").update(userId).digest("hex").slice(0, 16);

/** What went wrong, as a problem; a defect is logged and says nothing of the inside. */
function refusal(error: unknown, requestId: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isUnreachable(error)) {
    return new ProblemError(isBusy(error) ? "took_too_long" : "database_unavailable", {
      headers: { "Retry-After": "2" },
      cause: error,
    });
  }
  log().error({ request_id: requestId, error: stackOf(error) });
  return new ProblemError("internal_error");
}

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

const saneRequestId = /^[\w.:+/=-]{1,128}$/;

function requestIdOf({ headers }: ApiRequest): string {
  const given = headers.get("X-Request-Id") ?? "";
  return saneRequestId.test(given) ? given : crypto.randomUUID();
}
