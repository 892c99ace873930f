import { createApi } from "./client.ts";

/** Goes to the sign-in page when the session has ended; signing in leads back to this page. */
export function signInAgain(): void {
  const next = `${location.pathname}${location.search}`;
  location.assign(`/sign-in?next=${encodeURIComponent(next)}`);
}

/** The client of the account pages; where the session has ended, it goes to the sign-in page. */
export const api = createApi({
  fetch: (input, init) => fetch(input, init),
  onSignedOut: signInAgain,
});
