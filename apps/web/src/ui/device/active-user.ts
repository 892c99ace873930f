import { browserStorage, keyPrefix } from "./storage.ts";

/** The key of the user whose list this browser opened last, until they sign out. */
const activeUserKey = "tend:here";

export const getActiveUser = (): string | null => browserStorage()?.getItem(activeUserKey) ?? null;

/** A person as the screen names them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

const personKey = (userId: string) => keyPrefix("person", userId);

/** The user whose list this browser opened last, with their name. */
export function getActivePerson(): Person | undefined {
  const id = getActiveUser();
  return id === null ? undefined : { id, name: browserStorage()?.getItem(personKey(id)) ?? "" };
}

/** Sets the user whose stored data the device may show: nobody else's is shown. */
export function setActiveUser({ id, name }: Person): void {
  try {
    browserStorage()?.setItem(activeUserKey, id);
    browserStorage()?.setItem(personKey(id), name);
  } catch {
    // The storage is full: then the list cannot be shown offline.
  }
}

/** Marks the device as signed out. */
export const clearActiveUser = (): void => browserStorage()?.removeItem(activeUserKey);
