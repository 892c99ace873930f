import { limits } from "@tend/contracts/limits";
import type { Lane, Mutation } from "./mutation.ts";

/** The requests that may be under way together. */
const atOnce = 6;

/** The tasks that wait to be sent, each by its first mutation, in the order of these. */
export type Lanes = Readonly<Record<Lane, readonly Mutation[]>>;

/** A request that starts: about one task, or the deletes of several. */
export interface Start {
  readonly lane: Lane;
  readonly taskIds: readonly string[];
}

interface Situation {
  readonly waiting: Lanes;
  readonly underWay: readonly Start[];
  readonly now: number;
  /** Before this moment nothing is sent, since a request failed. */
  readonly pausedUntil: number;
  /** The next moment at which the time to undo of a delete ends, if any waits for it. */
  readonly nextDue: number | undefined;
  readonly isOnline: boolean;
}

interface Schedule {
  readonly starts: readonly Start[];
  /** When to look again, if nothing happens before. */
  readonly wakeAt: number | undefined;
}

/**
 * The requests that start now: creates one after the other, changes side by side, and batches of
 * deletes one after the other, so that a person can stop the rest.
 */
export function schedule(situation: Situation): Schedule {
  const { waiting, underWay, now, pausedUntil, nextDue, isOnline } = situation;
  if (now < pausedUntil) return { starts: [], wakeAt: pausedUntil };
  // The browser only guesses that there is no network: one request at a time finds out.
  const free = Math.max(0, (isOnline ? atOnce : 1) - underWay.length);
  const isUnderWay = (lane: Lane) => underWay.some((start) => start.lane === lane);
  const single = [
    ...waiting.creates.slice(0, isUnderWay("creates") ? 0 : 1).map(startOf("creates")),
    ...waiting.changes.slice(0, free).map(startOf("changes")),
  ]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, free)
    .map(({ start }) => start);
  const batch = waiting.deletes.slice(0, limits.batch).map(({ task }) => task.id);
  const mayDelete = batch.length > 0 && single.length < free && !isUnderWay("deletes");
  return {
    starts: mayDelete ? [...single, { lane: "deletes", taskIds: batch }] : single,
    wakeAt: nextDue,
  };
}

const startOf =
  (lane: Lane) =>
  ({ id, task }: Mutation): { readonly id: string; readonly start: Start } => ({
    id,
    start: { lane, taskIds: [task.id] },
  });
