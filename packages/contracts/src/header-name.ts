/** `if_match` → `If-Match`: a header's name on the wire. Without zod, for the browser's client. */
export const headerName = (name: string): string =>
  name.replace(
    /(^|_)(\w)/g,
    (_, gap: string, letter: string) => (gap && "-") + letter.toUpperCase(),
  );
