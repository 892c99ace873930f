import { describe, expect, test } from "vitest";
import { dueLabel, localClock, localDay, shiftDay } from "./day-label.ts";

const today = "2026-11-24";

describe("a day in words", () => {
  test.each([
    ["2026-11-24", "Today"],
    ["2026-11-25", "Tomorrow"],
    ["2026-11-23", "Yesterday"],
    ["2026-11-27", "Fri 27 Nov"],
    ["2026-01-02", "Fri 2 Jan"],
    ["2027-01-01", "Fri 1 Jan 2027"],
    ["0001-01-01", "Mon 1 Jan 1"],
    ["9999-12-31", "Fri 31 Dec 9999"],
  ])("%s is %s", (day, label) => expect(dueLabel(day, today)).toBe(label));

  test("without a today it is the plain day, the same in every zone", () => {
    expect(dueLabel("2026-11-24", null)).toBe("Tue 24 Nov");
    expect(dueLabel("2027-01-01", null)).toBe("Fri 1 Jan");
  });

  test("knows the turn of a month, a year and a leap day", () => {
    expect(dueLabel("2027-01-01", "2026-12-31")).toBe("Tomorrow");
    expect(shiftDay("2028-02-28", 1)).toBe("2028-02-29");
  });
});

test("the device's day is that of its own zone", () => {
  expect(localDay(new Date(2026, 0, 5, 23, 59))).toBe("2026-01-05");
});

test("the device's clock shows day, hour and minute", () => {
  expect(localClock(new Date(2026, 0, 5, 9, 4, 59))).toBe("2026-01-05T09:04");
});
