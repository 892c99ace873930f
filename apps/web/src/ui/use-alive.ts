import { useSyncExternalStore } from "react";

const subscribe = () => () => {};

/** Whether the page answers yet. Until then the browser would send a form itself, and empty it. */
export const useAlive = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
