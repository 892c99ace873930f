import { useEffect } from "react";

/** Registers, once the page is idle, what opens the app without a network. */
export function useServiceWorker(): void {
  useEffect(() => {
    if (process.env.NODE_ENV !== "production") return;
    let gone = false;
    whenIdle(() => {
      // Without a service worker, the app needs the network to open.
      if (!gone) navigator.serviceWorker?.register("/sw.js").catch(() => {});
    });
    return () => {
      gone = true;
    };
  }, []);
}

function whenIdle(run: () => void): void {
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in window) requestIdleCallback(run);
  else setTimeout(run, 1000);
}
