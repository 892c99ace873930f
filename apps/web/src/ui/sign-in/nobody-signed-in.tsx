"use client";

import { useEffect } from "react";
import { getActiveUser } from "#ui/device/active-user.ts";
import { part } from "#ui/kit/part.ts";

const load = part(() => import("#ui/tasks/sync/clear-list-cache.ts"));

/** Clears the device's list, on pages for strangers: a session that the device knows is over. */
export function NobodySignedIn() {
  useEffect(() => {
    if (getActiveUser() === null) return;
    let gone = false;
    // Where this fails, as without a network, the next such page clears the list.
    load()
      .then(({ clearListCache }) => clearListCache(() => !gone))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, []);
  return null;
}
