import { useEffect, useState, useSyncExternalStore } from "react";
import { browserStorage } from "./browser-storage.ts";
import { createChangeStorage } from "./change-storage.ts";
import { emptyOutbox, Outbox, type OutboxOptions, type OutboxState } from "./outbox.ts";
import { isOnline } from "./use-online.ts";

interface UseOutboxOptions extends Omit<OutboxOptions, "storage" | "isOnline" | "exclusively"> {
  /** Another tab took changes out, most likely since it sent them. */
  readonly onSentElsewhere: () => void;
}

/** The outbox of one user, alive as long as the screen. The first options hold for good. */
export function useOutbox(
  userId: string,
  options: UseOutboxOptions,
): { readonly outbox: Outbox; readonly state: OutboxState } {
  const [{ outbox, storage, onSentElsewhere }] = useState(() => {
    const storage = createChangeStorage(browserStorage(), userId);
    const exclusively: OutboxOptions["exclusively"] = (taskIds, run) =>
      // Without locks, as on plain http, two tabs may send a change twice: that does no harm.
      navigator.locks ? inTurn(userId, taskIds, run) : run();
    const outbox = new Outbox({ ...options, storage, isOnline, exclusively });
    return { outbox, storage, onSentElsewhere: options.onSentElsewhere };
  });
  const state = useSyncExternalStore(outbox.subscribe, outbox.state, () => emptyOutbox);

  useEffect(() => {
    const retry = () => {
      if (document.visibilityState === "visible") outbox.retry();
    };
    let reading: ReturnType<typeof setTimeout> | undefined;
    let sent = false;
    // Many changes at once come as many events; they are read once.
    const onStorage = (event: StorageEvent) => {
      if (!storage.owns(event.key)) return;
      sent ||= event.newValue === null;
      reading ??= setTimeout(() => {
        outbox.refresh();
        if (sent) onSentElsewhere();
        reading = undefined;
        sent = false;
      });
    };
    const onPageHide = () => outbox.flushDeletes();
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (outbox.hasUnstored) event.preventDefault();
    };
    outbox.start();
    addEventListener("online", retry);
    addEventListener("pageshow", retry);
    addEventListener("pagehide", onPageHide);
    addEventListener("storage", onStorage);
    addEventListener("beforeunload", onBeforeUnload);
    document.addEventListener("visibilitychange", retry);
    return () => {
      outbox.flushDeletes();
      outbox.stop();
      clearTimeout(reading);
      removeEventListener("online", retry);
      removeEventListener("pageshow", retry);
      removeEventListener("pagehide", onPageHide);
      removeEventListener("storage", onStorage);
      removeEventListener("beforeunload", onBeforeUnload);
      document.removeEventListener("visibilitychange", retry);
    };
  }, [outbox, storage, onSentElsewhere]);

  return { outbox, state };
}

/** Takes the locks in one order, so that no two tabs wait for each other in a circle. */
const inTurn = (userId: string, taskIds: readonly string[], run: () => Promise<void>) =>
  taskIds
    .toSorted()
    .reduceRight(
      (inner, id) => () => navigator.locks.request(`tend:${userId}:${id}`, inner),
      run,
    )();
