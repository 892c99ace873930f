import { browserStorage } from "./storage.ts";

/** The key of the user whose list this browser opened last, until they sign out. */
const activeUserKey = "tend:here";

export const getActiveUser = (): string | null => browserStorage()?.getItem(activeUserKey) ?? null;

/** Sets the user whose stored data the device may show: nobody else's is shown. */
export function setActiveUser(userId: string): void {
  try {
    browserStorage()?.setItem(activeUserKey, userId);
  } catch {
    // The storage is full: then the list cannot be shown offline.
  }
}

/** Marks the device as signed out. */
export const clearActiveUser = (): void => browserStorage()?.removeItem(activeUserKey);
