import type { Task } from "@tend/contracts";
import { onTopOfNewest } from "./conflicts.ts";
import { DeleteTimes } from "./delete-times.ts";
import { Holds } from "./holds.ts";
import { putInOrder, takeInOrder } from "./in-order.ts";
import type { KnownTask } from "./known-task.ts";
import {
  enqueue,
  type Lane,
  laneOf,
  type Mutation,
  mergeChanges,
  nextRequest,
  type QueueChange,
  type Requests,
  type SyncRequest,
} from "./mutation.ts";
import { changeQueues, changeTo, emptyQueues, type MutationQueues } from "./mutation-queues.ts";
import type { MutationStorage } from "./mutation-storage.ts";
import type { Outcome } from "./outcome.ts";
import type { Lanes, Start } from "./schedule.ts";

export type OutboxStorage = Pick<
  MutationStorage,
  "read" | "has" | "settle" | "hasUnstored" | "isLosing" | "reloadIfGone"
>;

/**
 * The mutations in memory, as they are stored, and the lane in which each task waits to be sent. A
 * step costs what it changes, however many mutations wait.
 */
export class Backlog {
  readonly times = new DeleteTimes();
  readonly holds = new Holds();
  readonly #storage: OutboxStorage;
  #queues = emptyQueues;
  /** Ids of the tasks that a request is about. */
  readonly #busy = new Set<string>();
  readonly #lanes: Record<Lane, Mutation[]> = { creates: [], changes: [], deletes: [] };
  /** By task id: where the task waits. */
  readonly #places = new Map<string, { readonly lane: Lane; readonly first: Mutation }>();

  constructor(storage: OutboxStorage) {
    this.#storage = storage;
  }

  get queues(): MutationQueues {
    return this.#queues;
  }

  /** The tasks that can be sent now. */
  get waiting(): Lanes {
    return this.#lanes;
  }

  /** The due deletes that are not under way. */
  get dueDeletes(): readonly Mutation[] {
    return [...this.times.due.values()].filter(({ task }) => !this.#busy.has(task.id));
  }

  queue(taskId: string): readonly Mutation[] {
    return this.#queues.byTask.get(taskId) ?? [];
  }

  /** Keeps tasks from being sent twice, until their request has ended. */
  begin(taskIds: readonly string[]): void {
    for (const id of taskIds) this.#busy.add(id);
    this.#place(taskIds);
  }

  end(taskIds: readonly string[]): void {
    for (const id of taskIds) this.#busy.delete(id);
    this.#place(taskIds);
  }

  hold(outcomes: ReadonlyMap<string, Pick<Outcome, "next">>): void {
    this.#place(this.holds.hold(outcomes, this.#lanes.creates));
  }

  release(taskIds: readonly string[]): void {
    this.#place(this.holds.release(taskIds));
  }

  /** Adds mutations, and lets go what held their tasks. */
  add(mutations: readonly Mutation[]): void {
    const changes = mutations.map((mutation) => {
      const { id } = mutation.task;
      return enqueue(this.queue(id), mutation, this.holds.isRefused(id), this.times.isDue);
    });
    this.commit(mergeChanges(changes));
    this.release(mutations.map(({ task }) => task.id));
  }

  /** Forgets the deletes that can still be undone. Returns the others, which were sent. */
  undo(deletes: readonly Mutation[]): readonly Mutation[] {
    this.dropGone(deletes);
    const isWaiting = (one: Mutation) =>
      !this.times.isDue(one) && this.queue(one.task.id).some(({ id }) => id === one.id);
    const sent = deletes.filter((one) => !isWaiting(one));
    this.commit({ forgotten: deletes.filter(isWaiting), written: [] });
    return sent;
  }

  /** Makes all deletes due. */
  hurryDeletes(): void {
    this.dropGone(this.times.waiting);
    const written = this.times.waiting.map((one) => ({ ...one, send_at: 0 }));
    this.commit({ forgotten: [], written });
    this.advance();
  }

  /** Forgets the deletes that are due and not under way, and lets go what held their tasks. */
  stopDeletes(): void {
    this.dropGone(this.dueDeletes);
    const forgotten = this.dueDeletes;
    this.commit({ forgotten, written: [] });
    this.release(forgotten.map(({ task }) => task.id));
  }

  /** Changes what is stored, in one step, and what is in memory. */
  commit(change: QueueChange, known: readonly KnownTask[] = []): void {
    if (known.length === 0 && isEmpty(change)) return;
    this.#storage.settle({ known, ...change });
    this.#remember(change);
  }

  /** Reads all that is stored. Returns whether another tab has changed it. */
  refresh(): boolean {
    const isChanged = this.#remember(changeTo(this.#queues, this.#storage.read()));
    this.advance();
    return isChanged;
  }

  /** Drops those of these mutations that another tab has sent or stopped. Returns whether it did. */
  dropGone(mutations: readonly Mutation[]): boolean {
    return this.#remember({
      forgotten: mutations.filter(({ id }) => !this.#storage.has(id)),
      written: [],
    });
  }

  /** What is sent of the tasks of a start, updates on top of the newest version that is known. */
  requestsOf({ lane, taskIds }: Start, lastKnown: (taskId: string) => Task | undefined): Requests {
    const requests = new Map<string, SyncRequest>();
    for (const id of taskIds) {
      const request = nextRequest(this.queue(id), this.times.isDue);
      // A delete may have been stopped meanwhile.
      if (!request || (lane === "deletes" && request.do !== "delete")) continue;
      const isUpdate = request.do === "update";
      requests.set(id, isUpdate ? onTopOfNewest(request, lastKnown(id)) : request);
    }
    return requests;
  }

  /** Lets time go on. Returns whether deletes are due since. */
  advance(): boolean {
    const due = this.times.advance();
    this.#place(due.map(({ task }) => task.id));
    return due.length > 0;
  }

  #remember(change: QueueChange): boolean {
    if (isEmpty(change)) return false;
    const { forgotten, written } = change;
    this.#queues = changeQueues(this.#queues, change);
    this.times.change(change);
    this.#place([...forgotten, ...written].map(({ task }) => task.id));
    const gone = forgotten.filter(({ task }) => !this.#queues.byTask.has(task.id));
    this.release(gone.map(({ task }) => task.id));
    return true;
  }

  /** Puts tasks into their lanes anew, after their queue or what holds them has changed. */
  #place(taskIds: readonly string[]): void {
    for (const id of new Set(taskIds)) {
      const place = this.#places.get(id);
      if (place) takeInOrder(this.#lanes[place.lane], place.first.id);
      this.#places.delete(id);
      const queue = this.queue(id);
      const [first] = queue;
      const lane = laneOf(queue, this.times.isDue);
      if (!first || !lane || this.#busy.has(id) || !this.holds.isFree(id, lane)) continue;
      putInOrder(this.#lanes[lane], first);
      this.#places.set(id, { lane, first });
    }
  }
}

const isEmpty = ({ forgotten, written }: QueueChange): boolean =>
  forgotten.length + written.length === 0;
