import { codePoints, limits } from "@tend/contracts/limits";

const number = (value: number): string => value.toLocaleString("en");

/** T-2: what is wrong with a title, in words; undefined where nothing is. */
export function titleFault(text: string): string | undefined {
  const length = codePoints(text.trim());
  if (length === 0) return "Write a title.";
  return length > limits.title ? tooLong("title", length, limits.title) : undefined;
}

export function notesFault(text: string): string | undefined {
  const length = codePoints(text);
  return length > limits.description ? tooLong("notes", length, limits.description) : undefined;
}

const tooLong = (what: "title" | "notes", length: number, most: number): string =>
  `Shorten the ${what} to ${number(most)} characters. ${what === "title" ? "It has" : "They have"} ${number(length)}.`;
