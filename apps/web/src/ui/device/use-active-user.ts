import { useEffect } from "react";
import { getActiveUser, setActiveUser } from "./active-user.ts";

/** Says who is at this browser, and leaves the page when they sign out in another tab. */
export function useActiveUser(userId: string): void {
  useEffect(() => {
    setActiveUser(userId);
    // Without storage nobody can be told.
    if (getActiveUser() !== userId) return;
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
  }, [userId]);
}
