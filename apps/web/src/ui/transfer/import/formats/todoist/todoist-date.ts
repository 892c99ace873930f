import { calendarDay, inDigits } from "#ui/quick-add/calendar.ts";
import { parseQuickAdd } from "#ui/quick-add/parse.ts";
import { isShown } from "#ui/transfer/import/formats/wall-clock.ts";

export interface DayAndTime {
  readonly due_date: string;
  readonly due_time: string | null;
  /** Set where the text itself names an instant. */
  readonly time_zone?: "UTC";
  /** The part that the text leaves open, so that its day depends on the day of reading. */
  readonly by?: "today" | "year";
}

/** Reads dates of one file, which says a few of them many times; to read one in words takes long. */
export function dateReader(today: string) {
  const known = new Map<string, { readonly due: DayAndTime | undefined }>();
  return (text: string, language: string): DayAndTime | undefined => {
    const key = `${language} ${text}`;
    const found = known.get(key) ?? { due: readTodoistDate(text, language, today) };
    known.set(key, found);
    return found.due;
  };
}

/**
 * The day of a DATE cell of Todoist; undefined where it is not certain, or repeats. Words are read
 * in English alone: "mar 24" is a Tuesday in Spanish. In other languages only a day with its month
 * and year is read.
 */
export function readTodoistDate(
  text: string,
  language: string,
  today: string,
): DayAndTime | undefined {
  const written = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z)?)?$/.exec(text);
  if (written) {
    const [, due_date = "", due_time = null, utc] = written;
    if (!isShown(due_date, due_time ?? "00:00")) return undefined;
    return { due_date, due_time, ...(utc && { time_zone: "UTC" }) };
  }
  const isEnglish = language === "" || /^en\b|^en_/i.test(language);
  const named = readNamedMonth(text, isEnglish ? "en" : language);
  return isEnglish ? (named ?? readEnglish(text, today)) : named;
}

function readEnglish(text: string, today: string): DayAndTime | undefined {
  // Lower case, since no capital marks a name; a zero marks a time of 24 hours.
  const words = text.toLowerCase().replace(/(?<![\d:])(\d:\d\d)(?!\s*[ap]\.?m)/g, "0$1");
  const readAt = (day: string, clock = "00:00") =>
    parseQuickAdd(`Task ${words}`, `${day}T${clock}`);
  // The clock is at midnight, so that no time of the day is over.
  const { title, due_date, due_time, tags, priority } = readAt(today);
  // "in an hour" counts from a time that the file does not name.
  if (due_time !== readAt(today, "00:01").due_time) return undefined;
  const isWhole = title === "Task" && tags.length === 0 && priority === "none";
  if (!isWhole || due_date === null) return undefined;

  const year = today.slice(0, 4);
  const readings = [`${year}-01-01`, `${year}-05-17`, `${year}-10-30`, "1970-01-01"].map(
    (day) => readAt(day).due_date ?? "",
  );
  if (readings.every((reading) => reading === due_date)) return { due_date, due_time };
  // Day and month are fixed, so the year is left open. Quick add looks ahead from today; Todoist
  // leaves out the year of the export, whose days may be over.
  const [inThisYear = ""] = readings;
  const isYearless = readings.every((reading) => reading.slice(4) === inThisYear.slice(4));
  if (!isYearless) return { due_date, due_time, by: "today" };
  // 29 February of a year that has none is not a day.
  return inThisYear.startsWith(year) ? { due_date: inThisYear, due_time, by: "year" } : undefined;
}

/** Reads a date by month and year: "5 мар 2027", "24 de marzo de 2026 9:30", "2027年3月5日". */
function readNamedMonth(text: string, language: string): DayAndTime | undefined {
  const numbers =
    /^(\d{4})\s?[年년]\s?(\d\d?)\s?[月월]\s?(\d\d?)\s?[日일](?:\s+(\d\d?:\d\d))?$/u.exec(text);
  if (numbers) {
    const [, year, month, day, clock] = numbers;
    return dayAndTime(Number(year), Number(month) - 1, Number(day), clock);
  }
  const words =
    /^(\d\d?)(?:\.|er|º)?\s+(?:de\s+)?([\p{L}\p{M}]+)\.?\s+(?:de\s+)?(\d{4})(?:\s?г\.?)?(?:\s+(\d\d?:\d\d))?$/u.exec(
      text,
    );
  if (!words) return undefined;
  const [, day, name = "", year, clock] = words;
  const month = monthInLanguage(name, language);
  return month === undefined ? undefined : dayAndTime(Number(year), month, Number(day), clock);
}

function dayAndTime(year: number, month: number, day: number, clock = ""): DayAndTime | undefined {
  const due_date = calendarDay(year, month, day);
  if (due_date === undefined) return undefined;
  if (clock === "") return { due_date, due_time: null };
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  if (hours > 23 || minutes > 59) return undefined;
  return { due_date, due_time: `${inDigits(hours, 2)}:${inDigits(minutes, 2)}` };
}

/** The month, from 0, whose name in this language begins so, where there is just one. */
function monthInLanguage(name: string, language: string): number | undefined {
  const locale = localeOf(language);
  if (locale === undefined || name.length < 3) return undefined;
  const typed = name.toLocaleLowerCase(locale);
  const months = [...monthNames(locale).entries()];
  const whole = months.filter(([, names]) => names.includes(typed));
  const begun = months.filter(([, names]) => names.some((one) => one.startsWith(typed)));
  const [only, other] = whole.length > 0 ? whole : begun;
  return other === undefined ? only?.[0] : undefined;
}

function localeOf(language: string): string | undefined {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language.replace("_", "-"))[0];
  } catch {
    return undefined;
  }
}

/** The names of months by language, cached: making a format takes longer than reading a row. */
const namesByLocale = new Map<string, readonly (readonly string[])[]>();

/** The names of each month, long and short, alone and beside a day, where many are inflected. */
function monthNames(locale: string): readonly (readonly string[])[] {
  const known = namesByLocale.get(locale);
  if (known) return known;
  const formats = (["long", "short"] as const)
    .flatMap((month) => [{ month }, { month, day: "numeric" as const }])
    .map((form) => new Intl.DateTimeFormat(locale, { ...form, timeZone: "UTC" }));
  const names = Array.from({ length: 12 }, (_, month) =>
    formats.map((format) => {
      const parts = format.formatToParts(Date.UTC(2027, month, 5));
      const name = parts.find(({ type }) => type === "month")?.value ?? "";
      return name.toLocaleLowerCase(locale).replace(/\.$/, "");
    }),
  );
  namesByLocale.set(locale, names);
  return names;
}
