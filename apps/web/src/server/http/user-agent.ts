/** Characters that are kept: more than any browser's name has. */
const most = 512;

/** The User-Agent of a program, as it is stored and handed on. */
export const shortUserAgent = (text: string): string => text.slice(0, most);
