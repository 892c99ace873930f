import type { Task } from "@tend/contracts";
import type { RequestOptions } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";
import { reasonOf } from "#ui/api/failure.ts";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { Backlog, type OutboxStorage } from "./backlog.ts";
import { type Attempt, Connection } from "./connection.ts";
import { acknowledgedTask, type KnownTask } from "./known-task.ts";
import { type Mutation, mergeChanges, type Requests, type SyncRequest } from "./mutation.ts";
import { mutationIdAfter } from "./mutation-id.ts";
import { emptyOutbox, type OutboxState } from "./outbox-state.ts";
import { brokenOutcome, type Outcome, outcomeOf, type Reply, resolveConflict } from "./outcome.ts";
import { type Start, schedule } from "./schedule.ts";
import { type SenderApi, send } from "./sender.ts";

export interface OutboxOptions {
  readonly api: SenderApi;
  readonly storage: OutboxStorage;
  readonly isOnline: () => boolean;
  /** Calls `run` while no other call, in any tab, holds one of these tasks. */
  readonly exclusively: (taskIds: readonly string[], run: () => Promise<void>) => Promise<void>;
  /** The newest version of a task that the server is known to have. */
  readonly lastKnown: (taskId: string) => Task | undefined;
  /** Called with what the server is known to have now, before its mutations are forgotten. */
  readonly onAcknowledged: (known: readonly KnownTask[]) => void;
  /** Called when an edited task was deleted elsewhere: a new task holds its text. */
  readonly onRescued: (task: Task) => void;
  /** Called after a restore; `back` is false where the task was deleted for good meanwhile. */
  readonly onRestored: (task: Task, back: boolean) => void;
}

/**
 * Sends mutations to the server, in order for each task, creates in the order in which they were
 * made. Each is stored and repeated until acknowledged; no value of the server replaces it.
 */
export class Outbox {
  #state = emptyOutbox;
  readonly #listeners = new Set<() => void>();
  readonly #options: OutboxOptions;
  readonly #backlog: Backlog;
  readonly #connection: Connection;
  readonly #underWay = new Set<Start>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.storage);
    this.#connection = new Connection(options.isOnline);
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

  /** Whether closing the page would lose a mutation. */
  get hasUnstored(): boolean {
    return this.#options.storage.hasUnstored;
  }

