import { AsyncLocalStorage } from "node:async_hooks";
import type { Operation } from "@tend/contracts";
import type { Guard } from "./sign-in-guard.ts";

/** State of one operation that Better Auth runs, which itself passes none of this on. */
export interface AuthCall {
  readonly operation: Operation;
  /** The network of the caller; empty where it is not known. */
  readonly network: string;
  /** A password that is to be stored, hashed before a transaction is opened for it. */
  readonly newPassword?: string;
  newHash?: string;
  /** Admits or refuses the attempt at its password; undefined where it has none. */
  readonly guard?: Guard;
  /** What the database last refused. */
  error?: unknown;
  /** The stored hash that the password of this call was found to match. */
  verified?: string;
  /** Whether the account is closed for good, and the sweep has to erase the rest of it. */
  leftToSweep?: boolean;
}

const calls = new AsyncLocalStorage<AuthCall>();

/** The call that is under way; none where a page asks for its session. */
export const currentCall = (): AuthCall | undefined => calls.getStore();

/** The network that the current call is queued under. */
export const callNetwork = (): string => currentCall()?.network ?? "";

export const duringCall = <T>(call: AuthCall, run: () => T): T => calls.run(call, run);

/** Keeps the error of `result` for the answer: Better Auth replaces it by one of its own. */
export const remembered = <T>(result: Promise<T>): Promise<T> =>
  result.catch((error: unknown) => {
    const call = currentCall();
    if (call) call.error = error;
    throw error;
  });
