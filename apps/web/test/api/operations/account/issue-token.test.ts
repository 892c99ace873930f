import { createEmailVerificationToken } from "better-auth/api";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { fromHome, home, makeAccount } from "../../support/account.ts";
import { mintToken, seconds, tokenOf, verifyToken } from "../../support/mint-token.ts";
import { createTask, send } from "../../support/send.ts";

const issue = (cookie: string) => send("GET", "/api/auth/token", { headers: { Cookie: cookie } });

test("200 [A-2] an HS256 token under the bytes of the secret, for fifteen minutes", async () => {
  const { id, cookie } = await makeAccount();
  const from = seconds();
  const { status, body } = await issue(cookie);
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(["token"]);
  const header = Buffer.from(body.token.split(".")[0], "base64url").toString("utf8");
  expect(JSON.parse(header)).toMatchObject({ alg: "HS256" });
  const claims = verifyToken(body.token);
  expect(claims).toEqual({
    sub: id,
    iat: expect.any(Number),
    exp: expect.any(Number),
    iss: home,
    aud: home,
  });
  expect(claims.exp - claims.iat).toBe(900);
  expect(claims.iat).toBeGreaterThanOrEqual(from);
  expect(claims.iat).toBeLessThanOrEqual(seconds());
});

test("200 [A-3] the token opens the user's own tasks, in both address forms", async () => {
  const { id, cookie } = await makeAccount();
  const { token } = (await issue(cookie)).body;
  const task = await createTask(token);
  expect(task.owner_user_id).toBe(id);
  for (const form of ["/api/tasks", `/api/${id}/tasks`]) {
    expect((await send("GET", form, { token })).body).toEqual([task]);
  }
});

test("401 no_session [A-2] without a live session", async () => {
  const { id } = await makeAccount();
  for (const headers of [{}, { Cookie: "" }, { Authorization: `Bearer ${tokenOf({ id })}` }]) {
    const { status, body } = await send("GET", "/api/auth/token", { headers });
    expect([status, body.code]).toEqual([401, "no_session"]);
  }
});

test("[A-2] a body, a query or a header chooses no other user", async () => {
  const ada = await makeAccount();
  const bob = await makeAccount();
  const { body } = await send("GET", `/api/auth/token?sub=${bob.id}&userId=${bob.id}`, {
    headers: { ...fromHome(ada.cookie), "X-User-Id": bob.id },
  });
  expect(verifyToken(body.token).sub).toBe(ada.id);
});

describe("no token stands in for another [A-4]", () => {
  const verified = async (id: string) =>
    (await database().user.findUniqueOrThrow({ where: { id } })).emailVerified;

  test("404 an API token is no token of a mail: verify-email is closed", async () => {
    const { id, email, cookie } = await makeAccount();
    const issued = (await issue(cookie)).body.token;
    const mail = await createEmailVerificationToken(process.env.BETTER_AUTH_SECRET ?? "", email);
    const minted = mintToken({ sub: id, email, iat: seconds(), exp: seconds(300) });
    for (const token of [issued, minted, mail]) {
      for (const headers of [{}, fromHome(cookie)]) {
        const { status, body } = await send("GET", `/api/auth/verify-email?token=${token}`, {
          headers,
        });
        expect([status, body.code]).toEqual([404, "address_not_found"]);
      }
    }
    expect(await verified(id)).toBe(false);
  });

  test("401 a token of a mail opens no tasks", async () => {
    const { id, email } = await makeAccount();
    const secret = process.env.BETTER_AUTH_SECRET ?? "";
    for (const token of [
      await createEmailVerificationToken(secret, email),
      await createEmailVerificationToken(secret, email, `new-${email}`),
      await createEmailVerificationToken(secret, email, undefined, 3600, { requestType: "x" }),
      mintToken({ email, iat: seconds(), exp: seconds(300) }),
      mintToken({ user: { id }, session: { userId: id }, exp: seconds(300) }),
    ]) {
      for (const form of ["/api/tasks", `/api/${id}/tasks`]) {
        const { status, body } = await send("GET", form, { token });
        expect([status, body.code]).toEqual([401, "invalid_token"]);
      }
    }
  });
});
