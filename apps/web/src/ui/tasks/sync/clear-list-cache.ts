import { api } from "#ui/api/client.ts";
import { nobodyIsHere, whoIsHere } from "#ui/device/active-user.ts";
import { inStore } from "./list-cache.ts";

/**
 * Takes the kept list off this device where the session is over, and has the other tabs leave. What
 * is unsent or half typed stays, and waits for the same person.
 */
export async function forgetList(isWanted: () => boolean): Promise<void> {
  const here = whoIsHere();
  // Asked once more: a page that was kept for going back may be older than the session.
  const { body } = await api.getSession();
  if (body !== null || whoIsHere() !== here || !isWanted()) return;
  nobodyIsHere();
  // Unless somebody has signed in meanwhile.
  await inStore<unknown>("readwrite", (store) =>
    whoIsHere() === null ? store.clear() : store.count(),
  );
}
