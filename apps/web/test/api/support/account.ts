import { expect } from "vitest";
import { type Sent, send } from "./send.ts";

/** The app's own origin: where the test environment says that it is. */
export const home = "http://tend.test";

/** The headers that the app's own pages send with the cookie. */
export const fromHome = (cookie: string): Record<string, string> => ({
  Cookie: cookie,
  Origin: home,
});

/** The cookies of an answer, as a browser sends them back. */
export const cookieOf = ({ headers }: Pick<Sent, "headers">): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.slice(0, cookie.indexOf(";")))
    .join("; ");

/** The sign-up of a person like no other. */
export const newUser = (given: object = {}) => ({
  name: "Ada",
  email: `${crypto.randomUUID()}@example.com`,
  password: "correct horse battery",
  ...given,
});

/** A new account, signed in, made through the API. */
export async function makeAccount() {
  const given = newUser();
  const answer = await send("POST", "/api/auth/sign-up/email", { body: given });
  expect(answer.status).toBe(200);
  return { ...given, id: String(answer.body.user.id), cookie: cookieOf(answer) };
}

/** One more session of this person, as on another device. Gives its cookie. */
export async function signInAgain(
  { email, password }: { email: string; password: string },
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await send("POST", "/api/auth/sign-in/email", {
    body: { email, password },
    headers,
  });
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}
