"use client";

import { useEffect, useState } from "react";
import { getAbsent, getActiveUser } from "#ui/device/active-user.ts";
import { part } from "#ui/kit/part.ts";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import type { Waiting } from "#ui/tasks/sync/forget-tasks.ts";

const load = part(() => import("#ui/tasks/sync/forget-tasks.ts"));
const loadNotice = part(() => import("./waiting-notice.tsx"));

/**
 * Deletes the tasks on this device, on pages for strangers: a session that the device knows is
 * over. With `says` it says whose changes wait here.
 */
export function NobodySignedIn({ says = false }: { readonly says?: boolean }) {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const notice = useLoaded(says && waiting.length > 0, loadNotice);

  useEffect(() => {
    if (getActiveUser() === null && getAbsent().length === 0) return;
    let gone = false;
    // Where this fails, as without a network, the next such page does it.
    load()
      .then(({ forgetTasks }) => forgetTasks(() => !gone))
      .then((found) => gone || setWaiting(found))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, []);

  if (notice.is !== "loaded") return null;
  const forget = (id: string) =>
    setWaiting((before) => before.filter(({ person }) => person.id !== id));
  return <notice.part.WaitingNotice waiting={waiting} onDiscarded={forget} />;
}
