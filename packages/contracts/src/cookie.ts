/** Whether the app at this origin is on https. */
export const isHttps = (origin: string): boolean => origin.startsWith("https:");

/**
 * The prefix of this app's cookie names. It has the port, since ports do not separate cookies; on
 * https no other host, and on http nothing, can set a cookie with `__Host-`.
 */
export function cookiePrefix(origin: string): string {
  const { port } = new URL(origin);
  return `${isHttps(origin) ? "__Host-" : ""}tend${port && `_${port}`}`;
}

/** The name of the cookie that identifies a session. */
export const sessionCookie = (origin: string): string => `${cookiePrefix(origin)}.session_token`;
