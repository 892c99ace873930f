import type { DueFilter, Task } from "@tend/contracts";
import { localDay } from "./due-date.ts";

type Due = Pick<Task, "due_date" | "due_time" | "time_zone">;

/** T-17, by the calendar and the clock of the device. */
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

/** The day that a task has here, and the moment where it has a time. */
function whenDue({ due_date: day, due_time: time, time_zone: zone }: Due) {
  if (day === null) return undefined;
  if (time === null) return { day };
  const moment = new Date(`${day}T${time}`);
  if (zone === null) return { day, moment };
  const there = momentIn(zone, day, time) ?? moment;
  return { day: localDay(there), moment: there };
}

/** When the clocks of a zone show this. Undefined for a zone that this browser does not know. */
export function momentIn(zone: string, day: string, time: string): Date | undefined {
  const format = formatOf(zone);
  if (!format) return undefined;
  const clock = Date.parse(`${day}T${time}Z`);
  // What the zone's clocks show a day before and after says both offsets that can hold.
  const [before, after] = [-1, 1].map((side) => clock - offsetAt(format, clock + side * dayLong));
  if (before === undefined || after === undefined) return undefined;
  const shows = (moment: number) => moment + offsetAt(format, moment) === clock;
  // Of two such moments PostgreSQL takes the later; of none, the one by the offset before the gap.
  return new Date(shows(after) ? after : before);
}

const dayLong = 86_400_000;

/** Milliseconds by which the zone's clocks are ahead of UTC. */
function offsetAt(format: Intl.DateTimeFormat, moment: number): number {
  const shown = format.formatToParts(moment);
  const part = (type: string) => shown.find((one) => one.type === type)?.value ?? "";
  const clock = `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}Z`;
  return Date.parse(clock) - Math.floor(moment / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(timeZone)) formats.set(timeZone, makeFormat(timeZone));
  return formats.get(timeZone);
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    return undefined;
  }
}
