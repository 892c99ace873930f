import type { Fault, ProblemCode } from "@tend/contracts";
import { ApiError } from "@tend/contracts/client";
import { readFailure, reasonOf } from "./failure.ts";

/** The errors of a form by field; `form` has the one that is about no field. */
export type FieldErrors<Field extends string> = {
  readonly [Place in Field | "form"]?: string | undefined;
};

/** The code of the server's problem, for a form that handles some codes in its own way. */
export const codeOf = (error: unknown): ProblemCode | undefined =>
  // The cast makes a mistyped code fail to compile where it is compared; any string may come.
  error instanceof ApiError ? (error.problem.code as ProblemCode) : undefined;

/** The faults that the server found, each with its place. */
export const faultsOf = (error: unknown): readonly Fault[] =>
  error instanceof ApiError ? (error.problem.errors ?? []) : [];

/** The errors of a form: the first fault of each field, else the reason of the failure. */
export function fieldErrorsOf<Field extends string>(
  error: unknown,
  fields: readonly Field[],
): FieldErrors<Field> {
  const errors = new Map<string, string>();
  for (const { path, message } of faultsOf(error)) {
    const place = fields.find((field) => field === path.at(-1)) ?? "form";
    if (!errors.has(place)) errors.set(place, message);
  }
  if (errors.size === 0) return { form: formReasonOf(error) };
  // The cast holds: each place is one of the fields, or `form`.
  return Object.fromEntries(errors) as FieldErrors<Field>;
}

/** What happened and what to do now, for forms, where nothing else says so or tries again. */
export function formReasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) {
    const isTrouble = readFailure(error).is === "trouble";
    return `${reasonOf(error)}${isTrouble ? " Check the connection and try again." : ""}`;
  }
  switch (codeOf(error)) {
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
