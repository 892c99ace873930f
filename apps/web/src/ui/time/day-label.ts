const weekdays = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The calendar day, YYYY-MM-DD, on the device. */
export function localDay(now: Date): string {
  const [year, month, day] = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** What the device's clock shows, YYYY-MM-DDTHH:MM. */
export function localClock(now: Date): string {
  return `${localDay(now)}T${pad(now.getHours(), 2)}:${pad(now.getMinutes(), 2)}`;
}

export function shiftDay(day: string, days: number): string {
  const date = atMidnight(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/**
 * A day in words: Today, Tomorrow, Yesterday, else as "Fri 27 Nov", with its year where that is
 * another. Without `today`, as on a server that does not know the reader's zone: the plain day.
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
  // By the server's clock it may be a little later than here.
  return day >= today ? "today" : dueLabel(day, today).replace("Yesterday", "yesterday");
}

/** When a task was deleted, in words: "Deleted yesterday". */
export const deletedLabel = (deleted_at: string, today: string): string =>
  `Deleted ${pastLabel(deleted_at, today)}`;

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

// Parsed, not constructed: Date.UTC takes the years 0 to 99 for 1900 to 1999.
const atMidnight = (day: string): Date => new Date(`${day}T00:00:00Z`);
