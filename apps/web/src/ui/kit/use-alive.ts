import { useSyncExternalStore } from "react";

const subscribe = () => () => {};

/**
 * Whether the page is hydrated. Before that, the browser itself would send a form, and empty it,
 * and a choice would look taken and be lost.
 */
export const useAlive = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
