import { expect, test } from "vitest";
import { Credentials, NewUser } from "./user.ts";

const user = { name: "Ada", email: "ada@example.com", password: "correct horse" };

test.each(["correct\u0000horse", "correct horse\u0000", "correct horse\ud800"])(
  "a password that hashing would take for another one is refused: %j",
  (password) => {
    expect(NewUser.safeParse({ ...user, password }).success).toBe(false);
    expect(Credentials.safeParse({ email: user.email, password }).success).toBe(false);
  },
);

test("a password counts code points, from 8 to 128, and is not trimmed", () => {
  const taken = (password: string) => NewUser.safeParse({ ...user, password }).data?.password;
  expect(taken("😀".repeat(7))).toBeUndefined();
  expect(taken("😀".repeat(128))).toBe("😀".repeat(128));
  expect(taken("x".repeat(129))).toBeUndefined();
  expect(taken(" eight   ")).toBe(" eight   ");
});
