/**
 * A text with LF and in NFC, by which texts are compared: editors, spreadsheets and file systems
 * change line ends and the form of letters (é as one sign or as two), which nobody can see.
 */
export const canonicalText = (text: string): string =>
  text.replace(/\r\n?/g, "\n").normalize("NFC");

/** Whether two values, and all within them, hold the same text. */
export const isSameText = (one: unknown, other: unknown): boolean =>
  canonicalJson(one) === canonicalJson(other);

const canonicalJson = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part) => (typeof part === "string" ? canonicalText(part) : part));