  /** An id for the next mutation. */
  readonly newId = (): string => mutationIdAfter(this.#backlog.queues.mutations.at(-1)?.id);

  /** Adds mutations, one of each task, and starts to send. */
  add(...mutations: readonly Mutation[]): void {
    this.#backlog.add(mutations);
    this.#show();
    this.#pump();
  }

  /** Undoes deletes. A task whose delete was sent already is restored from the trash. */
  undoDeletes(deletes: readonly Mutation[]): void {
    const sent = this.#backlog.undo(deletes);
    this.add(...sent.map(({ task }) => ({ kind: "restore", id: this.newId(), task }) as const));
  }

  /** Sends again now: what was refused of one task, or all that a failure delayed. */
  retry(taskId?: string): void {
    this.#backlog.release(this.#backlog.holds.retriedWith(taskId));
    this.#connection.retry();
    this.#backlog.refresh();
    this.#show();
    this.#pump();
  }

  /** Ends a conflict: with the chosen values, and the server's for other conflicting fields. */
  resolve(taskId: string, chosen: TaskFields): void {
    const conflict = this.#state.conflicts.get(taskId);
    if (!conflict) return;
    this.#backlog.commit(
      resolveConflict(conflict, this.#backlog.queue(taskId), chosen, this.newId),
    );
    this.#backlog.release([taskId]);
    this.#show();
    this.#pump();
  }

  /** Sends deletes before their time to undo is over, for a person who opens the trash. */
  hurryDeletes(): void {
    this.#backlog.hurryDeletes();
    this.#show();
    this.#pump();
  }

  /** Drops the deletes that are due and not under way: their tasks stay. */
  stopDeletes(): void {
    this.#backlog.stopDeletes();
    this.#show();
  }

  /** Sends all deletes when the page closes, by requests that outlive it. */
  flushDeletes(): void {
    this.#backlog.hurryDeletes();
    this.#show();
    const ids = this.#backlog.dueDeletes.map(({ task }) => task.id);
    for (let at = 0; at < ids.length; at += limits.batch) {
      const start = { lane: "deletes", taskIds: ids.slice(at, at + limits.batch) } as const;
      // No lock is waited for: the page is closing, and a delete sent twice does no harm.
      void this.#run(start, { keepalive: true }, (_, run) => run());
    }
  }

  /** Reads the stored mutations again: another tab may have added or sent some. */
  readonly refresh = (): void => {
    const isChanged = this.#backlog.refresh();
    if (isChanged || this.#state.isLosing !== this.#options.storage.isLosing) this.#show();
  };

  /** Starts what can be sent now, and sets a timer for what must wait. */
  #pump(): void {
    if (this.#stopped) return;
    // The screen shows how far many deletes are.
    if (this.#backlog.advance() && this.#backlog.times.due.size > limits.batch) this.#show();
    const now = performance.now();
    const { starts, wakeAt } = schedule({
      waiting: this.#backlog.waiting,
      underWay: [...this.#underWay],
      now,
      pausedUntil: this.#connection.pausedUntil,
      nextDue: this.#backlog.times.nextDue,
      isOnline: this.#options.isOnline(),
    });
    clearTimeout(this.#timer);
    if (wakeAt !== undefined)
      this.#timer = setTimeout(() => this.#pump(), Math.max(0, wakeAt - now));
    for (const start of starts) void this.#run(start);
  }

  async #run(
    start: Start,
    options: RequestOptions = {},
    exclusively = this.#options.exclusively,
  ): Promise<void> {
    const { lane, taskIds } = start;
    this.#underWay.add(start);
    this.#backlog.begin(taskIds);
    try {
      await exclusively(taskIds, () => this.#send(start, options));
    } catch (error) {
      // Errors of the server are outcomes: this is a defect, or the lock failed.
      const outcome = brokenOutcome(lane === "deletes", reasonOf(error));
      this.#take(this.#connection.begin(), new Map(taskIds.map((id) => [id, outcome])));
    } finally {
      this.#underWay.delete(start);
      this.#backlog.end(taskIds);
    }
    this.#pump();
  }

  async #send(start: Start, options: RequestOptions): Promise<void> {
    // Another tab may have sent the mutations while this one waited for the lock.
    const queues = start.taskIds.flatMap((id) => this.#backlog.queue(id));
    if (this.#backlog.dropGone(queues)) this.#show();
    const attempt = this.#connection.begin();
    let requests: Requests = this.#backlog.requestsOf(start, this.#options.lastKnown);
    while (requests.size > 0) {
      const replies = await send(this.#options.api, requests, options);
      await this.#dropSentElsewhere(queues, replies);
      const outcomes = new Map<string, Outcome>();
      const again = new Map<string, SyncRequest>();
      for (const [id, request] of requests) {
        const reply = replies.get(id);
        if (!reply) continue;
        const queue = this.#backlog.queue(id);
        const outcome = outcomeOf({ request, reply, queue, newId: this.newId });
        outcomes.set(id, outcome);
        if (outcome.next.is === "again") again.set(id, outcome.next.request);
      }
      this.#take(attempt, outcomes);
      requests = again;
    }
  }

  /** Without locks, what changed a task meanwhile may be another tab that has sent the same. */
  async #dropSentElsewhere(
    queues: readonly Mutation[],
    replies: ReadonlyMap<string, Reply>,
  ): Promise<void> {
    if (![...replies.values()].some(({ is }) => is === "changed")) return;
    await this.#options.storage.reloadIfGone(queues.map(({ id }) => id));
    if (this.#backlog.dropGone(queues)) this.#show();
  }

  /** Does what outcomes say, in one step. */
  #take(attempt: Attempt, outcomes: ReadonlyMap<string, Outcome>): void {
    const { onAcknowledged, onRescued, onRestored } = this.#options;
    const known = [...outcomes].flatMap(([id, { acknowledgement }]) => {
      const before = this.#options.lastKnown(id) ?? this.#backlog.queue(id).at(-1)?.task;
      return acknowledgement && before ? [acknowledgedTask(before, acknowledgement)] : [];
    });
    if (known.length > 0) onAcknowledged(known);
    this.#backlog.commit(mergeChanges([...outcomes.values()]), known);
    this.#backlog.hold(outcomes);
    this.#connection.end(attempt, outcomes);
    this.#show();
    for (const { notices } of outcomes.values()) {
      for (const notice of notices) {
        if (notice.is === "rescued") onRescued(notice.task);
        else onRestored(notice.task, notice.back);
      }
    }
  }

  #show(): void {
    const { queues, times, holds } = this.#backlog;
    const { refused, conflicts } = holds;
    const { trouble, reached } = this.#connection;
    const { isLosing } = this.#options.storage;
    const deleting = times.due.size;
    this.#state = { ...queues, refused, conflicts, trouble, reached, deleting, isLosing };
    for (const listener of this.#listeners) listener();
  }
}
