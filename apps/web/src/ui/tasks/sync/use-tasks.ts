import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { useMemo, useRef, useState } from "react";
import { isWorthRetrying, type LoadFailure, loadFailureOf } from "#ui/api/failure.ts";
import { loadTasks } from "#ui/api/task-pages.ts";
import { createUserClient } from "#ui/api/user-client.ts";
import { applyMutations } from "./mutation.ts";
import type { Outbox, OutboxOptions } from "./outbox.ts";
import type { OutboxState } from "./outbox-state.ts";
import type { Acknowledgement } from "./outcome.ts";
import { acknowledge, mergePages, type Snapshot } from "./snapshot.ts";
import { useOutbox } from "./use-outbox.ts";
import { acknowledgeInTrash } from "./use-trash.ts";

export interface Tasks {
  /** The tasks as the person sees them: with mutations applied. */
  readonly tasks: readonly Task[];
  readonly complete: boolean;
  readonly api: Client;
  readonly outbox: Outbox;
  readonly unsent: OutboxState;
  /** Why the list could not be read from the server; it is read again by itself on focus. */
  readonly loadFailure: LoadFailure | undefined;
  readonly reload: () => void;
}

/** All tasks of a user: begins with the given snapshot, reads the rest, applies mutations. */
export function useTasks(
  userId: string,
  initial: Snapshot,
  callbacks: Pick<OutboxOptions, "onRescued" | "onRestored">,
): Tasks {
  const client = useQueryClient();
  const [api] = useState<Client>(() => createUserClient(userId));
  const key = useMemo(() => ["tasks", userId] as const, [userId]);
  /** The tasks that were acknowledged since the current read of the list began. */
  const acknowledged = useRef(new Map<string, Acknowledgement>());

  const { outbox, state } = useOutbox(userId, {
    api,
    lastKnown: (id) => client.getQueryData<Snapshot>(key)?.tasks.find((task) => task.id === id),
    onAcknowledged(latest) {
      for (const [id, known] of latest) acknowledged.current.set(id, known);
      client.setQueryData<Snapshot>(key, (now) => now && acknowledge(now, latest));
      acknowledgeInTrash(client, userId, latest);
    },
    onSentElsewhere: () => void client.invalidateQueries({ queryKey: key }),
    ...callbacks,
  });

  const { data, error, refetch } = useQuery<Snapshot>({
    queryKey: key,
    initialData: initial,
    staleTime: 10_000,
    initialDataUpdatedAt: 0,
    // Tasks keep their identity by mergePages, not by their place in the list.
    structuralSharing: false,
    retry: isWorthRetrying,
    queryFn: async ({ signal }) => {
      acknowledged.current = new Map();
      const merge = (pages: readonly Task[], complete: boolean): Snapshot =>
        mergePages(client.getQueryData(key) ?? initial, pages, acknowledged.current, complete);
      const pages = await loadTasks(api, "all", signal, (sofar) =>
        client.setQueryData<Snapshot>(key, merge(sofar, false)),
      );
      return merge(pages, true);
    },
  });

  const tasks = useMemo(
    () => applyMutations(data.tasks, state.mutations),
    [data.tasks, state.mutations],
  );
  return {
    tasks,
    complete: data.complete,
    api,
    outbox,
    unsent: state,
    loadFailure: error ? loadFailureOf(error) : undefined,
    reload: () => void refetch(),
  };
}
