import { api } from "#ui/api/page-client.ts";
import { clearActiveUser, getActiveUser } from "#ui/device/active-user.ts";
import { inFormerDatabases } from "./former-databases.ts";
import { PersonDatabase } from "./person-database.ts";

/**
 * Deletes the tasks on this device where the session is over, and makes the other tabs leave.
 * Mutations and drafts stay, for the same person.
 */
export async function forgetTasks(isWanted: () => boolean): Promise<void> {
  const userId = getActiveUser();
  // The session is read again: a page that Back brought back may be older than it.
  const { body } = await api.getSession();
  if (userId === null || body !== null || getActiveUser() !== userId || !isWanted()) return;
  clearActiveUser();
  await Promise.allSettled([
    new PersonDatabase(userId).forgetTasks(),
    inFormerDatabases((former) => former.eraseFormerList(userId)),
  ]);
}
