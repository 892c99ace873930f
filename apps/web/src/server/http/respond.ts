import { isBusy, isUnreachable } from "@tend/db";
import type { UserId } from "#server/auth/user-id.ts";
import type { ApiRequest, ApiResponse } from "./api-request.ts";
import { corsHeaders } from "./cors.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import { requestIdOf } from "./request-id.ts";
import { logDefect, logRequest } from "./request-log.ts";
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

  /** Milliseconds in which nothing was done but to wait for a change (T-20). */
  waitedMs = 0;

  /** Runs what waits: its time counts as waited, but for that of the work within. */
  async wait<T>(run: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await run();
    } finally {
      this.waitedMs += performance.now() - begun;
    }
  }

  /** Runs work within a wait. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await run();
    } finally {
      this.waitedMs -= performance.now() - begun;
    }
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
  let cause: ProblemError | undefined;
  try {
    found = await run(notes);
  } catch (error) {
    const problem = refusal(error, requestId);
    found = problemResponse(problem, requestId);
    if (found.status === 503) cause = problem;
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
  logRequest(requestId, {
    method: request.method,
    route: path,
    status,
    ms: Math.round(notes.elapsed - notes.waitedMs),
    waitedMs: Math.round(notes.waitedMs),
    userId: notes.userId,
    cause,
  });
  return { status, headers, body, userId: notes.userId };
}

/**
 * Compression makes an ETag weak or renames it; and the compressed length of an answer that holds a
 * token, or that a cookie opened, could reveal what is in it.
 */
const isCompressible = (path: string, { headers }: ApiResponse): boolean =>
  !headers.ETag && !path.startsWith("/api/auth/");

/** What went wrong, as a problem; a defect is logged and says nothing of the inside. */
function refusal(error: unknown, requestId: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isUnreachable(error)) {
    return new ProblemError(isBusy(error) ? "took_too_long" : "database_unavailable", {
      headers: { "Retry-After": "2" },
      cause: error,
    });
  }
  logDefect(requestId, error);
  return new ProblemError("internal_error");
}
