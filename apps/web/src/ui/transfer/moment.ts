const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, since to make one takes tens of microseconds; there are only so many zones. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const kept = formats.get(timeZone);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, made);
  return made;
}

/** Milliseconds that the clocks of a zone are ahead of UTC at an instant: "GMT+05:30". */
function offsetAt(instant: number, timeZone: string): number {
  const name = formatOf(timeZone)
    .formatToParts(instant)
    .find(({ type }) => type === "timeZoneName")?.value;
  const parts = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name ?? "");
  if (!parts) return 0;
  const [, sign, hours, minutes, seconds = 0] = parts;
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return sign === "-" ? -ahead : ahead;
}

const dayLength = 86_400_000;

/**
 * The instant at which clocks of the zone show this, as PostgreSQL reckons it: of two the later one,
 * and where the hour is left out, an hour later.
 */
export function momentOf(due_date: string, due_time: string, time_zone: string): Date {
  const shown = Date.parse(`${due_date}T${due_time}:00Z`);
  const before = offsetAt(shown - dayLength, time_zone);
  const after = offsetAt(shown + dayLength, time_zone);
  const instants = [before, after]
    .map((offset) => shown - offset)
    .filter((instant) => instant + offsetAt(instant, time_zone) === shown);
  return new Date(instants.length > 0 ? Math.max(...instants) : shown - before);
}
