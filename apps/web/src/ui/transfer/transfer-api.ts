import type { Client } from "@tend/contracts/client";
import { createApi } from "#ui/api/client.ts";

const requestTimeoutMs = 30_000;

/**
 * The client for long work: names the user in each address (O-3), so that no other account is read or
 * written where somebody else signs in meanwhile. No request waits for ever, and each can be cancelled.
 */
export const createTransferApi = (userId: string): Client =>
  createApi({
    userId,
    fetch: (input, init) => {
      const signals = [
        AbortSignal.timeout(requestTimeoutMs),
        ...(init?.signal ? [init.signal] : []),
      ];
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    },
    // What is under way says so and offers to go on; nobody is thrown out in the middle.
    onSignedOut: () => {},
  });
