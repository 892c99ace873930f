import type { BatchResult, Problem, Task } from "@tend/contracts";
import { ApiError, UnreachableError } from "@tend/contracts/client";
import { PartMissing } from "#ui/kit/part.ts";

/** What an error means for a request, and for the mutation that it carried. */
export type Failure =
  /** A failure of the network or the server: the same request may work later. */
  | { readonly is: "trouble"; readonly reason: string; readonly retryAfter: number }
  /** The session has ended, or is that of somebody else. */
  | { readonly is: "signed out"; readonly reason: string }
  /** The server refuses the request, however often it is sent. */
  | { readonly is: "refused"; readonly reason: string }
  /** The account has no room: every create is refused until a task is deleted. */
  | { readonly is: "full"; readonly reason: string }
  | { readonly is: "missing" }
  /** The task was changed elsewhere; `task` is as the server has it now. */
  | { readonly is: "changed"; readonly task: Task }
  /** A create whose id exists: it arrived before, and the task was changed since. */
  | { readonly is: "present" }
  /** The page is at fault: a defect, or a part that did not load. Sending again is in vain. */
  | { readonly is: "broken"; readonly reason: string };

const unreachable: Failure = {
  is: "trouble",
  reason: "The server cannot be reached.",
  retryAfter: 0,
};

/** The defects that were logged: each is, once, however often its screen is drawn. */
const logged = new Set<unknown>();

/** The failure that an error means. An abort or timeout of a request is an UnreachableError. */
export function readFailure(error: unknown): Failure {
  if (error instanceof ApiError) return readProblem(error.problem, error.retryAfter);
  if (error instanceof UnreachableError) return unreachable;
  if (error instanceof PartMissing) return { is: "broken", reason: error.message };
  if (!logged.has(error)) console.error(error);
  logged.add(error);
  return { is: "broken", reason: "The app made a mistake. Reload the page to go on." };
}

/** What happened, in a sentence; callers show what to do beside it. */
export const reasonOf = (error: unknown): string => reasonFor(readFailure(error));

export const reasonFor = (failure: Failure): string =>
  "reason" in failure ? failure.reason : "It is not there.";

/** The failure of one delete of a batch; undefined: it is done. */
export function readResult(result: BatchResult | undefined): Failure | undefined {
  if (result?.problem) return readProblem(result.problem);
  return result ? undefined : unreachable;
}

function readProblem(problem: Omit<Problem, "request_id">, retryAfter = 0): Failure {
  if (problem.status >= 500 || problem.status === 429 || problem.status === 408) {
    return { is: "trouble", reason: `${problem.title}.`, retryAfter };
  }
  if (problem.status === 401 || problem.status === 403) {
    return { is: "signed out", reason: "You are signed out." };
  }
  if (problem.code === "task_not_found") return { is: "missing" };
  if (problem.code === "precondition_failed" && problem.task) {
    return { is: "changed", task: problem.task };
  }
  if (problem.code === "id_already_used") return { is: "present" };
  if (problem.code === "quota_exceeded") return { is: "full", reason: problem.detail };
  return { is: "refused", reason: problem.errors?.[0]?.message ?? problem.detail };
}
