import { expect, test } from "vitest";
import { momentOf } from "./zoned-time.ts";

test.each([
  ["2026-12-01", "09:30", "UTC", "2026-12-01T09:30:00.000Z"],
  ["2026-12-01", "09:30", "Europe/Berlin", "2026-12-01T08:30:00.000Z"],
  ["2026-07-01", "09:30", "Europe/Berlin", "2026-07-01T07:30:00.000Z"],
  ["2026-12-01", "09:30", "Asia/Kolkata", "2026-12-01T04:00:00.000Z"],
  ["2026-12-01", "09:30", "America/St_Johns", "2026-12-01T13:00:00.000Z"],
  // Minutes on both sides of a change of the clocks.
  ["2026-03-29", "01:59", "Europe/Berlin", "2026-03-29T00:59:00.000Z"],
  ["2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
  ["2026-10-25", "01:59", "Europe/Berlin", "2026-10-24T23:59:00.000Z"],
  ["2026-10-25", "03:00", "Europe/Berlin", "2026-10-25T02:00:00.000Z"],
  // Times that the clocks skip count an hour later; of those that they show twice, the later one.
  ["2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T01:30:00.000Z"],
  ["2026-11-01", "01:30", "America/New_York", "2026-11-01T06:30:00.000Z"],
  ["2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
  ["2026-01-01", "00:00", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z"],
  ["0099-01-01", "00:00", "UTC", "0099-01-01T00:00:00.000Z"],
  // A zone with half an hour of summer time.
  ["2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00.000Z"],
])("[T-16] %s %s in %s is %s", (day, time, zone, expected) => {
  expect(momentOf(day, time, zone)?.toISOString()).toBe(expected);
});

test("a zone that this browser does not know has no moments", () => {
  expect(momentOf("2026-12-01", "09:30", "Mars/Olympus")).toBeUndefined();
});
