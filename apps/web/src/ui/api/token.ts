import { createClient } from "@tend/contracts/client";

export interface ApiToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** Milliseconds from its making to its end, by the server's clock. */
  readonly lifetime: number;
}

/** Asks for a new API token of the person who is signed in. Rejects as every client method. */
export async function newApiToken(fetcher?: typeof fetch): Promise<ApiToken> {
  const client = createClient(fetcher ? { fetch: fetcher } : {});
  const { body } = await client.issueToken();
  return readToken(body.token);
}

/** Reads the times of a JWT. Verifies nothing: that is the server's task. */
export function readToken(token: string): ApiToken {
  const [, payload = ""] = token.split(".");
  const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  if (!hasTimes(claims))
    throw new TypeError("The token says neither when it was made nor its end.");
  return {
    token,
    expiresAt: new Date(claims.exp * 1000),
    lifetime: (claims.exp - claims.iat) * 1000,
  };
}

const hasTimes = (claims: unknown): claims is { iat: number; exp: number } =>
  typeof claims === "object" &&
  claims !== null &&
  "iat" in claims &&
  "exp" in claims &&
  typeof claims.iat === "number" &&
  typeof claims.exp === "number";
