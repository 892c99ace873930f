import { beforeAll, expect, test, vi } from "vitest";

const loads = vi.hoisted(() => ({ count: 0 }));

vi.mock("@zxcvbn-ts/language-common", async (original) => {
  loads.count++;
  return await original();
});

const ada = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };

// The whole server is loaded first, since that takes long on a busy machine.
beforeAll(async () => {
  await import("#server/http/routes.ts");
});

test("[A-1] the list is loaded at the first sign-up, not at the start", async () => {
  const { assertUncommonPassword } = await import("./common-passwords.ts");
  expect(loads.count).toBe(0);
  await assertUncommonPassword(ada);
  expect(loads.count).toBe(1);
});

test("[A-1] the list holds what attackers try first", async () => {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const common = dictionary["passwords-common"];
  // OWASP ASVS 5.0, 6.2.4: at least the 3,000 most common ones that are long enough.
  expect(common.filter((password) => password.length >= 8).length).toBeGreaterThan(3_000);
  expect(common.filter((password) => password !== password.toLowerCase())).toEqual([]);
});
