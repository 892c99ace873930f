import {
  type BatchResult,
  type Fault,
  type Problem,
  type ProblemCode,
  problems,
  problemType,
  Task,
} from "@tend/contracts";
import type { ApiResponse } from "./api-request.ts";

/** What the server throws; `endpoint.ts` makes HTTP of it, in one place. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly errors: readonly Fault[] | undefined;
  readonly task: Task | undefined;
  readonly results: readonly BatchResult[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    given: {
      detail?: string;
      errors?: readonly Fault[];
      task?: Task;
      results?: readonly BatchResult[];
      headers?: Readonly<Record<string, string>>;
      /** For the log alone: an error, or a sentence that quotes nobody. */
      cause?: unknown;
    } = {},
  ) {
    super(given.detail ?? problems[code].detail, { cause: given.cause });
    this.code = code;
    this.errors = given.errors;
    this.task = given.task;
    this.results = given.results;
    this.headers = given.headers ?? {};
  }
}

/** E-1: what the body of a problem says, but for the request's id. */
export const problemOf = ({ code, message, errors, task }: ProblemError) => ({
  type: problemType(code),
  title: problems[code].title,
  status: problems[code].status,
  detail: message,
  code,
  ...(errors && { errors: [...errors] }),
  ...(task && { task: Task.parse(task) }),
});

/** E-1: the answer that says what went wrong. */
export function problemResponse(error: ProblemError, requestId: string): ApiResponse {
  const problem: Problem = {
    ...problemOf(error),
    request_id: requestId,
    ...(error.results && { results: [...error.results] }),
  };
  return {
    status: problem.status,
    headers: { ...error.headers, "Content-Type": "application/problem+json" },
    body: JSON.stringify(problem),
  };
}
