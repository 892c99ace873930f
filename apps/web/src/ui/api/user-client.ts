import type { Client } from "@tend/contracts/client";
import { createApi } from "./client.ts";

/** The timeout of an import's batches, which are large. */
export const importTimeoutMs = 30_000;

/** The timeout of reading: a page of long notes is some megabytes, and a line may be slow. */
const readTimeoutMs = 60_000;

/**
 * The client for the tasks of one user. It names the user in each address (O-3), so that the server
 * refuses when somebody else has signed in meanwhile, in another tab: no task reaches a stranger.
 * Each request has a timeout; one that is given a signal ends by that, too.
 */
export const createUserClient = (userId: string, writeTimeoutMs = 20_000): Client =>
  createApi({
    userId,
    fetch(input, init) {
      const isRead = (init?.method ?? "GET") === "GET";
      const timeout = AbortSignal.timeout(isRead ? readTimeoutMs : writeTimeoutMs);
      // Safari before 17.4 cannot join two signals: there the given one holds alone.
      const signal = init?.signal
        ? (AbortSignal.any?.([timeout, init.signal]) ?? init.signal)
        : timeout;
      return fetch(input, { ...init, signal });
    },
    // The screen says so and offers to sign in: nobody leaves the page in mid-sentence.
    onSignedOut: () => {},
  });
