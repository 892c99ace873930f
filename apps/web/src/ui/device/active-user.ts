import { browserStorage } from "./storage.ts";

/** Whose list this browser opened last, until they sign out. */
const hereKey = "tend:here";

export const whoIsHere = (): string | null => browserStorage()?.getItem(hereKey) ?? null;

/** From here on the device shows nothing that it keeps of anybody else. */
export function comeHere(userId: string): void {
  try {
    browserStorage()?.setItem(hereKey, userId);
  } catch {
    // Full: then the list cannot be shown offline.
  }
}

/** Signed out, and nobody has come since. */
export const nobodyIsHere = (): void => browserStorage()?.removeItem(hereKey);
