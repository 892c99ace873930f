import { api } from "@tend/contracts";
import { ProblemError } from "#server/http/problem.ts";
import { currentCall, remembered } from "./auth-call.ts";
import { hashInTurn } from "./hashing-queue.ts";

/** The error for a signed-in user whose password is not, or not any more, the account's. */
export const wrongPassword = () =>
  new ProblemError("invalid_email_or_password", {
    detail: "The password is wrong. Nothing was changed; check it and try again.",
  });

/** Better Auth's own way to hash and to compare. */
interface Scrypt {
  hashPassword(password: string): Promise<string>;
  verifyPassword(given: { hash: string; password: string }): Promise<boolean>;
}

/** A-7, C-6: the hashing of Better Auth, queued, and of a guess only where the guard admits it. */
export function makePasswords({ hashPassword, verifyPassword }: Scrypt) {
  const hashed = (password: string) => remembered(hashInTurn(() => hashPassword(password)));
  return {
    /** Hashes the password that the call will store, before Better Auth opens a transaction. */
    async hashAhead(): Promise<void> {
      const call = currentCall();
      if (call?.newPassword !== undefined) call.newHash = await hashed(call.newPassword);
    },

    async hash(password: string): Promise<string> {
      const { operation, guard, newPassword, newHash } = currentCall() ?? {};
      if (newHash !== undefined && password === newPassword) return newHash;
      if (operation !== api.signIn) return hashed(password);
      // A sign-in hashes for unknown emails only, which counts and takes as long as any guess.
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
