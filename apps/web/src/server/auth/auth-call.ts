import { AsyncLocalStorage } from "node:async_hooks";
import type { Operation } from "@tend/contracts";
import type { Guard } from "./sign-in-guard.ts";

/** What is learned while Better Auth runs one operation, which tells of it in words of its own. */
export interface AuthCall {
  readonly operation: Operation;
  /** Where it comes from; empty where that is not known. */
  readonly network: string;
  /** A password that is to be stored, hashed before a transaction is opened for it. */
  readonly newPassword?: string;
  newHash?: string;
  /** What lets its password be looked at; none where it has none. */
  readonly guard?: Guard;
  /** What the database last refused. */
  error?: unknown;
  /** The stored hash that the password of this call was found to match. */
  verified?: string;
  /** Whether its account is closed for good, and what could not be erased at once is left to the sweep. */
  leftToSweep?: boolean;
}

const calls = new AsyncLocalStorage<AuthCall>();

/** The call that is under way; none where a page asks for its session. */
export const currentCall = (): AuthCall | undefined => calls.getStore();

export const duringCall = <T>(call: AuthCall, run: () => T): T => calls.run(call, run);

/** Keeps what it fails with for the answer: Better Auth makes words of its own of it. */
export const remembered = <T>(result: Promise<T>): Promise<T> =>
  result.catch((error: unknown) => {
    const call = currentCall();
    if (call) call.error = error;
    throw error;
  });
