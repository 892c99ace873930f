/** What is stored nowhere for so long is said. */
const saidAfterMs = 1000;

/** The ids of mutations that are stored nowhere. Where that lasts, `onLosing` is called. */
export function createUnstored(onLosing: () => void) {
  const ids = new Set<string>();
  let isLosing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (now: boolean) => {
    if (isLosing === now) return;
    isLosing = now;
    onLosing();
  };
  return {
    ids: ids as ReadonlySet<string>,
    /** Whether one has been stored nowhere for a while: the person is to know. */
    get isLosing() {
      return isLosing;
    },
    add(id: string): void {
      ids.add(id);
      timer ??= setTimeout(say, saidAfterMs, true);
    },
    delete(id: string): void {
      if (!ids.delete(id) || ids.size > 0) return;
      clearTimeout(timer);
      timer = undefined;
      say(false);
    },
  };
}
