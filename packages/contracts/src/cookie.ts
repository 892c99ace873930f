/** Whether the app at this origin is on https. */
export const isHttps = (origin: string): boolean => origin.startsWith("https:");

/**
 * What the names of the cookies of the app at this origin begin with. Ports do not part cookies, so
 * the port is in it; on https no other host, and nothing on http, can set one with `__Host-`.
 */
export function cookiePrefix(origin: string): string {
  const { port } = new URL(origin);
  return `${isHttps(origin) ? "__Host-" : ""}tend${port && `_${port}`}`;
}

/** The one that a session is known by. */
export const sessionCookie = (origin: string): string => `${cookiePrefix(origin)}.session_token`;
