import { useEffect } from "react";
import { comeHere, whoIsHere } from "./active-user.ts";

/** Says who is at this browser, and leaves the page when they sign out in another tab. */
export function useHere(userId: string): void {
  useEffect(() => {
    comeHere(userId);
    // Without storage nobody can be told.
    if (whoIsHere() !== userId) return;
    const leaveWithOthers = () => {
      if (whoIsHere() === null) location.replace("/");
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
