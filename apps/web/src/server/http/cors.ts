import { env } from "#server/env.ts";
import type { ApiRequest, ApiResponse } from "./api-request.ts";

const exposed =
  "ETag, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id";
const allowed =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Request-Id";

/** C-1: the headers of any answer to this request. Only the listed origins, and never `*`. */
export function corsHeaders({ headers }: ApiRequest): Record<string, string> {
  const origin = headers.get("Origin");
  const { BETTER_AUTH_URL, CORS_ORIGINS } = env();
  if (origin === null || ![BETTER_AUTH_URL, ...CORS_ORIGINS].includes(origin)) {
    return { Vary: "Origin" };
  }
  return {
    Vary: "Origin",
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": exposed,
  };
}

/** The answer to a preflight, and to any OPTIONS, of an address with these methods. */
export const preflight = (methods: readonly string[]): ApiResponse => ({
  status: 204,
  headers: {
    Allow: methods.join(", "),
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers": allowed,
    "Access-Control-Max-Age": "600",
  },
  body: null,
});
