import { ApiError } from "@tend/contracts/client";
import { signInAgain } from "#ui/api/page-client.ts";
import { reasonOf } from "#ui/api/reason.ts";

/** The fields of the forms that ask for the password of now. */
export type AccountField = "email" | "password" | "current_password" | "new_password";

/** What is wrong, field by field; `form` where no field is to blame. */
export type FieldErrors = { readonly [Place in AccountField | "form"]?: string | undefined };

/** What the server's answer means for the form whose field `password` holds the password of now. */
export function fieldErrorsOf(
  error: unknown,
  password: "password" | "current_password",
): FieldErrors {
  if (!(error instanceof ApiError)) return { form: reasonOf(error) };
  const { code, errors = [] } = error.problem;
  if (code === "no_session") {
    signInAgain();
    return {};
  }
  if (code === "invalid_email_or_password") {
    return { [password]: "This is not your password. Check it and try again." };
  }
  const refused = errors.find(({ path }) => path.at(-1) === "new_password");
  return refused ? { new_password: refused.message } : { form: reasonOf(error) };
}
