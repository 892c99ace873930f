import type { Changes } from "@tend/contracts";
import type { UserId } from "#server/auth/user-id.ts";
import { env } from "#server/env.ts";
import { changeWaiters } from "./change-waiters.ts";

/** A page of the feed, and the last change of the user at its reading. */
interface Page {
  readonly body: Changes;
  readonly lastChange: bigint;
}

/** For how long a request may wait, and what ends it before. */
export interface Patience {
  readonly waitMs: number;
  /** Aborts when the caller goes. */
  readonly signal: AbortSignal | undefined;
  /** When the token expires, by `Date.now()`. */
  readonly expiresAt: number;
}

/**
 * T-20: reads a page of the feed; where it is empty, waits for a change and reads again. `applied`:
 * it waited as it was asked to, as far as that was needed.
 */
export async function awaitChanges<P extends Page>(
  userId: UserId,
  { waitMs, signal, expiresAt }: Patience,
  read: () => Promise<P>,
): Promise<{ readonly page: P; readonly applied: boolean }> {
  const allowedMs = Math.min(waitMs, env().LIVE_WAIT * 1_000);
  const waiter = allowedMs > 0 && !signal?.aborted ? changeWaiters().enter(userId) : undefined;
  if (!waiter) return { page: await read(), applied: false };
  const leaves = () => waiter.wake("cut short");
  signal?.addEventListener("abort", leaves);
  const begun = performance.now();
  try {
    for (;;) {
      const page = await read();
      if (page.body.changes.length > 0) return { page, applied: true };
      const leftMs = begun + allowedMs - performance.now();
      const validMs = expiresAt - Date.now();
      const end = await waiter.wait(page.lastChange, Math.min(leftMs, validMs));
      if (end === "changed") continue;
      const applied = end === "time" && leftMs <= validMs;
      // An account without a change has no counter whose end would tell that it was deleted.
      const isUntold = applied && page.lastChange === 0n;
      return { page: isUntold ? await read() : page, applied };
    }
  } finally {
    signal?.removeEventListener("abort", leaves);
    waiter.leave();
  }
}
