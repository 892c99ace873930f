import type { Conflict } from "./conflicts.ts";
import type { Lane, Mutation } from "./mutation.ts";
import type { Outcome } from "./outcome.ts";

/** What keeps tasks from being sent until the person does something about it. */
export class Holds {
  #refused: ReadonlyMap<string, string> = new Map();
  #conflicts: ReadonlyMap<string, Conflict> = new Map();
  /** Ids of the refused tasks for which the account has no room (`quota_exceeded`). */
  readonly #crowded = new Set<string>();
  /** Ids of tasks whose delete met a defect of this page. */
  readonly #stuck = new Set<string>();

  get refused(): ReadonlyMap<string, string> {
    return this.#refused;
  }

  get conflicts(): ReadonlyMap<string, Conflict> {
    return this.#conflicts;
  }

  /** Whether a task may be sent. A delete goes whatever became of the mutations before it. */
  isFree(taskId: string, lane: Lane): boolean {
    if (this.#stuck.has(taskId)) return false;
    return lane === "deletes" || !(this.#refused.has(taskId) || this.#conflicts.has(taskId));
  }

  /**
   * The tasks that a person retries with this one; without one, those that no row shows. Creates
   * without room are retried together: the first finds out whether there is room now.
   */
  retriedWith(taskId?: string): readonly string[] {
    if (taskId === undefined) return [...this.#stuck];
    return this.#crowded.has(taskId) ? [...this.#crowded] : [taskId];
  }

  /**
   * Holds tasks for what came of their requests, and with a create without room the waiting ones.
   * Returns the ids of the tasks that are held now.
   */
  hold(
    outcomes: ReadonlyMap<string, Pick<Outcome, "next">>,
    waitingCreates: readonly Mutation[],
  ): readonly string[] {
    const refused = new Map<string, string>();
    const conflicts = new Map<string, Conflict>();
    for (const [id, { next }] of outcomes) {
      if (next.is === "conflict") conflicts.set(id, next.conflict);
      if (next.is === "stuck") this.#stuck.add(id);
      if (next.is === "stuck" || next.is === "refused") refused.set(id, next.reason);
      if (next.is !== "crowded") continue;
      for (const crowded of [id, ...waitingCreates.map(({ task }) => task.id)]) {
        this.#crowded.add(crowded);
        refused.set(crowded, next.reason);
      }
    }
    if (refused.size > 0) this.#refused = new Map([...this.#refused, ...refused]);
    if (conflicts.size > 0) this.#conflicts = new Map([...this.#conflicts, ...conflicts]);
    return [...refused.keys(), ...conflicts.keys()];
  }

  /** Lets tasks go. Returns those that were held. */
  release(taskIds: readonly string[]): readonly string[] {
    const held = taskIds.filter((id) => this.#refused.has(id) || this.#conflicts.has(id));
    if (held.length === 0) return held;
    const [refused, conflicts] = [new Map(this.#refused), new Map(this.#conflicts)];
    for (const id of held) {
      this.#crowded.delete(id);
      this.#stuck.delete(id);
      refused.delete(id);
      conflicts.delete(id);
    }
    this.#refused = refused;
    this.#conflicts = conflicts;
    return held;
  }
}
