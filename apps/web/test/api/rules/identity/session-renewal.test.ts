import { expect, test } from "vitest";
import { readSession } from "#server/auth/better-auth.ts";
import { database } from "#server/database.ts";
import { cookieOf, newUser } from "../../support/account.ts";
import { send } from "../../support/send.ts";

const day = 24 * 60 * 60 * 1000;

test("[A-1] a page leaves the renewal of a session to the request that can set the cookie", async () => {
  const signedUp = await send("POST", "/api/auth/sign-up/email", { body: newUser() });
  const Cookie = cookieOf(signedUp);
  const userId = signedUp.body.user.id;
  await database().session.updateMany({
    where: { userId },
    data: { expiresAt: new Date(Date.now() + 5 * day) },
  });
  expect(await readSession(new Headers({ Cookie }))).not.toBeNull();
  const { headers } = await send("GET", "/api/auth/token", { headers: { Cookie } });
  expect(headers.getSetCookie().join()).toMatch(/session_token=.*Max-Age=604800/);
  const renewed = await database().session.findFirst({ where: { userId } });
  expect(renewed?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 6 * day);
});
