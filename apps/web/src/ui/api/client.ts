import { ApiError, type Client, createClient } from "@tend/contracts/client";
import { newApiToken } from "./token.ts";

/** A token is renewed this long before its end, so that none expires on its way. */
const margin = 60_000;

export interface ApiOptions {
  readonly fetch: typeof fetch;
  /** Called when there is no session any more. */
  readonly onSignedOut: () => void;
  /** O-3: names this user in every address, so that the token of somebody else is refused. */
  readonly userId?: string;
}

/** The client of the API for one page: holds the token in memory and renews it. */
export function createApi({ fetch, onSignedOut, userId }: ApiOptions): Client {
  let held: { token: string; renewAt: number } | undefined;
  let pending: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    try {
      const made = await newApiToken(fetch);
      // The lifetime counts, not the end: the device's clock may be wrong.
      held = { token: made.token, renewAt: Date.now() + made.lifetime - margin };
      return made.token;
    } catch (error) {
      if (isNoSession(error)) onSignedOut();
      throw error;
    } finally {
      pending = undefined;
    }
  };

  const token = async (): Promise<string> => {
    if (held && Date.now() < held.renewAt) return held.token;
    pending ??= renew();
    return pending;
  };

  /** A refused token is replaced and the request sent again, once. */
  const fetchAgain: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const headers = new Headers(init?.headers);
    const sent = headers.get("Authorization");
    if (response.status !== 401 || sent === null) return response;
    if (held && sent === `Bearer ${held.token}`) held = undefined;
    try {
      headers.set("Authorization", `Bearer ${await token()}`);
    } catch (error) {
      // A renewal that fails for another reason says nothing of the session.
      if (isNoSession(error)) return response;
      throw error;
    }
    return fetch(input, { ...init, headers });
  };

  return createClient({ token, fetch: fetchAgain, ...(userId !== undefined && { userId }) });
}

const isNoSession = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === "no_session";
