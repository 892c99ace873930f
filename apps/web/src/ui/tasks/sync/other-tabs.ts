/** The channel that tells the other tabs of a user that the shared mutations have changed. */
export function createTabChannel(userId: string) {
  let channel: BroadcastChannel | undefined;
  return {
    post: (how: "more" | "fewer") => channel?.postMessage(how),
    listen(onMessage: (how: "more" | "fewer") => void) {
      channel = new BroadcastChannel(`tend:changes:${userId}`);
      channel.onmessage = ({ data }) => onMessage(data === "fewer" ? "fewer" : "more");
      return () => {
        channel?.close();
        channel = undefined;
      };
    },
  };
}

/** Runs with the locks of tasks, taken in one order, so that no two tabs wait for each other. */
export const inTurn = (userId: string, taskIds: readonly string[], run: () => Promise<void>) =>
  taskIds
    .toSorted()
    .reduceRight(
      (inner, id) => () => navigator.locks.request(`tend:${userId}:${id}`, inner),
      run,
    )();
