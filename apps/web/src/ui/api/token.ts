import { createClient, UnreachableError } from "@tend/contracts/client";

export interface ApiToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** The milliseconds from the token's issue to its expiry, by the server's clock. */
  readonly lifetime: number;
}

/** Asks for a new API token of the person who is signed in. Rejects as every client method. */
export async function newApiToken(fetcher?: typeof fetch): Promise<ApiToken> {
  const client = createClient(fetcher ? { fetch: fetcher } : {});
  const { body } = await client.issueToken();
  try {
    return readToken(body.token);
  } catch (cause) {
    // Something in between answered, with JSON of its own.
    throw new UnreachableError(cause);
  }
}

/** Reads the times of a JWT. Verifies nothing: that is the server's task. */
export function readToken(token: string): ApiToken {
  const [, payload = ""] = token.split(".");
  const claims: { iat?: unknown; exp?: unknown } | null = JSON.parse(
    atob(payload.replaceAll("-", "+").replaceAll("_", "/")),
  );
  const [made, end] = [Number(claims?.iat), Number(claims?.exp)];
  if (Number.isNaN(end - made)) throw new TypeError("The token does not say its times.");
  return { token, expiresAt: new Date(end * 1000), lifetime: (end - made) * 1000 };
}
