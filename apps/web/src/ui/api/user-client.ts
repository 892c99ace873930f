import type { Client } from "@tend/contracts/client";
import { createApi } from "./client.ts";

const requestTimeoutMs = 20_000;

/**
 * The client for the tasks of one user. It names the user in each address (O-3), so that the server
 * refuses when somebody else has signed in meanwhile, in another tab: no task reaches a stranger.
 */
export const createUserClient = (userId: string): Client =>
  createApi({
    userId,
    fetch: (input, init) =>
      fetch(input, { signal: AbortSignal.timeout(requestTimeoutMs), ...init }),
    // The screen says so and offers to sign in; nobody is thrown out in mid-sentence.
    onSignedOut: () => {},
  });
