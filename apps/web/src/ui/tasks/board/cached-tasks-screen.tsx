"use client";

import { onlineManager } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { getActiveUser } from "#ui/device/active-user.ts";
import { type CachedList, readCachedList } from "#ui/tasks/sync/list-cache.ts";
import { TasksScreen } from "./tasks-screen.tsx";

interface CachedTasksScreenProps {
  /** Shown until it is known whether a list is cached. */
  readonly meanwhile: ReactNode;
  /** Shown where no list is cached. */
  readonly otherwise: ReactNode;
}

/** The tasks cached on this device, of the person who used it last and has not signed out. */
export function CachedTasksScreen({ meanwhile, otherwise }: CachedTasksScreenProps) {
  const [list, setList] = useState<CachedList | "none">();

  useEffect(() => {
    let gone = false;
    const show = (found: CachedList | undefined) => {
      if (gone) return;
      // The page may have the address of the offline shell, or of the start page.
      if (found && location.pathname !== "/tasks") window.history.replaceState(null, "", "/tasks");
      // The manager hears of changes alone, and the page may have loaded without a network.
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
