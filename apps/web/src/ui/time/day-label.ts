const weekdays = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The calendar day, YYYY-MM-DD, on the device. */
export function localDay(now: Date): string {
  const [year, month, day] = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** The time on the device's clock, YYYY-MM-DDTHH:MM. */
export function localClock(now: Date): string {
  return `${localDay(now)}T${pad(now.getHours(), 2)}:${pad(now.getMinutes(), 2)}`;
}

export function shiftDay(day: string, days: number): string {
  const date = atMidnight(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/**
 * A day in words: Today, Tomorrow, Yesterday, else as "Fri 27 Nov", with the year unless it is this
 * one. Without `today`, as on a server that does not know the reader's zone: the plain day.
 */
export function dueLabel(day: string, today: string | null): string {
  if (today !== null) {
    if (day === today) return "Today";
    if (day === shiftDay(today, 1)) return "Tomorrow";
    if (day === shiftDay(today, -1)) return "Yesterday";
  }
  const date = atMidnight(day);
  const label = `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  const year = day.slice(0, 4);
  return today === null || year === today.slice(0, 4) ? label : `${label} ${Number(year)}`;
}

/** The day of something past, as a sentence ends with it: today, yesterday, else "Fri 27 Nov". */
export function pastLabel(instant: string, today: string): string {
  const day = localDay(new Date(instant));
  // The server's clock may be a little ahead of the device's.
  return day >= today ? "today" : dueLabel(day, today).replace("Yesterday", "yesterday");
}

/** The day of a deletion, in words: "Deleted yesterday". */
export const deletedLabel = (deleted_at: string, today: string): string =>
  `Deleted ${pastLabel(deleted_at, today)}`;

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

// The day is parsed as text: Date.UTC takes the years 0 to 99 for 1900 to 1999.
const atMidnight = (day: string): Date => new Date(`${day}T00:00:00Z`);
