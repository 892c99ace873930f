import { createApi } from "./client.ts";

/** For somebody whose session has ended: signing in leads back to this very page. */
export function signInAgain(): void {
  const next = `${location.pathname}${location.search}`;
  location.assign(`/sign-in?next=${encodeURIComponent(next)}`);
}

/** The client of the pages that are about an account, whose session may be over: they lead to the next. */
export const api = createApi({
  fetch: (input, init) => fetch(input, init),
  onSignedOut: signInAgain,
});
