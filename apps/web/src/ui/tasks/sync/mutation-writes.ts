import type { KnownTask } from "./known-task.ts";
import type { Mutation } from "./mutation.ts";
import { DataDeleted, type PersonDatabase } from "./person-database.ts";

const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** The latest write of a mutation to IndexedDB, or its removal there. */
export interface Step {
  readonly id: string;
  /** Undefined: it is removed. */
  readonly mutation?: Mutation;
  readonly done: () => void;
  readonly failed?: () => void;
  /** What is tried again after a failure; undefined: there is nothing left to do. */
  readonly again: () => Step | undefined;
}

interface MutationWritesOptions {
  /** Called when something was written. */
  readonly onChanged: () => void;
  /** Called with the ids of what is not written, since all of this person's data were deleted. */
  readonly onErased: (ids: readonly string[]) => void;
}

export type MutationWrites = ReturnType<typeof createMutationWrites>;

/**
 * Writes mutations to IndexedDB. What it does not take is tried again: when it takes another, and
 * by itself, ever more rarely.
 */
export function createMutationWrites(
  database: Pick<PersonDatabase, "settle">,
  { onChanged, onErased }: MutationWritesOptions,
) {
  /** By mutation id: its latest step. Results of earlier ones are void. */
  const underWay = new Map<string, Promise<unknown>>();
  const failed = new Map<string, Step>();
  let pauseMs = firstPauseMs;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const writeAgain = () => {
    clearTimeout(timer);
    timer = undefined;
    const steps = [...failed.values()];
    failed.clear();
    write(
      [],
      steps.flatMap((step) => step.again() ?? []),
    );
  };
  const write = (known: readonly KnownTask[], steps: readonly Step[]): void => {
    if (known.length + steps.length === 0) return;
    const work = database.settle({
      known,
      removed: steps.flatMap(({ id, mutation }) => (mutation ? [] : id)),
      added: steps.flatMap(({ mutation }) => mutation ?? []),
    });
    for (const step of steps) {
      const { id } = step;
      const isLatest = () => underWay.get(id) === ended;
      const fail = (error: unknown) => {
        // Nothing is written any more where all of this person's data were deleted.
        if (!isLatest() || error instanceof DataDeleted) return;
        failed.set(id, step);
        step.failed?.();
      };
      const ended: Promise<unknown> = work
        .then(() => isLatest() && step.done(), fail)
        .finally(() => isLatest() && underWay.delete(id));
      failed.delete(id);
      underWay.set(id, ended);
    }
    work.then(
      () => {
        pauseMs = firstPauseMs;
        onChanged();
        writeAgain();
      },
      (error: unknown) => {
        if (error instanceof DataDeleted) onErased(steps.map(({ id }) => id));
        if (failed.size === 0 || timer !== undefined) return;
        timer = setTimeout(writeAgain, pauseMs);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      },
    );
  };

  return {
    write,
    /** The ids of mutations of which IndexedDB has, or may have, not the latest. */
    unsettled: (): ReadonlySet<string> => new Set([...underWay.keys(), ...failed.keys()]),
    /** Gives up what failed of a mutation. Returns whether it never arrived. */
    giveUp(id: string): boolean {
      const kind = failed.get(id)?.mutation?.kind;
      failed.delete(id);
      // A delete may be there with another time: no other mutation is written twice.
      return kind !== undefined && kind !== "delete";
    },
    /** Resolves once all that is under way has ended. */
    ended: (): Promise<unknown> => Promise.all(underWay.values()),
  };
}
