import { expect, test } from "vitest";
import { maskEmail } from "./mask-email.ts";

test.each([
  ["ada@example.com", "a…@e….com"],
  ["a@b.co.uk", "a…@b….uk"],
  ["ada@localhost", "a…@l…"],
  ['"a@b"@example.com', '"…@e….com'],
  ["𝒶da@example.com", "𝒶…@e….com"],
])("%s is shown as %s", (email, shown) => {
  expect(maskEmail(email)).toBe(shown);
});
