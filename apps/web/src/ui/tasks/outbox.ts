import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import { v7 as uuidv7 } from "uuid";
import { type Change, nextStep, notYet, type Step } from "./change.ts";
import type { ChangeStorage } from "./change-storage.ts";
import { readFailure } from "./failure.ts";

/** What the screen needs to know of the changes that the server has not acknowledged. */
export interface OutboxState {
  readonly changes: readonly Change[];
  /** By task: why the server will not take its changes as they are. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why nothing can be sent at the moment. It is tried again by itself. */
  readonly trouble: { readonly reason: string; readonly signedOut: boolean } | null;
}

export const emptyOutbox: OutboxState = { changes: [], refused: new Map(), trouble: null };

export interface OutboxOptions {
  readonly api: Pick<
    Client,
    "createTask" | "updateTask" | "completeTask" | "deleteTask" | "getTask"
  >;
  readonly storage: ChangeStorage;
  readonly isOnline: () => boolean;
  /** Runs one at a time for each name, over all tabs. */
  readonly exclusively: (name: string, run: () => Promise<void>) => Promise<void>;
  /** The server has taken a change: the task as it is there now, null where it is gone. */
  readonly onAcknowledged: (id: string, task: Task | null) => void;
  /** Somebody deleted a task whose text was edited here: the text lives on in this new one. */
  readonly onRescued: (task: Task) => void;
}

const atOnce = 6;
const patience = 20_000;
const longestPause = 60_000;

/**
 * Carries changes to the server: kept until acknowledged, in order for each task, creates in the
 * order of their making, repeated until they arrive. The server's word never replaces a change.
 */
export class Outbox {
  #state = emptyOutbox;
  readonly #listeners = new Set<() => void>();
  readonly #options: OutboxOptions;
  /** Changes that the browser would not store. */
  readonly #unstored = new Map<string, Change>();
  /** Tasks with a request under way, and whether that is a create. */
  readonly #busy = new Map<string, boolean>();
  #failures = 0;
  #pausedUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.refresh();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): OutboxState => this.#state;

