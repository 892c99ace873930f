import { randomBytes } from "node:crypto";
import { isHttps } from "@tend/contracts/cookie";
import { type NextRequest, NextResponse } from "next/server";
import { env } from "#server/env.ts";
import { strictTransport } from "#server/http/strict-transport.ts";

/** Matches pages alone: the API must not pay for a proxy, and files need no nonce. */
export const config = {
  matcher:
    "/((?!api(?:/|$)|_next/static/|icon\\.svg$|sw\\.js$|tasks-(?:phone-)?(?:dark|light)\\.webp$).*)",
};

/** Gives each page its Content-Security-Policy, with a nonce of its own. */
export function proxy(request: NextRequest): NextResponse {
  const https = isHttps(env().BETTER_AUTH_URL);
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), https);
  const headers = new Headers(request.headers);
  // From here Next takes the nonce for the scripts that it writes.
  headers.set("Content-Security-Policy", policy);
  const given = { request: { headers } };
  // The page for server errors has an address too, which caches might keep as a 500 for a year.
  const response =
    request.nextUrl.pathname === "/_global-error"
      ? NextResponse.rewrite(new URL("/_not-found", request.url), given)
      : NextResponse.next(given);
  response.headers.set("Content-Security-Policy", policy);
  for (const [name, value] of Object.entries(strictTransport())) response.headers.set(name, value);
  return response;
}

const development = process.env.NODE_ENV === "development";

/**
 * The <style> that sonner puts into the page, and takes no nonce for: first empty, then with its
 * text. Another version has another text; the browser's refusal then names the new hash.
 */
const sonnerStyle =
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";

function contentSecurityPolicy(nonce: string, https: boolean): string {
  return [
    "default-src 'none'",
    // React's development build evaluates text, to show the server's errors in the browser.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // Next's development overlay writes styles without a nonce.
    `style-src 'self' ${development ? "'unsafe-inline'" : sonnerStyle}`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(https ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
