import { maskEmail } from "./mask-email.ts";
import { browserStorage, keyPrefix, ownerOfKey } from "./storage.ts";

/** The key of the user whose list this browser opened last, until they sign out. */
const activeUserKey = "tend:here";

export const getActiveUser = (): string | null => browserStorage()?.getItem(activeUserKey) ?? null;

/** A person as the screen names them. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** A person of whom the server has just said that they are signed in. */
export interface SignedInPerson extends Person {
  readonly email: string;
}

const personKey = (userId: string) => keyPrefix("person", userId);
/** The key of the e-mail address, masked. */
const emailKey = (userId: string) => keyPrefix("email", userId);
/** The key of the mark that a person's session is over. Its text is the masked address. */
const overKey = (userId: string) => keyPrefix("over", userId);

/** The user whose list this browser opened last, with their name. */
export function getActivePerson(): Person | undefined {
  const id = getActiveUser();
  return id === null ? undefined : { id, name: browserStorage()?.getItem(personKey(id)) ?? "" };
}

/** Sets the user whose stored data the device may show: the session of whoever was is over. */
export function setActiveUser({ id, name, email }: SignedInPerson): void {
  const storage = browserStorage();
  const former = getActiveUser();
  if (former !== null && former !== id) markSessionOver(former);
  try {
    storage?.setItem(activeUserKey, id);
    storage?.setItem(personKey(id), name);
    storage?.setItem(emailKey(id), maskEmail(email));
  } catch {
    // The storage is full: then the list cannot be shown offline.
  }
  storage?.removeItem(overKey(id));
}

/** Marks the device as signed out. */
export const clearActiveUser = (): void => browserStorage()?.removeItem(activeUserKey);

/** Marks a session as over: nothing of this person is shown, and what is unsent waits. */
export function markSessionOver(userId: string): void {
  const storage = browserStorage();
  const email = storage?.getItem(emailKey(userId)) ?? storage?.getItem(overKey(userId)) ?? "";
  // Removed first, so that even a full storage has room for the mark.
  storage?.removeItem(emailKey(userId));
  storage?.removeItem(personKey(userId));
  try {
    storage?.setItem(overKey(userId), email);
  } catch {
    // Without the mark their tabs take it for a sign-out, and leave.
  }
  if (getActiveUser() === userId) clearActiveUser();
}

/** What of a person a page of theirs may still show. */
export type Presence =
  /** Everything. */
  | "here"
  /** What is being typed: their session is over. */
  | "over"
  /** Nothing: they signed out, or somebody else has signed in. */
  | "gone";

export function presenceOf(userId: string): Presence {
  const active = getActiveUser();
  if (active === userId) return "here";
  return active === null && isSessionOver(userId) ? "over" : "gone";
}

/** Whether what is unsent of this person is to be kept until they sign in again. */
export const isSessionOver = (userId: string): boolean =>
  browserStorage()?.getItem(overKey(userId)) != null;

/** Somebody who is not signed in, and of whom the device may keep what is unsent. */
export interface Absent {
  readonly id: string;
  /** Their e-mail address, masked; empty where it is not known. */
  readonly email: string;
}

export function getAbsent(): readonly Absent[] {
  const storage = browserStorage();
  const owners = new Set(Object.keys(storage ?? {}).map(ownerOfKey));
  const active = getActiveUser();
  return [...owners].flatMap((id) =>
    id === undefined || id === active ? [] : { id, email: storage?.getItem(overKey(id)) ?? "" },
  );
}
