import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const root = fileURLToPath(new URL("../..", import.meta.url));

const denied = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

/** What is the same on every page and file; what differs from answer to answer stands in proxy.ts. */
const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  // Addresses hold what a person searches for: other sites get none, not even this site's name.
  "Referrer-Policy": "same-origin",
  "X-Frame-Options": "DENY",
  "Permissions-Policy": denied.map((feature) => `${feature}=()`).join(", "),
  "Cross-Origin-Opener-Policy": "same-origin",
};

export default {
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  // No picture is scaled on the way, so that nobody can have it done for nothing.
  images: { unoptimized: true },
  transpilePackages: ["@tend/contracts", "@tend/db"],
  serverExternalPackages: ["pg", "pino"],
  // The service worker goes out as it is written.
  turbopack: { root, rules: { "service-worker.js": { type: "text" } } },
  outputFileTracingRoot: root,
  // pino starts threads by file name, so that the trace takes all of their packages along.
  outputFileTracingExcludes: {
    "/*": ["../../node_modules/.pnpm/*/node_modules/*/{test,types,bench,benchmarks,docs}/**"],
  },
  headers: async () => [
    {
      // The API's own stand in src/server/http/endpoint.ts, where both servers get them.
      source: "/((?!api(?:/|$)).*)",
      headers: Object.entries(securityHeaders).map(([key, value]) => ({ key, value })),
    },
  ],
} satisfies NextConfig;
