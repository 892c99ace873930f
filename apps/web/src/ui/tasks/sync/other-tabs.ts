/** What was stored: mutations, or tasks of the server. Tabs of older versions say "more", "fewer". */
export type Stored = "mutations" | "tasks";

/** The channel that tells the other tabs of a user what was stored. */
export function createTabChannel(userId: string) {
  let channel: BroadcastChannel | undefined;
  return {
    post: (stored: Stored) => channel?.postMessage(stored),
    listen(onMessage: (stored: Stored) => void) {
      channel = new BroadcastChannel(`tend:changes:${userId}`);
      channel.onmessage = ({ data }) => onMessage(data === "tasks" ? "tasks" : "mutations");
      return () => {
        channel?.close();
        channel = undefined;
      };
    },
  };
}

/** Runs while no other tab of this user does; without locks, as on plain http, each for itself. */
export const alone = (
  userId: string,
  signal: AbortSignal,
  run: () => Promise<void>,
): Promise<void> =>
  navigator.locks ? navigator.locks.request(`tend:feed:${userId}`, { signal }, run) : run();

/**
 * Runs with the locks of tasks, taken in one order, so that no two tabs wait for each other. Without
 * locks two tabs may send a mutation twice: that does no harm.
 */
export const inTurn = (
  userId: string,
  taskIds: readonly string[],
  run: () => Promise<void>,
): Promise<void> =>
  !navigator.locks
    ? run()
    : taskIds
        .toSorted()
        .reduceRight(
          (inner, id) => () => navigator.locks.request(`tend:${userId}:${id}`, inner),
          run,
        )();
