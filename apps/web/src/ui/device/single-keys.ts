import { setCookie } from "./cookie.ts";

export const singleKeysCookie = "single-keys";

/** Whether keys such as n act by themselves (WCAG 2.1.4): on, unless the cookie says otherwise. */
export const readSingleKeys = (cookie: string | undefined): boolean => cookie !== "off";

/** The server writes it into <html>, so that it is known before the first key. */
export const singleKeysAreOn = (): boolean => document.documentElement.dataset.singleKeys !== "off";

/** Holds at once, and on the next visit. */
export function chooseSingleKeys(on: boolean): void {
  setCookie(singleKeysCookie, "off", on ? 0 : 31_536_000);
  if (on) delete document.documentElement.dataset.singleKeys;
  else document.documentElement.dataset.singleKeys = "off";
}
