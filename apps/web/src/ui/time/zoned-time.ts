const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** The cached format of a zone: making one takes tens of microseconds, and zones are few. */
function offsetFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(timeZone)) formats.set(timeZone, makeOffsetFormat(timeZone));
  return formats.get(timeZone);
}

function makeOffsetFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
}

/** Milliseconds that a zone's clocks are ahead of UTC at an instant, read from "GMT+05:30". */
function offsetAt(instant: number, format: Intl.DateTimeFormat): number {
  const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value;
  const parts = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name ?? "");
  if (!parts) return 0;
  const [, sign, hours, minutes, seconds = 0] = parts;
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return sign === "-" ? -ahead : ahead;
}

const dayLength = 86_400_000;

/**
 * The instant at which the zone's clocks show this day and time, as in PostgreSQL: of two the later
 * one; for a skipped time, an hour later. Undefined for a zone that this browser does not know.
 */
export function momentOf(due_date: string, due_time: string, time_zone: string): Date | undefined {
  const format = offsetFormat(time_zone);
  if (!format) return undefined;
  const shown = Date.parse(`${due_date}T${due_time}:00Z`);
  const before = offsetAt(shown - dayLength, format);
  const after = offsetAt(shown + dayLength, format);
  const instants = [before, after]
    .map((offset) => shown - offset)
    .filter((instant) => instant + offsetAt(instant, format) === shown);
  return new Date(instants.length > 0 ? Math.max(...instants) : shown - before);
}
