import { setCookie } from "./cookie.ts";

export const singleKeysCookie = "single-keys";

/** Whether keys such as n act by themselves (WCAG 2.1.4): on, unless the cookie says otherwise. */
export const readSingleKeys = (cookie: string | undefined): boolean => cookie !== "off";

/** Whether single keys are on, by what the server wrote into <html> before the first key. */
export const singleKeysAreOn = (): boolean => document.documentElement.dataset.singleKeys !== "off";

/** Turns single keys on or off, at once and for the next visits. */
export function chooseSingleKeys(on: boolean): void {
  setCookie(singleKeysCookie, "off", on ? 0 : 31_536_000);
  if (on) delete document.documentElement.dataset.singleKeys;
  else document.documentElement.dataset.singleKeys = "off";
}
