import { codePoints, limits } from "@tend/contracts/limits";
import { codeOf, type FieldErrors, fieldErrorsOf } from "#ui/api/form-failure.ts";

/** The fields of both forms, in their order on the screen. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What is wrong, field by field, and what the form is to offer. */
export type SignInErrors = FieldErrors<keyof Person> & {
  /** The email already has an account: the form adds the way to sign in. */
  readonly taken?: true;
  /** The app is not at home at this address: the form adds where it is. */
  readonly elsewhere?: true;
};

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

/** What the server's answer means for the person at the form. */
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
