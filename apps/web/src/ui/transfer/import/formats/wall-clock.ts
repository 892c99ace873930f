import { isDay } from "#ui/quick-add/calendar.ts";

/** Whether a day and a time exist on a clock, which "2026-02-30" and "24:00" do not. */
export const isShown = (day: string, time: string): boolean =>
  isDay(day) && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time);

/** The time on a zone's clocks at an instant; undefined for a zone unknown to this browser. */
export function wallClock(
  instant: Date,
  timeZone: string,
): { readonly day: string; readonly time: string } | undefined {
  const format = clockFormat(timeZone);
  if (!format || Number.isNaN(instant.getTime())) return undefined;
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const [year = "", month = "", day = "", hour = "", minute = ""] = (
    ["year", "month", "day", "hour", "minute"] as const
  ).map((part) => parts.get(part));
  return { day: `${year.padStart(4, "0")}-${month}-${day}`, time: `${hour}:${minute}` };
}

/** Formats by zone, cached: making one takes longer than reading a row. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function clockFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(timeZone)) formats.set(timeZone, makeClockFormat(timeZone));
  return formats.get(timeZone);
}

function makeClockFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-u-ca-iso8601", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      ...({ month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const),
    });
  } catch {
    return undefined;
  }
}
