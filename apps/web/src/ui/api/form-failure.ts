import type { Fault, ProblemCode } from "@tend/contracts";
import { ApiError } from "@tend/contracts/client";
import { readFailure, reasonOf } from "./failure.ts";

/** What is wrong, field by field; `form` where no field is to blame. */
export type FieldErrors<Field extends string> = {
  readonly [Place in Field | "form"]?: string | undefined;
};

/** What the server's answer is called, for a form that has something of its own to say or do. */
export const codeOf = (error: unknown): ProblemCode | undefined =>
  // Any string may come; the cast has a mistyped code refused where it is compared.
  error instanceof ApiError ? (error.problem.code as ProblemCode) : undefined;

/** What the server found wrong, place by place. */
export const faultsOf = (error: unknown): readonly Fault[] =>
  error instanceof ApiError ? (error.problem.errors ?? []) : [];

/** What an error means to a form: the first fault of each field, else why it was not done. */
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
  // Each place is one of the fields, or the form.
  return Object.fromEntries(errors) as FieldErrors<Field>;
}

/** What happened and what to do now, where nothing beside it says so or tries again by itself. */
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
