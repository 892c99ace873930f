import { clearActiveUser, getActiveUser } from "#ui/device/active-user.ts";
import { browserStorage, keyPrefix } from "#ui/device/storage.ts";
import { deleteCachedList } from "./list-cache.ts";
import { createMutationDatabase } from "./mutation-database.ts";
import { createMutationStorage } from "./mutation-storage.ts";

/** What this person typed for their tasks and the server does not have. */
export interface Unsaved {
  readonly mutations: number;
  readonly drafts: number;
}

export async function unsavedOn(storage: Storage | undefined, userId: string): Promise<Unsaved> {
  const mutationStorage = createMutationStorage(storage, userId, {
    database: createMutationDatabase(userId),
  });
  await mutationStorage.reload();
  const prefix = keyPrefix("draft", userId);
  // A name stands in its field, beside the button that signs out; a command is no text to keep.
  const notOfTasks = [`${prefix}name`, `${prefix}command`];
  const drafts = Object.keys(storage ?? {}).filter(
    (key) => key.startsWith(prefix) && !notOfTasks.includes(key),
  );
  return { mutations: mutationStorage.read().length, drafts: drafts.length };
}

/**
 * Takes all that is kept of a person off this device: the list, unsent changes, drafts. Their other
 * tabs notice and leave. For whoever signs out or deletes the account, after the server did it.
 */
export async function wipeDevice(userId: string): Promise<void> {
  const storage = browserStorage();
  // First: from now on no tab keeps the list again.
  if (getActiveUser() === userId) clearActiveUser();
  wipeStorage(storage, userId);
  // Where there is no database there is nothing in it either.
  await Promise.allSettled([createMutationDatabase(userId).clear(), deleteCachedList(userId)]);
}

export function wipeStorage(storage: Storage | undefined, userId: string): void {
  for (const key of keysOf(storage, userId)) storage?.removeItem(key);
}

/** Every key that belongs to a person is tend:<what>:<user id>:<which>. */
const keysOf = (storage: Storage | undefined, userId: string): readonly string[] =>
  Object.keys(storage ?? {}).filter((key) => {
    const [program, , owner] = key.split(":");
    return program === "tend" && owner === userId;
  });
