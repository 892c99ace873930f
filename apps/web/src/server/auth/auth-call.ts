import { AsyncLocalStorage } from "node:async_hooks";
import type { Operation } from "@tend/contracts";
import type { Guard } from "./sign-in-guard.ts";

/** What is learned while Better Auth runs one operation, which tells of it in words of its own. */
export interface AuthCall {
  readonly operation: Operation;
  /** What lets its password be looked at; none where it has none. */
  readonly guard?: Guard;
  /** What the database last refused. */
  error?: unknown;
  /** The stored hash that the password of this call was found to match. */
  verified?: string;
}

const calls = new AsyncLocalStorage<AuthCall>();

/** The call that is under way; none where a page asks for its session. */
export const currentCall = (): AuthCall | undefined => calls.getStore();

export const duringCall = <T>(call: AuthCall, run: () => T): T => calls.run(call, run);
