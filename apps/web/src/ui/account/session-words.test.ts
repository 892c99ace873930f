import { describe, expect, test } from "vitest";
import { addressLabel, lastActive } from "./session-words.ts";

test.each([
  ["127.0.0.1", "This machine"],
  ["127.1.2.3", "This machine"],
  ["0000:0000:0000:0000:0000:0000:0000:0000", "This machine"],
  ["0000:0000:0000:0000:0000:0000:0000:0001", "This machine"],
  ["::1", "This machine"],
  ["203.0.113.7", "203.0.113.7"],
  ["2001:0db8:85a3:0000:0000:0000:0000:0000", "2001:db8:85a3::"],
  ["2001:db8::1", "2001:db8::1"],
  ["something else", "something else"],
])("the address %s", (address, words) => expect(addressLabel(address)).toBe(words));

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
