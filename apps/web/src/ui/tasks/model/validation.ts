import { codePoints, limits, tagKey } from "@tend/contracts/limits";

const number = (value: number): string => value.toLocaleString("en");

/** T-2: the error of a title, in words; undefined where it is valid. */
export function titleFault(text: string): string | undefined {
  const length = codePoints(text.trim());
  if (length === 0) return "Write a title.";
  return length > limits.title ? tooLong("title", length, limits.title) : undefined;
}

export function notesFault(text: string): string | undefined {
  const length = codePoints(text);
  return length > limits.description ? tooLong("notes", length, limits.description) : undefined;
}

/** The error of a year before 1000: a date field takes 26 literally, who types it means 2026. */
export function yearFault(day: string): string | undefined {
  const year = Number(day.slice(0, 4));
  return day !== "" && year < 1000
    ? `Write the year with four digits: ${year} is read as the year ${year}.`
    : undefined;
}

/** T-15: the tags of a text, separated by spaces and commas, each once. */
export function tagsOf(text: string): string[] {
  const tags = new Map<string, string>();
  for (const word of text.split(/[\s,]+/u)) {
    const tag = word.replace(/^#+/, "");
    if (tag !== "" && !tags.has(tagKey(tag))) tags.set(tagKey(tag), tag);
  }
  return [...tags.values()];
}

export function tagsFault(text: string): string | undefined {
  const tags = tagsOf(text);
  if (tags.length > limits.tags) return `Give at most ${limits.tags} tags.`;
  const long = tags.find((tag) => codePoints(tag) > limits.tag);
  return long && `Shorten #${long} to ${limits.tag} characters.`;
}

const tooLong = (what: "title" | "notes", length: number, most: number): string =>
  `Shorten the ${what} to ${number(most)} characters. ${what === "title" ? "It has" : "They have"} ${number(length)}.`;
