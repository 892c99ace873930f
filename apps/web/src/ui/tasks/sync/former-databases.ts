import { part } from "#ui/kit/part.ts";
import { inTime } from "./in-time.ts";

type FormerDatabases = typeof import("./take-over.ts");

const load = part((): Promise<FormerDatabases> => import("./take-over.ts"));

/** The databases of the versions before: a list as one record, and the mutations of everybody. */
export const former = {
  lists: { name: "tend", store: "lists" },
  mutations: { name: "tend-changes", store: "changes" },
} as const;

/** The time limit of all of it: whoever signs out waits for it. */
const timeLimitMs = 5_000;

/**
 * Runs on what versions before stored, where the device has any of it: most have nothing. What
 * takes too long goes on unseen.
 */
export const inFormerDatabases = (run: (former: FormerDatabases) => Promise<void>): Promise<void> =>
  inTime(runOnThem(run), timeLimitMs);

async function runOnThem(run: (former: FormerDatabases) => Promise<void>): Promise<void> {
  const names: readonly string[] = Object.values(former).map(({ name }) => name);
  // A browser that cannot list its databases may have them.
  const databases = await indexedDB.databases?.();
  if (databases && !databases.some(({ name = "" }) => names.includes(name))) return;
  await run(await load());
}
