import type { Mutation, QueueChange } from "./mutation.ts";
import { undoTimeMs } from "./undo-stack.ts";

/** The longest that a delete waits, in milliseconds: somewhat longer than any is told to. */
const longestWaitMs = undoTimeMs + 2000;

type Delete = Mutation & { readonly kind: "delete" };

/**
 * When each delete is due. `send_at` is a time of the device's clock, since it outlives the page;
 * that clock may be set meanwhile, so that a page counts from when it first sees a delete.
 */
export class DeleteTimes {
  /** By mutation id: the moment, by a clock that nobody sets. */
  readonly #ends = new Map<string, number>();
  /** By that moment: the deletes that can be undone until then. */
  readonly #waiting = new Map<number, Map<string, Delete>>();
  readonly #due = new Map<string, Delete>();

  /** Whether a mutation is a delete whose time to undo is over. */
  readonly isDue = (mutation: Mutation): boolean =>
    mutation.kind === "delete" && (this.#ends.get(mutation.id) ?? 0) <= performance.now();

  /** The deletes that were due when time was last told to go on. */
  get due(): ReadonlyMap<string, Delete> {
    return this.#due;
  }

  /** The deletes that can still be undone. */
  get waiting(): readonly Delete[] {
    return [...this.#waiting.values()].flatMap((deletes) => [...deletes.values()]);
  }

  /** The next moment at which a delete is due, if any waits. */
  get nextDue(): number | undefined {
    return this.#waiting.size > 0 ? Math.min(...this.#waiting.keys()) : undefined;
  }

  change({ forgotten, written }: QueueChange): void {
    const [now, date] = [performance.now(), Date.now()];
    for (const { id } of forgotten) this.#forget(id);
    for (const mutation of written) {
      if (mutation.kind !== "delete") continue;
      const left = Math.min(Math.max(mutation.send_at - date, 0), longestWaitMs);
      const end = Math.min(now + left, this.#ends.get(mutation.id) ?? Number.POSITIVE_INFINITY);
      this.#forget(mutation.id);
      this.#ends.set(mutation.id, end);
      const group = this.#waiting.get(end) ?? new Map<string, Delete>();
      this.#waiting.set(end, group.set(mutation.id, mutation));
    }
  }

  /** Lets time go on. Returns the deletes that are due since. */
  advance(): readonly Delete[] {
    const now = performance.now();
    const ends = [...this.#waiting.keys()].filter((end) => end <= now);
    const deletes = ends.flatMap((end) => [...(this.#waiting.get(end)?.values() ?? [])]);
    for (const end of ends) this.#waiting.delete(end);
    for (const one of deletes) this.#due.set(one.id, one);
    return deletes;
  }

  #forget(id: string): void {
    const end = this.#ends.get(id);
    if (end === undefined) return;
    this.#ends.delete(id);
    this.#due.delete(id);
    const group = this.#waiting.get(end);
    group?.delete(id);
    if (group?.size === 0) this.#waiting.delete(end);
  }
}
