import { createSecretKey, type KeyObject } from "node:crypto";
import { isStorable } from "@tend/contracts";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { env } from "./env.ts";
import { ProblemError } from "./problem.ts";
import { type UserId, verifiedUserId } from "./user-id.ts";

/** A-2, seconds. */
const lifetime = 15 * 60;

/** A-4, seconds: how far another holder's clock may be ahead. */
const leeway = 60;

let keys: readonly [KeyObject, ...KeyObject[]] | undefined;

/** the secret that signs, then the retired one that still verifies. */
function secrets(): readonly [KeyObject, ...KeyObject[]] {
  const { BETTER_AUTH_SECRET, BETTER_AUTH_SECRET_RETIRED } = env();
  const key = (secret: string) => createSecretKey(Buffer.from(secret, "utf8"));
  keys ??= [
    key(BETTER_AUTH_SECRET),
    ...(BETTER_AUTH_SECRET_RETIRED ? [key(BETTER_AUTH_SECRET_RETIRED)] : []),
  ];
  return keys;
}

/** a token of this user, signed now. */
export function signToken(userId: string): Promise<string> {
  const origin = env().BETTER_AUTH_URL;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(userId)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .setIssuer(origin)
    .setAudience(origin)
    .sign(secrets()[0]);
}

/**
 * the user that the Authorization header proves. Asks no database.
 *
 * @throws ProblemError missing_token, invalid_token or expired_token.
 */
export async function authenticate(authorization: string | null): Promise<UserId> {
  const [, scheme = "", credentials = ""] = /^(\S+) *(.*)$/.exec(authorization ?? "") ?? [];
  if (scheme.toLowerCase() !== "bearer") throw refusal("missing_token");
  const { sub, exp = 0, iat, iss, aud } = await verify(credentials);
  if (typeof sub !== "string" || sub === "" || !isStorable(sub)) throw refusal("invalid_token");
  const now = Date.now() / 1000;
  if (exp <= now) throw refusal("expired_token");
  const origin = env().BETTER_AUTH_URL;
  const foreign =
    (iat !== undefined && iat > now + leeway) ||
    (iss !== undefined && iss !== origin) ||
    (aud !== undefined && ![aud].flat().includes(origin));
  if (foreign) throw refusal("invalid_token");
  return verifiedUserId(sub);
}

async function verify(jwt: string): Promise<JWTPayload> {
  for (const key of secrets()) {
    try {
      const { payload } = await jwtVerify(jwt, key, {
        algorithms: ["HS256"],
        requiredClaims: ["sub", "exp"],
        clockTolerance: leeway,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refusal("expired_token");
      if (!(error instanceof errors.JOSEError)) throw error;
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
    }
  }
  throw refusal("invalid_token");
}

/** RFC 6750, section 3: `error` only where a token was sent. */
const refusal = (code: "missing_token" | "invalid_token" | "expired_token"): ProblemError =>
  new ProblemError(code, {
    headers: { "WWW-Authenticate": code === "missing_token" ? "Bearer" : invalidToken },
  });

export const invalidToken = 'Bearer error="invalid_token"';
