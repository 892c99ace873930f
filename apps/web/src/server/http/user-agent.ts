/** Longer than any browser's: what comes behind is no name of a program. */
const most = 512;

/** What a program says of itself, as it is kept and given on. */
export const shortUserAgent = (text: string): string => text.slice(0, most);