  start(): void {
    this.#stopped = false;
    this.refresh();
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Whether closing the page would lose something. */
  get hasUnstored(): boolean {
    return this.#unstored.size > 0;
  }

  add(change: Change): void {
    const { id } = change.task;
    const queue = this.#queue(id);
    const refused = this.#state.refused.has(id);
    if (refused && change.kind === "set" && queue.some((one) => one.kind === "create")) {
      // A refused create never arrived, so it can be made anew with what was mended.
      this.#forget(queue);
      this.#keep({ kind: "create", id: change.id, task: change.task });
    } else {
      // Another tab deletes what is edited here: the edit wins, while that can still be stopped.
      if (change.kind === "set") this.#forget(queue.filter(isStoppable));
      this.#keep(change);
    }
    this.#accept(id);
    this.refresh();
    this.#pump();
  }

  /** Takes a delete back. False: it is too late, the task is gone. */
  undoDelete(changeId: string): boolean {
    this.refresh();
    const change = this.#state.changes.find((one) => one.id === changeId);
    if (!change || !isStoppable(change)) return false;
    this.#forget([change]);
    this.refresh();
    return true;
  }

  /** Tries again now: what was refused of this task, or all that waits for a better time. */
  retry(taskId?: string): void {
    if (taskId !== undefined) this.#accept(taskId);
    this.#pausedUntil = 0;
    if (!this.#options.isOnline()) this.#set({ trouble: null });
    this.refresh();
    this.#pump();
  }

  /** The page is going away: deletes no longer wait for the end of their time to undo. */
  flushDeletes(): void {
    for (const change of this.#state.changes) {
      if (change.kind !== "delete" || this.#busy.has(change.task.id)) continue;
      this.#keep({ ...change, send_at: 0 });
      this.refresh();
      const step = nextStep(this.#queue(change.task.id), Date.now());
      if (step) void this.#send(change.task.id, step, true);
    }
  }

  /** Reads the stored changes again: another tab may have added some, or sent some. */
  readonly refresh = (): void => {
    const stored = this.#options.storage.read();
    const changes = [...stored, ...this.#unstored.values()];
    if (this.#unstored.size > 0) changes.sort((a, b) => (a.id < b.id ? -1 : 1));
    const before = this.#state.changes;
    const same =
      changes.length === before.length &&
      changes.every((change, index) => isSame(change, before[index]));
    if (!same) this.#set({ changes });
  };

  #queue(taskId: string): readonly Change[] {
    return this.#state.changes.filter((change) => change.task.id === taskId);
  }

  #keep(change: Change): void {
    if (this.#options.storage.write(change)) this.#unstored.delete(change.id);
    else this.#unstored.set(change.id, change);
  }

  #forget(changes: readonly Change[]): void {
    for (const { id } of changes) {
      this.#unstored.delete(id);
      this.#options.storage.remove(id);
    }
  }

  #refuse(taskId: string, reason: string): void {
    this.#set({ refused: new Map(this.#state.refused).set(taskId, reason) });
  }

  #accept(taskId: string): void {
    if (!this.#state.refused.has(taskId)) return;
    const refused = new Map(this.#state.refused);
    refused.delete(taskId);
    this.#set({ refused });
  }

  #set(part: Partial<OutboxState>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener();
  }

  #wake(at: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), Math.max(0, at - Date.now()));
  }

  /** Starts all that can be sent now, and sets the clock for what must wait. */
  #pump(): void {
    if (this.#stopped || !this.#options.isOnline()) return;
    const now = Date.now();
    if (now < this.#pausedUntil) {
      this.#wake(this.#pausedUntil);
      return;
    }
    for (const id of new Set(this.#state.changes.map((change) => change.task.id))) {
      if (this.#busy.size >= atOnce) break;
      if (this.#busy.has(id)) continue;
      const step = nextStep(this.#queue(id), now);
      if (step && this.#mayStart(id, step)) void this.#sendInTurn(id, step.do === "create");
    }
    const waits = this.#state.changes.flatMap((change) =>
      change.kind === "delete" && change.send_at > now ? change.send_at : [],
    );
    if (waits.length > 0) this.#wake(Math.min(...waits));
  }

  #mayStart(id: string, step: Step): boolean {
    if (step.do === "delete") return true;
    if (this.#state.refused.has(id)) return false;
    return step.do !== "create" || ![...this.#busy.values()].includes(true);
  }

  async #sendInTurn(id: string, isCreate: boolean): Promise<void> {
    this.#busy.set(id, isCreate);
    try {
      await this.#options.exclusively(id, async () => {
        // Another tab may have sent it while this one waited for its turn.
        this.refresh();
        const step = nextStep(this.#queue(id), Date.now());
        if (step) await this.#send(id, step, false);
      });
    } finally {
      this.#busy.delete(id);
    }
    this.#pump();
  }

  async #send(id: string, step: Step, keepalive: boolean): Promise<void> {
    try {
      const task = await this.#request(id, step, keepalive);
      this.#failures = 0;
      this.#pausedUntil = 0;
      this.#settle(id, step, task);
    } catch (error) {
      await this.#fail(id, step, error);
    }
  }

  async #request(id: string, step: Step, keepalive: boolean): Promise<Task | null> {
    const { api } = this.#options;
    const request = { params: { id } };
    const options = { keepalive, signal: AbortSignal.timeout(patience) };
    switch (step.do) {
      case "create":
        return (await api.createTask({ body: step.body }, options)).body;
      case "update":
        return (await api.updateTask({ ...request, body: step.fields }, options)).body;
      case "complete":
        return (
          await api.completeTask({ ...request, body: { completed: step.completed } }, options)
        ).body;
      case "delete":
        await api.deleteTask(request, options);
        return null;
    }
  }

  #settle(id: string, { covers }: Step, task: Task | null): void {
    this.#options.onAcknowledged(id, task);
    this.#forget(covers);
    this.#set({ trouble: null });
    this.refresh();
  }

  async #fail(id: string, step: Step, error: unknown): Promise<void> {
    const failure = readFailure(error);
    switch (failure.is) {
      case "missing":
        this.#missing(id, step);
        break;
      case "present":
        await this.#present(id, step);
        break;
      case "refused":
        this.#refuse(id, failure.reason);
        break;
      case "signed out":
        this.#pause({ reason: failure.reason, signedOut: true }, 0);
        break;
      case "trouble":
        this.#pause({ reason: failure.reason, signedOut: false }, failure.retryAfter);
    }
  }

  #pause(trouble: NonNullable<OutboxState["trouble"]>, retryAfter: number): void {
    const now = Date.now();
    // Requests that fail together count as one failure.
    if (now >= this.#pausedUntil) this.#failures++;
    const pause = Math.min(longestPause, 1000 * 2 ** (this.#failures - 1));
    this.#pausedUntil = now + Math.max(pause, Math.min(retryAfter * 1000, longestPause));
    this.#set({ trouble: this.#options.isOnline() ? trouble : null });
    this.#wake(this.#pausedUntil);
  }

  /** The task is gone: a delete is done, a tick is moot, but an edited text must live on. */
  #missing(id: string, step: Step): void {
    if (step.do === "delete" || step.do === "complete") {
      this.#settle(id, step, null);
      return;
    }
    const queue = this.#queue(id);
    const last = queue.findLast((change) => change.kind === "set");
    if (last && queue.every((change) => change.kind !== "delete")) {
      const task = { ...last.task, id: uuidv7(), created_at: notYet };
      this.#keep({ kind: "create", id: uuidv7(), task });
      this.#options.onRescued(task);
    }
    this.#settle(id, { ...step, covers: queue }, null);
  }

  async #present(id: string, step: Step): Promise<void> {
    try {
      const { body } = await this.#options.api.getTask({ params: { id } });
      this.#settle(id, step, body);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.is === "missing") this.#refuse(id, "The task could not be created.");
      else await this.#fail(id, step, error);
    }
  }
}

const isStoppable = (change: Change): boolean =>
  change.kind === "delete" && change.send_at > Date.now();

const isSame = (a: Change, b: Change | undefined): boolean =>
  a.id === b?.id &&
  a.kind === b.kind &&
  (a.kind !== "delete" || b.kind !== "delete" || a.send_at === b.send_at);
