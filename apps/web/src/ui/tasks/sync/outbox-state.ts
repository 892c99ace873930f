import type { Conflict } from "./conflicts.ts";
import { emptyQueues, type MutationQueues } from "./mutation-queues.ts";

/** The mutations that the server has not acknowledged, and what prevents it, for the screen. */
export interface OutboxState extends MutationQueues {
  /** By task id: why the server refuses its mutations. */
  readonly refused: ReadonlyMap<string, string>;
  /** By task id: fields that were changed elsewhere too, so that the person has to choose. */
  readonly conflicts: ReadonlyMap<string, Conflict>;
  /** Why nothing can be sent at the moment. The outbox tries again by itself. */
  readonly trouble: { readonly reason: string; readonly signedOut: boolean } | null;
  /** The number of deletes whose time to undo is over. */
  readonly deleting: number;
  /** Whether the server answers although the browser says that there is no network. */
  readonly reached: boolean;
  /** Whether mutations are stored nowhere for a while now: closing the page would lose them. */
  readonly isLosing: boolean;
}

export const emptyOutbox: OutboxState = {
  ...emptyQueues,
  refused: new Map(),
  conflicts: new Map(),
  trouble: null,
  deleting: 0,
  reached: false,
  isLosing: false,
};
