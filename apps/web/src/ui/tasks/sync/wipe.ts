import { clearActiveUser, getActiveUser } from "#ui/device/active-user.ts";
import { browserStorage, keyPrefix } from "#ui/device/storage.ts";
import { inFormerDatabases } from "./former-databases.ts";
import { inTime } from "./in-time.ts";
import { PersonDatabase } from "./person-database.ts";
import { parseMutation, readLocal } from "./stored-mutations.ts";

/** The numbers of mutations and drafts of a person that the server does not have. */
export interface Unsaved {
  readonly mutations: number;
  readonly drafts: number;
}

export async function unsavedOn(storage: Storage | undefined, userId: string): Promise<Unsaved> {
  const stored = await inTime(new PersonDatabase(userId).readMutations().catch(() => []));
  const mutations = [
    ...(stored ?? []).flatMap((one) => parseMutation(one) ?? []),
    ...readLocal(storage, keyPrefix("change", userId)),
  ].map(({ id }) => id);
  // What was sent is marked as removed until IndexedDB has removed it.
  const removed = keyPrefix("removed", userId);
  const unsent = mutations.filter((id) => storage?.getItem(removed + id) == null);
  const prefix = keyPrefix("draft", userId);
  // Drafts of a name, seen beside the sign-out button, and of a command are not counted.
  const notOfTasks = [`${prefix}name`, `${prefix}command`];
  const drafts = Object.keys(storage ?? {}).filter(
    (key) => key.startsWith(prefix) && !notOfTasks.includes(key),
  );
  return { mutations: new Set(unsent).size, drafts: drafts.length };
}

/**
 * Deletes all data of a person from this device: tasks, mutations, drafts. Their other tabs
 * notice and leave. Called after the server has ended the session or deleted the account.
 */
export async function wipeDevice(userId: string): Promise<void> {
  const storage = browserStorage();
  // The active user is cleared first: from then on no tab caches the list again.
  if (getActiveUser() === userId) clearActiveUser();
  wipeStorage(storage, userId);
  // A database that cannot be opened has nothing to delete.
  await Promise.allSettled([
    new PersonDatabase(userId).erase(),
    inFormerDatabases((former) => former.eraseFormer(userId)),
  ]);
}

export function wipeStorage(storage: Storage | undefined, userId: string): void {
  for (const key of keysOf(storage, userId)) storage?.removeItem(key);
}

/** The keys that belong to a person: tend:<what>:<user id>:<which>. */
const keysOf = (storage: Storage | undefined, userId: string): readonly string[] =>
  Object.keys(storage ?? {}).filter((key) => {
    const [program, , owner] = key.split(":");
    return program === "tend" && owner === userId;
  });
