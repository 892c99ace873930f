import { api } from "#ui/api/page-client.ts";
import { clearActiveUser, getActiveUser } from "#ui/device/active-user.ts";
import { inStore } from "./list-cache.ts";

/**
 * Deletes the cached list where the session is over, and makes the other tabs leave. Mutations and
 * drafts stay, for the same person.
 */
export async function clearListCache(isWanted: () => boolean): Promise<void> {
  const userId = getActiveUser();
  // The session is read again: a page that Back brought back may be older than it.
  const { body } = await api.getSession();
  if (body !== null || getActiveUser() !== userId || !isWanted()) return;
  clearActiveUser();
  // Lists stay where somebody has signed in meanwhile.
  await inStore<unknown>("readwrite", (store) =>
    getActiveUser() === null ? store.clear() : store.count(),
  );
}
