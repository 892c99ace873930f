import { describe, expect, test } from "vitest";
import { isDue, momentIn } from "./due.ts";
import { makeTask } from "./testing.ts";

// The clock of the device, in whatever zone it stands.
const now = new Date(2026, 10, 24, 12, 30);
const due = (fields: Parameters<typeof makeTask>[0]) =>
  (["overdue", "today", "upcoming", "none"] as const).filter((kind) =>
    isDue(makeTask(fields), kind, now),
  );

describe("T-17 a task is due", () => {
  test.each([
    [null, null, ["none"]],
    ["2026-11-23", null, ["overdue"]],
    ["2026-11-24", null, ["today"]],
    ["2026-11-25", null, ["upcoming"]],
    ["2026-11-24", "12:29", ["overdue", "today"]],
    ["2026-11-24", "12:30", ["today"]],
    ["2026-11-23", "23:59", ["overdue"]],
    ["2026-11-25", "00:00", ["upcoming"]],
  ])("%s %s: %j", (due_date, due_time, kinds) =>
    expect(due({ due_date, due_time })).toEqual(kinds),
  );

  test("by its moment where it has a zone of its own", () => {
    const hour = 3_600_000;
    const kindsIn = (hours: number, time_zone: string) => {
      const moment = new Date(now.getTime() + hours * hour);
      // What that zone's clocks show then.
      const clock = moment.toLocaleString("sv", { timeZone: time_zone });
      return due({ due_date: clock.slice(0, 10), due_time: clock.slice(11, 16), time_zone });
    };
    for (const zone of ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]) {
      expect(kindsIn(-1, zone), zone).toEqual(["overdue", "today"]);
      expect(kindsIn(1, zone), zone).toEqual(["today"]);
      expect(kindsIn(-24, zone), zone).toEqual(["overdue"]);
      expect(kindsIn(24, zone), zone).toEqual(["upcoming"]);
    }
  });

  test("by the clock here in a zone that this browser does not know", () => {
    const unknown = { due_date: "2026-11-24", due_time: "12:29", time_zone: "Mars/Olympus" };
    expect(due(unknown)).toEqual(["overdue", "today"]);
  });
});

test.each([
  ["Europe/Berlin", "2026-07-01", "12:00", "2026-07-01T10:00:00.000Z"],
  ["Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00.000Z"],
  ["Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00.000Z"],
  // The hour that is left out, and the one that comes twice: as PostgreSQL reads them.
  ["Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00.000Z"],
  ["Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T01:30:00.000Z"],
  ["America/St_Johns", "2026-01-01", "00:00", "2026-01-01T03:30:00.000Z"],
  ["Pacific/Kiritimati", "2026-01-01", "00:00", "2025-12-31T10:00:00.000Z"],
  ["UTC", "0099-01-01", "00:00", "0099-01-01T00:00:00.000Z"],
])("in %s it is %s %s at %s", (zone, day, time, moment) =>
  expect(momentIn(zone, day, time)?.toISOString()).toBe(moment),
);
