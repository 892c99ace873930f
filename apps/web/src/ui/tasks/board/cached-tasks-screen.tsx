"use client";

import { type ComponentProps, type ReactNode, useEffect, useState } from "react";
import { getActivePerson } from "#ui/device/active-user.ts";
import { countTasks } from "#ui/tasks/model/counts.ts";
import { inFormerDatabases } from "#ui/tasks/sync/former-databases.ts";
import { PersonDatabase } from "#ui/tasks/sync/person-database.ts";
import { TasksScreen } from "./tasks-screen.tsx";

interface CachedTasksScreenProps {
  /** Shown until it is known whether the device has tasks. */
  readonly meanwhile: ReactNode;
  /** Shown where it has none. */
  readonly otherwise: ReactNode;
}

type Found = ComponentProps<typeof TasksScreen>;

/** The tasks on this device, of the person who used it last and has not signed out. */
export function CachedTasksScreen({ meanwhile, otherwise }: CachedTasksScreenProps) {
  const [found, setFound] = useState<Found | "none">();

  useEffect(() => {
    let gone = false;
    const show = (tasks: Found | undefined) => {
      if (gone) return;
      // The page may have the address of the offline shell, or of the start page.
      if (tasks && location.pathname !== "/tasks") window.history.replaceState(null, "", "/tasks");
      setFound(tasks ?? "none");
    };
    findTasks().then(show, () => show(undefined));
    return () => {
      gone = true;
    };
  }, []);

  if (found === undefined) return meanwhile;
  return found === "none" ? otherwise : <TasksScreen {...found} />;
}

async function findTasks(): Promise<Found | undefined> {
  const user = getActivePerson();
  if (!user) return undefined;
  const database = new PersonDatabase(user.id);
  await inFormerDatabases((former) => former.takeOver(user.id, database)).catch(() => {});
  const stored = await database.read();
  if (stored.state.live === null) return undefined;
  const tasks = stored.tasks.map(({ task }) => task).filter((task) => task !== null);
  return { user, stored, counts: countTasks(tasks.filter((task) => task.deleted_at === null)) };
}
