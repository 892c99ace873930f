import { useEffect } from "react";
import {
  getActiveUser,
  type Person,
  presenceOf,
  type SignedInPerson,
  setActiveUser,
} from "./active-user.ts";

interface Shown {
  readonly id: string;
  /** Whether the page that is shown takes away the tasks by itself, and keeps what is typed. */
  readonly staysWhenOver: boolean;
}

/** Whose data this tab has in memory, from their first page on until it is loaded anew. */
let shown: Shown | undefined;

const leaveWithOthers = (): void => {
  if (!shown) return;
  const presence = presenceOf(shown.id);
  if (presence === "gone" || (presence === "over" && !shown.staysWhenOver)) location.replace("/");
};

/**
 * Sets the active user of the device, where the server has said who that is, and leaves the page
 * when they sign out in another tab, or somebody else signs in. With `staysWhenOver` a session that
 * is over does not end the page.
 */
export function useActiveUser(
  person: Person | SignedInPerson,
  { staysWhenOver = false } = {},
): void {
  const { id, name } = person;
  const email = "email" in person ? person.email : undefined;
  useEffect(() => {
    // The router has kept this page since before: their session is over, or they signed out.
    if (shown?.id === id && presenceOf(id) !== "here") return location.replace("/");
    if (email !== undefined) {
      setActiveUser({ id, name, email });
      // Without storage, tabs cannot learn of a sign-out.
      if (getActiveUser() !== id) return;
    }
    const isFirst = shown === undefined;
    shown = { id, staysWhenOver };
    if (isFirst) {
      addEventListener("storage", leaveWithOthers);
      addEventListener("pageshow", leaveWithOthers);
      document.addEventListener("visibilitychange", leaveWithOthers);
    }
    leaveWithOthers();
    return () => {
      // Other pages of the app have the tasks in memory too, as Back shows.
      shown = { id, staysWhenOver: false };
    };
  }, [id, name, email, staysWhenOver]);
}
