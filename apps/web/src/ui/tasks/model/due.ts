import type { DueFilter, Task } from "@tend/contracts";
import { localDay } from "#ui/time/day-label.ts";
import { momentOf } from "#ui/time/zoned-time.ts";

type Due = Pick<Task, "due_date" | "due_time" | "time_zone">;

/** T-17: whether a task is due in this way, by the calendar and the clock of the device. */
export function isDue(task: Due, due: DueFilter, now: Date): boolean {
  if (due === "none") return task.due_date === null;
  const at = whenDue(task);
  if (!at) return false;
  const today = localDay(now);
  switch (due) {
    case "overdue":
      return at.moment ? at.moment < now : at.day < today;
    case "today":
      return at.day === today;
    case "upcoming":
      return at.day > today;
  }
}

/** The day of a task on this device, and the instant where it has a time. */
function whenDue({ due_date: day, due_time: time, time_zone: zone }: Due) {
  if (day === null) return undefined;
  if (time === null) return { day };
  const moment = new Date(`${day}T${time}`);
  if (zone === null) return { day, moment };
  const there = momentOf(day, time, zone) ?? moment;
  return { day: localDay(there), moment: there };
}
