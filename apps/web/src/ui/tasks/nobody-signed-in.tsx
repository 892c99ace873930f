"use client";

import { useEffect } from "react";
import { part } from "#ui/kit/part.ts";
import { whoIsHere } from "./here.ts";

const load = part(() => import("./forget-list.ts"));

/** For pages that the server gives to strangers: where somebody was here, their session is over. */
export function NobodySignedIn() {
  useEffect(() => {
    if (whoIsHere() === null) return;
    let gone = false;
    // Without a network, or a database, the next such page does it.
    load()
      .then(({ forgetList }) => forgetList(() => !gone))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, []);
  return null;
}
