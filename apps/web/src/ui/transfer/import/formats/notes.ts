import { codePoints, limits } from "@tend/contracts/limits";

/** A text of at most `most` code points; a cut one ends with an ellipsis. */
export const shortened = (text: string, most: number): string =>
  codePoints(text) > most ? `${[...text].slice(0, most - 1).join("")}…` : text;

/**
 * The description of a task from data without a field: texts, and below them the lines with other
 * values of the file. Where it is too long the texts are cut, and the lines stay.
 */
export function notesOf(texts: readonly string[], lines: string): { text: string; isCut: boolean } {
  const whole = paragraphs([...texts, lines]);
  if (codePoints(whole) <= limits.description) return { text: whole, isCut: false };
  const end = shortened(lines, limits.description / 2);
  const below = end && `\n\n${end}`;
  const room = limits.description - codePoints(below);
  return { text: shortened(paragraphs(texts), room) + below, isCut: true };
}

const paragraphs = (texts: readonly string[]): string => texts.filter(Boolean).join("\n\n");
