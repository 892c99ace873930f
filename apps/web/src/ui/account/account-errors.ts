import { codeOf, type FieldErrors, fieldErrorsOf } from "#ui/api/form-failure.ts";
import { signInAgain } from "#ui/api/page-client.ts";

/** The fields of the forms that ask for the current password. */
export type AccountField = "email" | "password" | "current_password" | "new_password";

export type AccountErrors = FieldErrors<AccountField>;

/** The errors of a form by the server's answer; `password` names the current password's field. */
export function accountErrorsOf(
  error: unknown,
  password: "password" | "current_password",
): AccountErrors {
  switch (codeOf(error)) {
    case "no_session":
      signInAgain();
      return {};
    case "invalid_email_or_password":
      return { [password]: "This is not your password. Check it and try again." };
    default:
      return fieldErrorsOf(error, [password, "new_password"]);
  }
}
