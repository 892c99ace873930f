import type { Conflict } from "./conflicts.ts";
import type { Lane, Mutation } from "./mutation.ts";
import type { Next, Outcome } from "./outcome.ts";

/** Why a task waits for the person. */
type Hold = Extract<Next, { is: "refused" | "crowded" | "broken" | "stuck" | "conflict" }>;

/** What keeps tasks from being sent until the person does something about it. */
export class Holds {
  readonly #holds = new Map<string, Hold>();
  #refused: ReadonlyMap<string, string> = new Map();
  #conflicts: ReadonlyMap<string, Conflict> = new Map();

  /** By task id: why the server, or a defect of the page, refuses its mutations. */
  get refused(): ReadonlyMap<string, string> {
    return this.#refused;
  }

  get conflicts(): ReadonlyMap<string, Conflict> {
    return this.#conflicts;
  }

  /** Whether the server took nothing of what was sent last of a task. */
  isRefused(taskId: string): boolean {
    const is = this.#holds.get(taskId)?.is;
    return is === "refused" || is === "crowded";
  }

  /** Whether a task may be sent. A delete goes whatever became of the mutations before it. */
  isFree(taskId: string, lane: Lane): boolean {
    const hold = this.#holds.get(taskId);
    return !hold || (lane === "deletes" && hold.is !== "stuck");
  }

  /**
   * The tasks that a person retries with this one; without one, those that no row shows. Creates
   * without room are retried together: the first finds out whether there is room now.
   */
  retriedWith(taskId?: string): readonly string[] {
    const together = taskId === undefined ? "stuck" : "crowded";
    const ids = [...this.#holds.keys()].filter((id) => this.#holds.get(id)?.is === together);
    return taskId === undefined || ids.includes(taskId) ? ids : [taskId];
  }

  /**
   * Holds tasks for what came of their requests, and with a create without room the waiting ones.
   * Returns the ids of the tasks that are held now.
   */
  hold(
    outcomes: ReadonlyMap<string, Pick<Outcome, "next">>,
    waitingCreates: readonly Mutation[],
  ): readonly string[] {
    const held = [...outcomes].flatMap(([id, { next }]) => {
      if (!isHold(next)) return [];
      const others = next.is === "crowded" ? waitingCreates.map(({ task }) => task.id) : [];
      return [id, ...others].map((taskId) => [taskId, next] as const);
    });
    for (const [id, hold] of held) this.#holds.set(id, hold);
    if (held.length > 0) this.#show();
    return held.map(([id]) => id);
  }

  /** Lets tasks go. Returns those that were held. */
  release(taskIds: readonly string[]): readonly string[] {
    const held = taskIds.filter((id) => this.#holds.delete(id));
    if (held.length > 0) this.#show();
    return held;
  }

  #show(): void {
    const [refused, conflicts] = [new Map<string, string>(), new Map<string, Conflict>()];
    for (const [id, hold] of this.#holds) {
      if (hold.is === "conflict") conflicts.set(id, hold.conflict);
      else refused.set(id, hold.reason);
    }
    this.#refused = refused;
    this.#conflicts = conflicts;
  }
}

const isHold = (next: Next): next is Hold =>
  next.is !== "settled" && next.is !== "again" && next.is !== "delayed";
