import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const root = fileURLToPath(new URL("../..", import.meta.url));

export default {
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  transpilePackages: ["@tend/contracts", "@tend/db"],
  serverExternalPackages: ["pg", "pino"],
  turbopack: { root },
  outputFileTracingRoot: root,
} satisfies NextConfig;
