import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Beginning } from "./feed.ts";
import type { Outbox } from "./outbox.ts";
import { emptyOutbox, type OutboxState } from "./outbox-state.ts";
import { type SyncCallbacks, type SyncState, TaskSync } from "./task-sync.ts";

export interface Tasks {
  /** The tasks as the person sees them. */
  readonly tasks: readonly Task[];
  /** The trash as the server has it, the newest deletion first. */
  readonly trash: readonly Task[];
  readonly sync: SyncState;
  readonly api: Client;
  readonly outbox: Outbox;
  readonly unsent: OutboxState;
  /** Asks the server now what has changed. */
  readonly askNow: () => void;
  /** Takes in that a task is gone for good. */
  readonly forget: (task: Task) => void;
}

/** The tasks of a user, alive as long as the screen. Only the first arguments are used. */
export function useTasks(userId: string, beginning: Beginning, callbacks: SyncCallbacks): Tasks {
  const [sync] = useState(() => new TaskSync(userId, beginning, callbacks));
  const { replica, outbox, api, askNow, forget } = sync;
  const { tasks, trash } = useSyncExternalStore(
    replica.subscribe,
    replica.state,
    () => sync.firstState,
  );
  const state = useSyncExternalStore(sync.subscribe, sync.state, sync.state);
  const unsent = useSyncExternalStore(outbox.subscribe, outbox.state, () => emptyOutbox);
  useEffect(() => sync.start(), [sync]);
  return { tasks, trash, sync: state, api, outbox, unsent, askNow, forget };
}
