import { describe, expect, test } from "vitest";
import { lastActive } from "./session-words.ts";

describe("when it was last active", () => {
  const day = (text: string) => new Date(`${text}T12:00:00`).toISOString();

  test.each([
    ["2026-11-21", "Last active today"],
    ["2026-11-22", "Last active today"],
    ["2026-11-20", "Last active yesterday"],
    ["2026-11-13", "Last active Fri 13 Nov"],
    ["2025-11-13", "Last active Thu 13 Nov 2025"],
  ])("%s", (used, words) => {
    expect(lastActive(day(used), "2026-11-21")).toBe(words);
  });

  test("before the reader's own day is known, the day in UTC", () => {
    expect(lastActive("2026-11-20T23:30:00.000Z", null)).toBe("Last active Fri 20 Nov");
  });
});
