"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { Task } from "@tend/contracts";
import { useState } from "react";
import { useActiveUser } from "#ui/device/use-active-user.ts";
import { Toaster } from "#ui/kit/show-toast.tsx";
import type { Counts } from "#ui/tasks/model/counts.ts";
import type { Snapshot } from "#ui/tasks/sync/snapshot.ts";
import { useOffline } from "#ui/tasks/sync/use-offline.ts";
import { TaskBoard } from "./task-board.tsx";

interface TasksScreenProps {
  readonly user: { readonly id: string; readonly name: string };
  readonly tasks: readonly Task[];
  /** Whether these are all tasks of the user. */
  readonly complete: boolean;
  readonly counts: Counts;
}

/** The screen of one user's tasks. The query cache is theirs alone, and ends with the screen. */
export function TasksScreen({ user, tasks, complete, counts }: TasksScreenProps) {
  const [client] = useState(() => new QueryClient());
  const [initial] = useState<Snapshot>({ tasks, complete });
  useActiveUser(user.id);
  useOffline(client, user, counts);
  return (
    <QueryClientProvider client={client}>
      <TaskBoard key={user.id} user={user} initial={initial} initialCounts={counts} />
      <Toaster />
    </QueryClientProvider>
  );
}
