import { codePoints, limits } from "@tend/contracts/limits";
import { codeOf, type FieldErrors, fieldErrorsOf } from "#ui/api/form-failure.ts";

/** The fields of both forms, in their order on the screen. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** The errors, field by field, and what else the form has to offer. */
export type SignInErrors = FieldErrors<keyof Person> & {
  /** The email already has an account: the form adds a link to sign in. */
  readonly taken?: true;
  /** The page is not at the app's own address: the form adds a link to that. */
  readonly elsewhere?: true;
};

const emailFault = "Write an email address, like ada@example.com.";
const nameFault = `Write a name of 1 to ${limits.name} characters.`;

/** The error of a new password. */
export function newPasswordFault(password: string): string | undefined {
  const length = codePoints(password);
  if (length < limits.passwordMin) return `Use at least ${limits.passwordMin} characters.`;
  if (length > limits.passwordMax) return `Use at most ${limits.passwordMax} characters.`;
  return undefined;
}

/** The errors that the browser finds before it sends the form. */
export function errorsOfPerson(
  kind: "sign-up" | "sign-in",
  { name, email, password }: Person,
): SignInErrors {
  const passwordFault =
    kind === "sign-up" ? newPasswordFault(password) : password === "" && "Write your password.";
  return {
    ...(kind === "sign-up" &&
      (name.trim() === "" || codePoints(name.trim()) > limits.name) && { name: nameFault }),
    ...(!/^[^\s@]+@[^\s@]+$/.test(email.trim()) && { email: emailFault }),
    ...(passwordFault && { password: passwordFault }),
  };
}

/** The errors of the form by the server's answer. */
export function signInErrorsOf(error: unknown): SignInErrors {
  switch (codeOf(error)) {
    case "invalid_email_or_password":
      return { form: "That email and password do not match an account. Check both and try again." };
    case "user_already_exists":
      return { taken: true };
    case "foreign_origin":
      return { elsewhere: true };
    default:
      return fieldErrorsOf(error, ["name", "email", "password"]);
  }
}
