import { describe, expect, test } from "vitest";
import { notesFault, titleFault } from "./validation.ts";

describe("a title (T-2)", () => {
  test("is trimmed before it is counted", () => {
    expect(titleFault(`  ${"a".repeat(200)}  `)).toBeUndefined();
    expect(titleFault("   ")).toBe("Write a title.");
  });

  test("is counted in code points", () => {
    expect(titleFault("🌱".repeat(200))).toBeUndefined();
    expect(titleFault("🌱".repeat(201))).toBe("Shorten the title to 200 characters. It has 201.");
  });
});

test("notes have their own limit, and may be empty", () => {
  expect(notesFault("")).toBeUndefined();
  expect(notesFault("a".repeat(10_000))).toBeUndefined();
  expect(notesFault("a".repeat(10_001))).toBe(
    "Shorten the notes to 10,000 characters. They have 10,001.",
  );
});
