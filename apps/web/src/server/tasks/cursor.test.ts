import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

async function load(secret = "a secret of the right length, really") {
  vi.stubEnv("BETTER_AUTH_SECRET", secret);
  vi.stubEnv("BETTER_AUTH_URL", "https://tend.example.com");
  vi.stubEnv("DATABASE_URL", "postgresql://nobody@nowhere.invalid/none");
  vi.resetModules();
  return await import("./cursor.ts");
}

let module: Awaited<ReturnType<typeof load>>;

beforeEach(async () => {
  module = await load();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const id = "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47";

describe("a cursor [T-6, E-4]", () => {
  test.each(["", "Pay rent", 'a "quoted"\\ title', "😀e\u0301שלום", "2026-12-01", "x".repeat(200)])(
    "opens to the place that was sealed: %j",
    (key) => {
      const cursor = module.sealCursor("scope", { key, id });
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(module.openCursor("scope", cursor)).toEqual({ key, id, isCurrent: true });
    },
  );

  test("opens for its own scope alone", () => {
    const cursor = module.sealCursor("ada\nall\ntitle\nasc", { key: "x", id });
    for (const scope of ["", "bob\nall\ntitle\nasc", "ada\nall\ntitle\ndesc"])
      expect(module.openCursor(scope, cursor)).toBeUndefined();
  });

  test("opens under its own secret alone", async () => {
    const cursor = module.sealCursor("scope", { key: "x", id });
    const other = await load("another secret of the right length");
    expect(other.openCursor("scope", cursor)).toBeUndefined();
  });

  test("[A-6] of a retired secret opens, and says that it is not of today's", async () => {
    const cursor = module.sealCursor("scope", { key: "x", id });
    vi.stubEnv("BETTER_AUTH_SECRET_RETIRED", "a secret of the right length, really");
    const later = await load("another secret of the right length");
    expect(later.openCursor("scope", cursor)).toEqual({ key: "x", id, isCurrent: false });
  });

  test("is another one each time, and shows nothing of the place", () => {
    const make = () => module.sealCursor("scope", { key: "Surprise party", id });
    expect(make()).not.toBe(make());
    const bytes = Buffer.from(make(), "base64url");
    for (const text of ["Surprise", "party", id, "0199d3c2"])
      expect(bytes.includes(text)).toBe(false);
  });

  test("with any bit changed does not open", () => {
    const bytes = Buffer.from(module.sealCursor("scope", { key: "x", id }), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(module.openCursor("scope", changed.toString("base64url"))).toBeUndefined();
    }
  });

  test("cut off anywhere does not open", () => {
    const bytes = Buffer.from(module.sealCursor("scope", { key: "x", id }), "base64url");
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length).toString("base64url");
      expect(module.openCursor("scope", cut)).toBeUndefined();
    }
  });
});
