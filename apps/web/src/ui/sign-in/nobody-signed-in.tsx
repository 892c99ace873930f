"use client";

import { useEffect } from "react";
import { getActiveUser } from "#ui/device/active-user.ts";
import { part } from "#ui/kit/part.ts";

const load = part(() => import("#ui/tasks/sync/clear-list-cache.ts"));

/** For pages that the server gives to strangers: where somebody was here, their session is over. */
export function NobodySignedIn() {
  useEffect(() => {
    if (getActiveUser() === null) return;
    let gone = false;
    // Without a network, or a database, the next such page does it.
    load()
      .then(({ clearListCache }) => clearListCache(() => !gone))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, []);
  return null;
}
