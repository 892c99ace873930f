"use client";

import { useEffect } from "react";
import { getActiveUser } from "#ui/device/active-user.ts";
import { part } from "#ui/kit/part.ts";

const load = part(() => import("#ui/tasks/sync/forget-tasks.ts"));

/** Deletes the tasks on this device, on pages for strangers: a session that the device knows is over. */
export function NobodySignedIn() {
  useEffect(() => {
    if (getActiveUser() === null) return;
    let gone = false;
    // Where this fails, as without a network, the next such page does it.
    load()
      .then(({ forgetTasks }) => forgetTasks(() => !gone))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, []);
  return null;
}
