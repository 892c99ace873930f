import { useEffect } from "react";
import { getActiveUser, type Person, setActiveUser } from "./active-user.ts";

/** Sets the active user of the device, and leaves the page when they sign out in another tab. */
export function useActiveUser({ id, name }: Person): void {
  useEffect(() => {
    setActiveUser({ id, name });
    // Without storage, tabs cannot learn of a sign-out.
    if (getActiveUser() !== id) return;
    const leaveWithOthers = () => {
      if (getActiveUser() === null) location.replace("/");
    };
    addEventListener("storage", leaveWithOthers);
    addEventListener("pageshow", leaveWithOthers);
    document.addEventListener("visibilitychange", leaveWithOthers);
    return () => {
      removeEventListener("storage", leaveWithOthers);
      removeEventListener("pageshow", leaveWithOthers);
      document.removeEventListener("visibilitychange", leaveWithOthers);
    };
  }, [id, name]);
}
