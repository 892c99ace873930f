import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { useCallback } from "react";
import { isWorthRetrying, type LoadFailure, loadFailureOf } from "#ui/api/failure.ts";
import { loadTasks } from "#ui/api/task-pages.ts";
import type { Acknowledged } from "./outcome.ts";

export interface Trash {
  /** The trash as the server has it, the newest deletion first. Undefined until it is read. */
  readonly tasks: readonly Task[] | undefined;
  readonly loadFailure: LoadFailure | undefined;
  readonly isReading: boolean;
  readonly reload: () => void;
  /** Reads the trash again, for changes elsewhere; drops a task that is known to be gone. */
  readonly refresh: (goneId?: string) => void;
  readonly api: Client;
}

const keyOf = (userId: string) => ["trash", userId] as const;

/** The trash of a user, read each time that it is opened. */
export function useTrash(userId: string, api: Client, isOpen: boolean): Trash {
  const client = useQueryClient();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: keyOf(userId),
    queryFn: ({ signal }) => loadTasks(api, "trashed", signal),
    select: newestFirst,
    enabled: isOpen,
    // The browser only guesses that there is no network: a request finds out.
    networkMode: "always",
    refetchOnReconnect: true,
    retry: isWorthRetrying,
  });

  const refresh = useCallback(
    (goneId?: string) => {
      client.setQueryData<readonly Task[]>(keyOf(userId), (now) =>
        now?.filter(({ id }) => id !== goneId),
      );
      void readAnew(client, userId);
    },
    [client, userId],
  );

  return {
    tasks: data,
    loadFailure: error ? loadFailureOf(error) : undefined,
    isReading: isFetching,
    reload: () => void refetch(),
    refresh,
    api,
  };
}

/** Drops restored tasks from the trash at once, and reads the trash again for the rest. */
export function acknowledgeInTrash(
  client: QueryClient,
  userId: string,
  acknowledged: Acknowledged,
): void {
  const isRestored = ({ id }: Task): boolean => {
    const latest = acknowledged.get(id);
    return latest?.is === "saved" && latest.task.deleted_at === null;
  };
  client.setQueryData<readonly Task[]>(keyOf(userId), (now) =>
    now?.filter((task) => !isRestored(task)),
  );
  void readAnew(client, userId);
}

/** Reads the trash again. A read under way is cancelled: it may be older than what is known. */
async function readAnew(client: QueryClient, userId: string): Promise<void> {
  await client.cancelQueries({ queryKey: keyOf(userId) });
  await client.invalidateQueries({ queryKey: keyOf(userId) });
}

const newestFirst = (tasks: readonly Task[]): readonly Task[] =>
  tasks.toSorted((a, b) => ((a.deleted_at ?? "") < (b.deleted_at ?? "") ? 1 : -1));
