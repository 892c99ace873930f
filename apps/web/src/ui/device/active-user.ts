import { browserStorage } from "./storage.ts";

/** Whose list this browser opened last, until they sign out. */
const activeUserKey = "tend:here";

export const getActiveUser = (): string | null => browserStorage()?.getItem(activeUserKey) ?? null;

/** From here on the device shows nothing that it keeps of anybody else. */
export function setActiveUser(userId: string): void {
  try {
    browserStorage()?.setItem(activeUserKey, userId);
  } catch {
    // Full: then the list cannot be shown offline.
  }
}

/** Signed out, and nobody has come since. */
export const clearActiveUser = (): void => browserStorage()?.removeItem(activeUserKey);
