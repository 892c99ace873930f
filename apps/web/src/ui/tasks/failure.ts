import { ApiError } from "@tend/contracts/client";

/** What a failed request means for the change that it carried. */
export type Failure =
  /** Nobody's fault of content: the same request may work later. */
  | { readonly is: "trouble"; readonly reason: string; readonly retryAfter: number }
  /** No session any more, or that of somebody else. */
  | { readonly is: "signed out"; readonly reason: string }
  /** The server will not take this, however often. */
  | { readonly is: "refused"; readonly reason: string }
  | { readonly is: "missing" }
  /** A create whose id is there already: it arrived before, and was changed since. */
  | { readonly is: "present" };

export function readFailure(error: unknown): Failure {
  if (!(error instanceof ApiError)) {
    return { is: "trouble", reason: "The server cannot be reached.", retryAfter: 0 };
  }
  const { problem, retryAfter = 0 } = error;
  if (problem.status >= 500 || problem.status === 429) {
    return { is: "trouble", reason: `${problem.title}.`, retryAfter };
  }
  if (problem.status === 401 || problem.status === 403) {
    return { is: "signed out", reason: "You are signed out." };
  }
  if (problem.code === "task_not_found") return { is: "missing" };
  if (problem.code === "id_already_used") return { is: "present" };
  return { is: "refused", reason: problem.errors?.[0]?.message ?? problem.detail };
}
