import { isHttps } from "@tend/contracts/cookie";
import { env } from "#server/env.ts";

/** C-5: browsers come back to an https origin by https alone. On http the header means nothing. */
export const strictTransport = (): Readonly<Record<string, string>> =>
  isHttps(env().BETTER_AUTH_URL) ? { "Strict-Transport-Security": "max-age=31536000" } : {};
