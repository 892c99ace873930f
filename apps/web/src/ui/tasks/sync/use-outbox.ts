import { useEffect, useState, useSyncExternalStore } from "react";
import { getActiveUser } from "#ui/device/active-user.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { isOnline } from "#ui/device/use-online.ts";
import { createMutationDatabase } from "./mutation-database.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { createTabChannel, inTurn } from "./other-tabs.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { emptyOutbox, type OutboxState } from "./outbox-state.ts";

interface UseOutboxOptions extends Omit<OutboxOptions, "storage" | "isOnline" | "exclusively"> {
  /** Called when another tab removed mutations, most likely since it sent them. */
  readonly onSentElsewhere: () => void;
}

/** The outbox of one user, alive as long as the screen. Only the first options are used. */
export function useOutbox(
  userId: string,
  options: UseOutboxOptions,
): { readonly outbox: Outbox; readonly state: OutboxState } {
  const [{ outbox, storage, tabs, onSentElsewhere }] = useState(() => {
    const tabs = createTabChannel(userId);
    let wasActive = false;
    const storage = createMutationStorage(browserStorage(), userId, {
      database: createMutationDatabase(userId),
      onChanged: tabs.post,
      isGone() {
        wasActive ||= getActiveUser() === userId;
        return wasActive && getActiveUser() === null;
      },
    });
    const upToDate = async (taskIds: readonly string[], run: () => Promise<void>) => {
      const { byTask } = outbox.state();
      await storage.reloadIfGone(
        taskIds.flatMap((id) => byTask.get(id)?.map((mutation) => mutation.id) ?? []),
      );
      await run();
      // Other tabs see the result before their turn comes.
      await storage.settled();
    };
    const exclusively: OutboxOptions["exclusively"] = (taskIds, run) =>
      // Without locks, as on plain http, two tabs may send a mutation twice: that does no harm.
      navigator.locks ? inTurn(userId, taskIds, () => upToDate(taskIds, run)) : run();
    const outbox = new Outbox({ ...options, storage, isOnline, exclusively });
    return { outbox, storage, tabs, onSentElsewhere: options.onSentElsewhere };
  });
  const state = useSyncExternalStore(outbox.subscribe, outbox.state, () => emptyOutbox);

  useEffect(() => {
    const life = new AbortController();
    const { signal } = life;
    const retry = () => {
      if (document.visibilityState === "visible") outbox.retry();
    };
    const begin = () => {
      if (!signal.aborted) outbox.start();
    };
    let reading: ReturnType<typeof setTimeout> | undefined;
    let sent = false;
    // Many mutations at once come as many events, and are read once.
    const read = (how: "more" | "fewer") => {
      sent ||= how === "fewer";
      reading ??= setTimeout(async () => {
        reading = undefined;
        await storage.reload();
        if (signal.aborted) return;
        outbox.refresh();
        if (sent) onSentElsewhere();
        sent = false;
      });
    };
    const onStorage = ({ key, newValue }: StorageEvent) => {
      if (!storage.owns(key)) return;
      storage.absorb(key, newValue);
      // A mutation that left local storage is in IndexedDB or sent: its tab posts which.
      if (newValue !== null) outbox.refresh();
      else read("more");
    };
    const onPageHide = () => outbox.flushDeletes();
    const onPageShow = () => void storage.reload().then(retry);
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (outbox.hasUnstored) event.preventDefault();
    };
    begin();
    void storage.reload().then(begin);
    const stopListening = tabs.listen(read);
    addEventListener("online", retry, { signal });
    addEventListener("pageshow", onPageShow, { signal });
    addEventListener("pagehide", onPageHide, { signal });
    addEventListener("storage", onStorage, { signal });
    addEventListener("beforeunload", onBeforeUnload, { signal });
    document.addEventListener("visibilitychange", retry, { signal });
    return () => {
      life.abort();
      outbox.flushDeletes();
      outbox.stop();
      clearTimeout(reading);
      stopListening();
    };
  }, [outbox, storage, tabs, onSentElsewhere]);

  return { outbox, state };
}
