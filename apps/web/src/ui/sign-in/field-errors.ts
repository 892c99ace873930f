import type { Fault, ProblemCode } from "@tend/contracts";
import { ApiError } from "@tend/contracts/client";
import { codePoints, limits } from "@tend/contracts/limits";
import { reasonOf } from "#ui/api/reason.ts";

/** The fields of both forms, in their order on the screen. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What is wrong, field by field; `form` where no field is to blame. */
export interface FieldErrors {
  readonly name?: string;
  readonly email?: string;
  readonly password?: string;
  readonly form?: string;
  /** The email already has an account: the form adds the way to sign in. */
  readonly taken?: true;
  /** The app is not at home at this address: the form adds where it is. */
  readonly elsewhere?: true;
}

const emailFault = "Write an email address, like ada@example.com.";
const nameFault = `Write a name of 1 to ${limits.name} characters.`;

/** What is wrong with a password that somebody chooses. */
export function newPasswordFault(password: string): string | undefined {
  const length = codePoints(password);
  if (length < limits.passwordMin) return `Use at least ${limits.passwordMin} characters.`;
  if (length > limits.passwordMax) return `Use at most ${limits.passwordMax} characters.`;
  return undefined;
}

/** What the browser can see before it asks the server. */
export function faultsOf(
  kind: "sign-up" | "sign-in",
  { name, email, password }: Person,
): FieldErrors {
  const passwordFault =
    kind === "sign-up" ? newPasswordFault(password) : password === "" && "Write your password.";
  return {
    ...(kind === "sign-up" &&
      (name.trim() === "" || codePoints(name.trim()) > limits.name) && { name: nameFault }),
    ...(!/^[^\s@]+@[^\s@]+$/.test(email.trim()) && { email: emailFault }),
    ...(passwordFault && { password: passwordFault }),
  };
}

/** What the server's answer means for the person at the form. */
export function fieldErrorsOf(error: unknown): FieldErrors {
  if (!(error instanceof ApiError)) return { form: reasonOf(error) };
  // Any string may come; the cast has a mistyped code below refused.
  switch (error.problem.code as ProblemCode) {
    case "invalid_email_or_password":
      return { form: "That email and password do not match an account. Check both and try again." };
    case "user_already_exists":
      return { taken: true };
    case "foreign_origin":
      return { elsewhere: true };
    case "validation_failed":
      return faultsByField(error.problem.errors ?? []);
    default:
      return { form: reasonOf(error) };
  }
}

function faultsByField(errors: readonly Fault[]): FieldErrors {
  const faults: { -readonly [F in keyof FieldErrors]: FieldErrors[F] } = {};
  for (const { path, message } of errors) {
    const field = path.at(-1);
    const place = field === "name" || field === "email" || field === "password" ? field : "form";
    faults[place] ??= message;
  }
  return faults;
}
