import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { isStorable } from "@tend/contracts";
import { z } from "zod";
import { env } from "#server/env.ts";
import { ProblemError } from "#server/http/problem.ts";
import { tokenKeys } from "./signing-keys.ts";
import { type UserId, verifiedUserId } from "./user-id.ts";

/** A-2, seconds. */
const lifetime = 15 * 60;

/** A-4, seconds: how far another holder's clock may be ahead. */
const leeway = 60;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decoder = new TextDecoder("utf-8", { fatal: true });
const decode = (part: string): unknown =>
  JSON.parse(decoder.decode(Buffer.from(part, "base64url")));

/** RFC 7518, 3.2. Synchronous: it takes microseconds, and another thread would take longer. */
const sign = (text: string, key: KeyObject): string =>
  createHmac("sha256", key).update(text).digest("base64url");

/** a token of this user, signed now. */
export function signToken(userId: string): string {
  const origin = env().BETTER_AUTH_URL;
  const iat = Math.floor(Date.now() / 1000);
  const claims = { sub: userId, iat, exp: iat + lifetime, iss: origin, aud: origin };
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${sign(text, tokenKeys()[0])}`;
}

/** RFC 7515, 4.1.11: `crit` names extensions that must be understood; any refuses the token. */
const Header = z.object({ alg: z.literal("HS256"), crit: z.undefined().optional() });

const Claims = z.object({
  sub: z.string().min(1).refine(isStorable),
  exp: z.number(),
  iat: z.number().optional(),
  nbf: z.number().optional(),
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
});

/** Who asks, as their token proves it. */
export interface Bearer {
  readonly userId: UserId;
  /** When the token expires, by `Date.now()`. */
  readonly expiresAt: number;
}

/**
 * what the Authorization header proves. Asks no database.
 *
 * @throws ProblemError missing_token, invalid_token or expired_token.
 */
export function authenticate(authorization: string | null): Bearer {
  const [, scheme = "", credentials = ""] = /^(\S+) *(.*)$/.exec(authorization ?? "") ?? [];
  if (scheme.toLowerCase() !== "bearer") throw refusal("missing_token");
  const { sub, exp, iat, nbf, iss, aud } = verify(credentials);
  const now = Date.now() / 1000;
  if (exp <= now) throw refusal("expired_token");
  const origin = env().BETTER_AUTH_URL;
  const foreign =
    Math.max(iat ?? 0, nbf ?? 0) > now + leeway ||
    (iss !== undefined && iss !== origin) ||
    (aud !== undefined && ![aud].flat().includes(origin));
  if (foreign) throw refusal("invalid_token");
  return { userId: verifiedUserId(sub), expiresAt: exp * 1_000 };
}

/** RFC 7519, 7.2: the claims of a token that one of the secrets has signed. */
function verify(jwt: string): z.output<typeof Claims> {
  const [header = "", claims = "", signature = "", ...rest] = jwt.split(".");
  const given = Buffer.from(signature);
  const isSigned = tokenKeys().some((key) => {
    const expected = Buffer.from(sign(`${header}.${claims}`, key));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned || rest.length > 0) throw refusal("invalid_token");
  try {
    Header.parse(decode(header));
    return Claims.parse(decode(claims));
  } catch {
    throw refusal("invalid_token");
  }
}

/** RFC 6750, section 3: `error` only where a token was sent. */
const refusal = (code: "missing_token" | "invalid_token" | "expired_token"): ProblemError =>
  new ProblemError(code, {
    headers: { "WWW-Authenticate": code === "missing_token" ? "Bearer" : invalidToken },
  });

export const invalidToken = 'Bearer error="invalid_token"';
