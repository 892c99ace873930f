import type { ProblemCode } from "@tend/contracts";
import { ApiError, UnreachableError } from "@tend/contracts/client";

/** Why the server did not do it, and what to do, where no field is to blame. */
export function reasonOf(error: unknown): string {
  if (error instanceof UnreachableError) return error.message;
  if (!(error instanceof ApiError)) throw error;
  // Any string may come; the cast has a mistyped code below refused.
  switch (error.problem.code as ProblemCode) {
    case "too_many_requests":
      return `Too many tries. Wait ${inSeconds(error.retryAfter)} and try again.`;
    case "foreign_origin":
      return "This is not the address that the app belongs to. Open it there and try again.";
    case "database_unavailable":
      return "The database cannot be reached right now. Wait a moment and try again.";
    case "took_too_long":
      return "That took longer than it may. Wait a moment and try again.";
    case "overloaded":
      return `Too many people are at it right now. Wait ${inSeconds(error.retryAfter)} and try again.`;
    default:
      return "Something went wrong on our side. Try again in a moment.";
  }
}

const inSeconds = (seconds = 60): string => (seconds === 1 ? "1 second" : `${seconds} seconds`);
