/** An e-mail address as whoever uses this device may see it: enough for its owner to know it. */
export const maskEmail = (email: string): string =>
  email.replace(/^(.).*@(.).*?(\.[^.]*)?$/u, "$1…@$2…$3");
