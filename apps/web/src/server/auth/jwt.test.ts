import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const [current, retired] = [
  "the secret of today, 32 characters+",
  "the secret of before, 32 chars ++",
];
const origin = "https://tend.example.com";
const now = Date.UTC(2026, 10, 24, 9, 30) / 1000;

/** The module anew, in this environment. */
async function load(given: Record<string, string> = {}) {
  const variables = {
    BETTER_AUTH_SECRET: current,
    BETTER_AUTH_URL: origin,
    DATABASE_URL: "postgresql://nobody@nowhere.invalid/none",
    ...given,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.resetModules();
  return await import("./jwt.ts");
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const signature = (text: string, secret: string) =>
  createHmac("sha256", Buffer.from(secret, "utf8")).update(text).digest("base64url");
const mint = (claims: object, secret = current) => {
  const text = `${part({ alg: "HS256" })}.${part(claims)}`;
  return `Bearer ${text}.${signature(text, secret)}`;
};

/** The code that this header is refused with, or the user that it proves. */
function outcome({ authenticate }: Awaited<ReturnType<typeof load>>, header: string | null) {
  try {
    return authenticate(header).userId;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: now * 1000, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("[A-2] a token is HS256 under the secret's bytes, with sub, iat, exp, iss and aud", async () => {
  // A secret whose characters take several bytes, so that another reading of it shows.
  const secret = "gehêimnis-秘密-🔑-of-quite-some-length";
  const { signToken } = await load({ BETTER_AUTH_SECRET: secret });
  const [header = "", claims = "", signed] = signToken("user-1").split(".");
  expect(signed).toBe(signature(`${header}.${claims}`, secret));
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
    sub: "user-1",
    iat: now,
    exp: now + 900,
    iss: origin,
    aud: origin,
  });
});

describe("a retired secret [A-6]", () => {
  const given = { BETTER_AUTH_SECRET_RETIRED: retired };

  test("still verifies, and so does the current one", async () => {
    const module = await load(given);
    for (const secret of [current, retired]) {
      expect(outcome(module, mint({ sub: "a", exp: now + 60 }, secret))).toBe("a");
      expect(outcome(module, mint({ sub: "a", exp: now - 1 }, secret))).toBe("expired_token");
      expect(outcome(module, mint({ sub: "", exp: now + 60 }, secret))).toBe("invalid_token");
    }
    const third = "a third secret, 32 characters and more";
    expect(outcome(module, mint({ sub: "a", exp: now + 60 }, third))).toBe("invalid_token");
  });

  test("does not sign", async () => {
    const { signToken } = await load(given);
    const [header = "", claims = "", signed] = signToken("a").split(".");
    expect(signed).toBe(signature(`${header}.${claims}`, current));
    expect(signed).not.toBe(signature(`${header}.${claims}`, retired));
  });

  test("verifies nothing once it is taken out", async () => {
    const module = await load();
    expect(outcome(module, mint({ sub: "a", exp: now + 60 }, retired))).toBe("invalid_token");
  });
});

test.each<[string, object, string]>([
  ["sub and exp alone", { exp: now + 1 }, "a"],
  ["exp now", { exp: now }, "expired_token"],
  ["exp a second ago", { exp: now - 1 }, "expired_token"],
  ["exp an hour ago", { exp: now - 3600 }, "expired_token"],
  ["exp in a hundred years", { exp: now + 3_155_760_000 }, "a"],
  ["exp that is no number", { exp: "tomorrow" }, "invalid_token"],
  ["exp null", { exp: null }, "invalid_token"],
  ["no exp", {}, "invalid_token"],
  ["iat 60 s ahead", { exp: now + 300, iat: now + 60 }, "a"],
  ["iat 61 s ahead", { exp: now + 300, iat: now + 61 }, "invalid_token"],
  ["iat that is no number", { exp: now + 300, iat: "now" }, "invalid_token"],
  ["iat long ago", { exp: now + 300, iat: 0 }, "a"],
  ["nbf 60 s ahead", { exp: now + 300, nbf: now + 60 }, "a"],
  ["nbf 61 s ahead", { exp: now + 300, nbf: now + 61 }, "invalid_token"],
  ["nbf that is no number", { exp: now + 300, nbf: "now" }, "invalid_token"],
  ["the right iss and aud", { exp: now + 300, iss: origin, aud: origin }, "a"],
  ["aud among others", { exp: now + 300, aud: ["https://x.example", origin] }, "a"],
  ["another iss", { exp: now + 300, iss: `${origin}/` }, "invalid_token"],
  ["iss null", { exp: now + 300, iss: null }, "invalid_token"],
  ["iss in a list", { exp: now + 300, iss: [origin] }, "invalid_token"],
  ["another aud", { exp: now + 300, aud: "https://x.example" }, "invalid_token"],
  ["no aud in the list", { exp: now + 300, aud: [] }, "invalid_token"],
  ["aud null", { exp: now + 300, aud: null }, "invalid_token"],
])("[A-4] a token with %s", async (_, claims, expected) => {
  expect(outcome(await load(), mint({ sub: "a", ...claims }))).toBe(expected);
});

test.each([
  [null, "missing_token"],
  ["", "missing_token"],
  ["Basic YTpi", "missing_token"],
  ["Token x", "missing_token"],
  ["Bearer", "invalid_token"],
  ["Bearer ", "invalid_token"],
  ["Bearer x", "invalid_token"],
  ["Bearer a.b.c", "invalid_token"],
  ["Bearer a.b.c.d.e", "invalid_token"],
  ["Bearer null", "invalid_token"],
  [`Bearer ${"x".repeat(100_000)}`, "invalid_token"],
])("[A-5] the header %j is refused as %s proves nothing", async (header, code) => {
  expect(outcome(await load(), header)).toBe(code);
});

/** A token with this header and these bytes as claims, signed by the right secret. */
const signed = (
  header: object,
  claims: string | Buffer = JSON.stringify({ sub: "a", exp: now + 60 }),
) => {
  const text = `${part(header)}.${Buffer.from(claims).toString("base64url")}`;
  return `Bearer ${text}.${signature(text, current)}`;
};
const good = signed({ alg: "HS256" });

test.each<[string, string, string]>([
  ["a header with more in it", signed({ alg: "HS256", typ: "x", kid: "../secret" }), "a"],
  ["no alg", signed({}), "invalid_token"],
  ["alg none", signed({ alg: "none" }), "invalid_token"],
  ["alg HS512", signed({ alg: "HS512" }), "invalid_token"],
  ["alg in a list", signed({ alg: ["HS256"] }), "invalid_token"],
  [
    "an extension that must be understood",
    signed({ alg: "HS256", crit: ["b64"] }),
    "invalid_token",
  ],
  ["crit null", signed({ alg: "HS256", crit: null }), "invalid_token"],
  ["a header that is no object", signed(["HS256"]), "invalid_token"],
  ["claims that are no JSON", signed({ alg: "HS256" }, "sub=a"), "invalid_token"],
  ["claims that are a list", signed({ alg: "HS256" }, "[]"), "invalid_token"],
  ["claims null", signed({ alg: "HS256" }, "null"), "invalid_token"],
  [
    "a sub that is no UTF-8",
    signed({ alg: "HS256" }, Buffer.from(`{"sub":"\xff","exp":${now + 60}}`, "latin1")),
    "invalid_token",
  ],
  ["no signature", good.slice(0, good.lastIndexOf(".") + 1), "invalid_token"],
  ["half a signature", good.slice(0, -20), "invalid_token"],
  ["a signature and more", `${good}A`, "invalid_token"],
  ["a signature that is padded", `${good}=`, "invalid_token"],
  ["a fourth part", `${good}.x`, "invalid_token"],
  ["an empty fourth part", `${good}.`, "invalid_token"],
])("[A-4] a token with %s", async (_, header, expected) => {
  expect(outcome(await load(), header)).toBe(expected);
});

test("[A-4] a signature with any one character changed proves nothing", async () => {
  const module = await load();
  const start = good.lastIndexOf(".") + 1;
  for (let at = start; at < good.length; at++) {
    const other = good[at] === "A" ? "B" : "A";
    const changed = `${good.slice(0, at)}${other}${good.slice(at + 1)}`;
    expect(outcome(module, changed)).toBe("invalid_token");
  }
});
