import { api } from "#ui/api/page-client.ts";
import { clearActiveUser, getActiveUser } from "#ui/device/active-user.ts";
import { inStore } from "./list-cache.ts";

/**
 * Takes the kept list off this device where the session is over, and has the other tabs leave. What
 * is unsent or half typed stays, and waits for the same person.
 */
export async function clearListCache(isWanted: () => boolean): Promise<void> {
  const userId = getActiveUser();
  // Asked once more: a page that was kept for going back may be older than the session.
  const { body } = await api.getSession();
  if (body !== null || getActiveUser() !== userId || !isWanted()) return;
  clearActiveUser();
  // Unless somebody has signed in meanwhile.
  await inStore<unknown>("readwrite", (store) =>
    getActiveUser() === null ? store.clear() : store.count(),
  );
}
