import { api } from "#ui/api/page-client.ts";
import { type Absent, getAbsent, getActiveUser, markSessionOver } from "#ui/device/active-user.ts";
import { browserStorage, keyPrefix } from "#ui/device/storage.ts";
import { forgetStoredTasks } from "./forget-stored-tasks.ts";
import { inFormerDatabases } from "./former-databases.ts";
import { PersonDatabase } from "./person-database.ts";
import { type Unsaved, unsavedOn, wipeDevice } from "./wipe.ts";

/** Somebody who is not signed in, and what the server does not have of theirs. */
export interface Waiting {
  readonly person: Absent;
  readonly unsaved: Unsaved;
}

/**
 * Deletes the tasks on this device where the session is over, and takes them off other tabs. What
 * is unsent stays, for the same person: this resolves to whose that is. Of the others nothing stays.
 */
export async function forgetTasks(isWanted: () => boolean): Promise<readonly Waiting[]> {
  const userId = getActiveUser();
  if (userId !== null) {
    // The session is read again: a page that Back brought back may be older than it.
    const { body } = await api.getSession();
    if (body === null && getActiveUser() === userId && isWanted()) markSessionOver(userId);
  }
  const found = await Promise.all(
    getAbsent().map(async (person) => {
      await forgetStoredTasks(person.id);
      const unsaved = await findUnsaved(person.id).catch(() => undefined);
      return { person, unsaved };
    }),
  );
  return found.flatMap(({ person, unsaved }) =>
    unsaved && unsaved.mutations + unsaved.drafts > 0 ? { person, unsaved } : [],
  );
}

/** What is unsent of a person; where that is surely nothing, all of theirs goes. */
async function findUnsaved(userId: string): Promise<Unsaved> {
  const database = new PersonDatabase(userId);
  await inFormerDatabases((former) => former.takeOverMutations(userId, database));
  const stored = await database.readMutations();
  const unsaved = await unsavedOn(browserStorage(), userId);
  // What cannot be read, or is not counted, was typed all the same.
  const kept = [keyPrefix("change", userId), keyPrefix("draft", userId)];
  const isKept = Object.keys(browserStorage() ?? {}).some((key) =>
    kept.some((prefix) => key.startsWith(prefix)),
  );
  if (stored.length === 0 && !isKept && getActiveUser() !== userId) await wipeDevice(userId);
  return unsaved;
}
