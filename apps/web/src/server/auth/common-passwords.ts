import type { NewUser } from "@tend/contracts";
import { ProblemError } from "#server/http/problem.ts";

const common =
  "This password is one of the first that attackers try. Choose another, as three or four words that do not belong together.";
const own =
  "Your name and your email are easy to guess. Choose a password that is neither of them, nor a part of the email.";

const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

/**
 * refuses a password that attackers try first. Its length has been checked already.
 *
 * @throws ProblemError validation_failed
 */
export async function assertUncommonPassword(
  { name, email, password }: NewUser,
  field: "password" | "new_password" = "password",
): Promise<void> {
  const folded = fold(password);
  const isOwn = [name, email, email.slice(0, email.lastIndexOf("@"))].map(fold).includes(folded);
  if (!isOwn && !(await commonPasswords()).includes(folded)) return;
  throw new ProblemError("validation_failed", {
    errors: [{ path: ["body", field], message: isOwn ? own : common }],
  });
}

/** 49,000 passwords in lower case, loaded when the first password is chosen. */
async function commonPasswords(): Promise<readonly string[]> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return dictionary["passwords-common"];
}
