"use client";

import { onlineManager } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { getActiveUser } from "#ui/device/active-user.ts";
import { type CachedList, readCachedList } from "#ui/tasks/sync/list-cache.ts";
import { TasksScreen } from "./tasks-screen.tsx";

interface CachedTasksScreenProps {
  /** Until it is known whether a list is kept. */
  readonly meanwhile: ReactNode;
  /** Where none is kept. */
  readonly otherwise: ReactNode;
}

/** The tasks as this device keeps them, of whoever was here last and has not signed out. */
export function CachedTasksScreen({ meanwhile, otherwise }: CachedTasksScreenProps) {
  const [list, setList] = useState<CachedList | "none">();

  useEffect(() => {
    let gone = false;
    const show = (found: CachedList | undefined) => {
      if (gone) return;
      // The address of the shell itself, or that of the start page, which leads to the tasks.
      if (found && location.pathname !== "/tasks") window.history.replaceState(null, "", "/tasks");
      // It learns of changes alone, and the page may have come without a network.
      onlineManager.setOnline(navigator.onLine);
      setList(found ?? "none");
    };
    const userId = getActiveUser();
    if (userId === null) show(undefined);
    else readCachedList(userId).then(show, () => show(undefined));
    return () => {
      gone = true;
    };
  }, []);

  if (list === undefined) return meanwhile;
  return list === "none" ? otherwise : <TasksScreen {...list} />;
}
