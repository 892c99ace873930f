import { isDay } from "#ui/quick-add/calendar.ts";
import { parseQuickAdd } from "#ui/quick-add/parse.ts";

export interface DayAndTime {
  readonly due_date: string;
  readonly due_time: string | null;
  /** Set where the text itself names a moment. */
  readonly time_zone?: "UTC";
}

/**
 * The day that a DATE cell of Todoist means; undefined where that is not sure, as it is for what
 * repeats. Words are read in English alone: "mar 24" is a Tuesday in Spanish.
 */
export function readTodoistDate(
  text: string,
  language: string,
  today: string,
): DayAndTime | undefined {
  const written = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z)?)?$/.exec(text);
  if (written) {
    const [, due_date = "", due_time = null, utc] = written;
    if (!isDay(due_date)) return undefined;
    return { due_date, due_time, ...(utc && { time_zone: "UTC" }) };
  }
  if (language !== "" && !/^en\b/i.test(language)) return undefined;
  // No capital makes a name here; with its zero a clock time is one of 24 hours.
  const words = text.toLowerCase().replace(/(?<![\d:])(\d:\d\d)(?!\s*[ap]\.?m)/g, "0$1");
  const readAt = (clock: string) => parseQuickAdd(`Task ${words}`, `${today}T${clock}`);
  // At midnight, so that no time of this day is over.
  const { title, due_date, due_time, tags, priority } = readAt("00:00");
  // "in an hour" counts from a moment that the file does not name.
  if (due_time !== readAt("00:01").due_time) return undefined;
  const isWhole = title === "Task" && tags.length === 0 && priority === "none";
  return isWhole && due_date !== null ? { due_date, due_time } : undefined;
}
