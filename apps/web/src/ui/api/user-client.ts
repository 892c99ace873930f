import type { Client } from "@tend/contracts/client";
import { createApi } from "./client.ts";

/** The timeout of an import's batches, which are large. */
export const importTimeoutMs = 30_000;

/** The timeout of reading: a page of long notes is some megabytes, and a line may be slow. */
const readTimeoutMs = 60_000;

interface UserClientOptions {
  readonly writeTimeoutMs?: number;
  /** Ends all requests, those under way and later ones. */
  readonly ended?: AbortSignal;
  /** Called when there is no session any more. The screen says so: nobody leaves in mid-sentence. */
  readonly onSignedOut?: () => void;
}

/**
 * The client for the tasks of one user. It names the user in each address (O-3), so that the server
 * refuses when somebody else has signed in meanwhile, in another tab: no task reaches a stranger.
 * Each request has a timeout; one that is given a signal ends by that, too.
 */
export const createUserClient = (
  userId: string,
  { writeTimeoutMs = 20_000, ended, onSignedOut = () => {} }: UserClientOptions = {},
): Client =>
  createApi({
    userId,
    async fetch(input, init) {
      ended?.throwIfAborted();
      const isRead = (init?.method ?? "GET") === "GET";
      const timeout = AbortSignal.timeout(isRead ? readTimeoutMs : writeTimeoutMs);
      const signals = [timeout, ended, init?.signal].filter((signal) => signal != null);
      // Safari before 17.4 cannot join signals: there the given one holds alone.
      const signal = AbortSignal.any?.(signals) ?? init?.signal ?? timeout;
      return fetch(input, { ...init, signal });
    },
    onSignedOut,
  });
