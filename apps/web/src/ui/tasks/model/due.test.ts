import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { isDue } from "./due.ts";

// The clock of the device, in whatever zone it is.
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
      // The time on that zone's clocks.
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
