import { useSyncExternalStore } from "react";

const subscribe = () => () => {};

/**
 * Whether the page answers yet. Until then a form would be sent by the browser itself, and emptied,
 * and a choice would look taken and be lost.
 */
export const useAlive = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
