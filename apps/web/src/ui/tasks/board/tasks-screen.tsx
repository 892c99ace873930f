"use client";

import { useState } from "react";
import type { Person, SignedInPerson } from "#ui/device/active-user.ts";
import { useActiveUser } from "#ui/device/use-active-user.ts";
import { Toaster } from "#ui/kit/show-toast.tsx";
import type { Counts } from "#ui/tasks/model/counts.ts";
import type { FirstPage } from "#ui/tasks/sync/feed.ts";
import type { Stored } from "#ui/tasks/sync/person-database.ts";
import { useServiceWorker } from "#ui/tasks/sync/use-service-worker.ts";
import { TaskBoard } from "./task-board.tsx";

type TasksScreenProps = {
  readonly user: Person | SignedInPerson;
  /** The counts of all tasks, as far as they are known. */
  readonly counts: Counts;
} & (FirstPage | { readonly stored: Stored });

/** The screen of one user's tasks: from what came with the page, or from what the device has. */
export function TasksScreen({ user, counts, ...from }: TasksScreenProps) {
  const [beginning] = useState(() => ("stored" in from ? from : { page: from }));
  useActiveUser(user, { staysWhenOver: true });
  useServiceWorker();
  return (
    <>
      <TaskBoard key={user.id} user={user} beginning={beginning} initialCounts={counts} />
      <Toaster />
    </>
  );
}
