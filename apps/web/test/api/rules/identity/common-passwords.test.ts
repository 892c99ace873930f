import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { newUser } from "../../support/account.ts";
import { send } from "../../support/send.ts";

const signUp = (body: object) => send("POST", "/api/auth/sign-up/email", { body });

async function refusalOf(given: ReturnType<typeof newUser>): Promise<string> {
  const { status, headers, body } = await signUp(given);
  expect([status, body.code]).toEqual([422, "validation_failed"]);
  expect(body.errors).toEqual([{ path: ["body", "password"], message: expect.any(String) }]);
  expect(headers.getSetCookie()).toEqual([]);
  expect(await database().user.count({ where: { email: given.email } })).toBe(0);
  return body.errors[0].message;
}

describe("422 [A-1] a common password makes no account", () => {
  test.each([
    "12345678",
    "password1",
    "PassWord1",
    "ｐａｓｓｗｏｒｄ１",
    "qwertyuiop",
    "iloveyou1",
    "1q2w3e4r5t",
  ])("%s", async (password) => {
    expect(await refusalOf(newUser({ password }))).toContain("attackers");
  });
});

describe("422 [A-1] neither does what everybody knows of its owner", () => {
  const id = crypto.randomUUID();
  const email = `Ada.${id}@Example.com`;
  test.each([
    ["the name", "Ada Lovelace", { name: "Ada Lovelace", password: "ADA LOVELACE" }],
    ["the email", email, { email: email.toLowerCase(), password: email }],
    ["what stands before its @", email, { email: email.toLowerCase(), password: `ada.${id}` }],
  ])("%s", async (_, __, given) => {
    expect(await refusalOf({ ...newUser(), ...given })).toContain("guess");
  });
});

test.each(["correct horse battery", "correct horse", "ada likes 7 lemons", "пароль для Ады"])(
  "200 [A-1] %s is taken",
  async (password) => {
    expect((await signUp(newUser({ password }))).status).toBe(200);
  },
);
