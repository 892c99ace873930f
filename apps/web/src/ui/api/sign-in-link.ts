const home = "/tasks";
const origin = "http://any.invalid";

/**
 * The address that `?next=` may lead to: one of this site, else the task list. Parsing is that of
 * browsers, which drop tabs and turn backslashes, so that no spelling of another host passes.
 */
export function nextPath(next: string | readonly string[] | undefined): string {
  if (typeof next !== "string" || !next.startsWith("/") || !URL.canParse(next, origin)) return home;
  const url = new URL(next, origin);
  if (url.origin !== origin || url.pathname.startsWith("//")) return home;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The address of a screen that leads on to `next`. */
export const withNext = (screen: "/sign-in" | "/sign-up", next: string): string =>
  next === home ? screen : `${screen}?${new URLSearchParams({ next })}`;
