import { type Fault, type Problem, type ProblemCode, problems, problemType } from "@tend/contracts";

/** What the server throws; `route.ts` makes HTTP of it, in one place. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly errors: readonly Fault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    given: {
      detail?: string;
      errors?: readonly Fault[];
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(given.detail ?? problems[code].detail);
    this.code = code;
    this.errors = given.errors;
    this.headers = given.headers ?? {};
  }
}

/** E-1: the answer that says what went wrong. */
export function problemResponse(
  problem: Omit<Problem, "type">,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify({ type: problemType(problem.code), ...problem }), {
    status: problem.status,
    headers: { ...headers, "Content-Type": "application/problem+json" },
  });
}
