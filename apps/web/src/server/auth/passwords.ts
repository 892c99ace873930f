import { api } from "@tend/contracts";
import { ProblemError } from "#server/http/problem.ts";
import { hashInTurn } from "./account-queues.ts";
import { currentCall, remembered } from "./auth-call.ts";

/** To whoever is signed in: the password is not, or no longer, that of the account. */
export const wrongPassword = () =>
  new ProblemError("invalid_email_or_password", {
    detail: "The password is wrong. Nothing was changed; check it and try again.",
  });

/** Better Auth's own way to hash and to compare. */
interface Scrypt {
  hashPassword(password: string): Promise<string>;
  verifyPassword(given: { hash: string; password: string }): Promise<boolean>;
}

/** A-7, C-6: how Better Auth hashes here: each in its turn, and a guess only where it may be made. */
export function makePasswords({ hashPassword, verifyPassword }: Scrypt) {
  const hashed = (password: string) => remembered(hashInTurn(() => hashPassword(password)));
  return {
    /** Hashes what the call is going to store: Better Auth would do so with a transaction open. */
    async hashAhead(): Promise<void> {
      const call = currentCall();
      if (call?.newPassword !== undefined) call.newHash = await hashed(call.newPassword);
    },

    async hash(password: string): Promise<string> {
      const { operation, guard, newPassword, newHash } = currentCall() ?? {};
      if (newHash !== undefined && password === newPassword) return newHash;
      if (operation !== api.signIn) return hashed(password);
      // On sign-in it is reckoned for an email that nobody has, which counts and takes as long.
      const attempt = hashInTurn(async () => {
        await guard?.count();
        return hashPassword(password);
      });
      return remembered(attempt);
    },

    async verify(given: { hash: string; password: string }): Promise<boolean> {
      const call = currentCall();
      const attempt = hashInTurn(async () => {
        await call?.guard?.count();
        return verifyPassword(given);
      });
      const isRight = await remembered(attempt);
      if (call && isRight) {
        call.verified = given.hash;
        if (call.guard) await remembered(call.guard.forget());
      }
      return isRight;
    },
  };
}
