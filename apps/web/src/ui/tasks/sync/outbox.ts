import type { Task } from "@tend/contracts";
import type { Client, RequestOptions } from "@tend/contracts/client";
import { etagOf } from "@tend/contracts/etag";
import { limits } from "@tend/contracts/limits";
import { v7 as uuidv7 } from "uuid";
import { type Failure, readFailure, readResult, reasonOf } from "#ui/api/failure.ts";
import type { ConflictField, TaskFields } from "#ui/tasks/model/task-fields.ts";
import {
  changedFields,
  clashesOf,
  coalesceEdits,
  editOf,
  type Mutation,
  nextRequest,
  notYet,
  type SyncRequest,
} from "./mutation.ts";
import type { MutationStorage } from "./mutation-storage.ts";
import type { Acknowledged } from "./snapshot.ts";

/** What the screen needs to know of the changes that the server has not acknowledged. */
export interface OutboxState {
  readonly mutations: readonly Mutation[];
  /** By task: why the server will not take its changes as they are. */
  readonly refused: ReadonlyMap<string, string>;
  /** By task: the same fields were changed elsewhere too, and the person is to choose. */
  readonly conflicts: ReadonlyMap<string, Conflict>;
  /** Why nothing can be sent at the moment. It is tried again by itself. */
  readonly trouble: { readonly reason: string; readonly signedOut: boolean } | null;
}

export interface Conflict {
  /** The fields in question, as they were set here. */
  readonly mine: Pick<TaskFields, ConflictField>;
  /** The task as the server has it. */
  readonly theirs: Task;
}

export const emptyOutbox: OutboxState = {
  mutations: [],
  refused: new Map(),
  conflicts: new Map(),
  trouble: null,
};

export interface OutboxOptions {
  readonly api: Pick<
    Client,
    | "createTask"
    | "updateTask"
    | "completeTask"
    | "deleteTask"
    | "restoreTask"
    | "batchTasks"
    | "getTask"
  >;
  readonly storage: MutationStorage;
  readonly isOnline: () => boolean;
  /** Runs one at a time for each of the tasks, over all tabs. */
  readonly exclusively: (taskIds: readonly string[], run: () => Promise<void>) => Promise<void>;
  /** The server has taken changes. */
  readonly onAcknowledged: (acknowledged: Acknowledged) => void;
  /** Somebody deleted a task whose text was edited here: the text lives on in this new one. */
  readonly onRescued: (task: Task) => void;
  /** Whether a restore brought the task back: it may have been deleted for good meanwhile. */
  readonly onRestored: (task: Task, back: boolean) => void;
}

const atOnce = 6;
const longestDelayMs = 60_000;

/**
 * Carries changes to the server: kept until acknowledged, in order for each task, creates in the
 * order of their making, repeated until they arrive. The server's word never replaces a change.
 */
export class Outbox {
  #state = emptyOutbox;
  readonly #listeners = new Set<() => void>();
  readonly #options: OutboxOptions;
  /** Tasks with a request under way, and what that does. */
  readonly #busy = new Map<string, SyncRequest["do"]>();
  /** Tasks as the server last told them here. */
  readonly #lastKnown = new Map<string, Task>();
  /** Tasks that the server has no room for, among those that it refused. */
  readonly #crowded = new Set<string>();
  /** Tasks whose delete met a defect of this page. No row offers to retry: the next look at the page does. */
  readonly #stuck = new Set<string>();
  #requests = 0;
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
    return this.#options.storage.hasUnstored;
  }

  /** Takes changes in, one of each task. */
  add(...mutations: readonly Mutation[]): void {
    const queues = this.#queues();
    for (const mutation of mutations) this.#addTo(queues.get(mutation.task.id) ?? [], mutation);
    this.refresh();
    this.#pump();
  }

  /** Takes deletes back. What was sent already is restored from the trash. */
  undoDeletes(deletes: readonly Mutation[]): void {
    this.refresh();
    const unsent = new Map(this.#state.mutations.map((mutation) => [mutation.id, mutation]));
    const isUnsent = ({ id }: Mutation) => isStoppable(unsent.get(id));
    this.#forget(deletes.filter(isUnsent));
    const sent = deletes.filter((mutation) => !isUnsent(mutation));
    this.add(...sent.map(({ task }) => ({ kind: "restore", id: uuidv7(), task }) as const));
  }

  /** Tries again now: what was refused of this task, or all that waits for a better time. */
  retry(taskId?: string): void {
    // What there is no room for waits together, and one of it finds out whether there is by now.
    const ids =
      taskId === undefined ? this.#stuck : this.#crowded.has(taskId) ? this.#crowded : [taskId];
    for (const id of ids) this.#accept(id);
    this.#pausedUntil = 0;
    if (!this.#options.isOnline()) this.#set({ trouble: null });
    this.refresh();
    this.#pump();
  }

  /** The person has chosen between the two versions of a task: these values, and theirs for the rest. */
  resolve(taskId: string, chosen: TaskFields): void {
    const conflict = this.#state.conflicts.get(taskId);
    if (!conflict) return;
    const { theirs, mine } = conflict;
    const { fields, covers } = coalesceEdits(this.#queue(taskId));
    const undecided = Object.entries(fields).filter(([name]) => !(name in mine));
    const left = changedFields(theirs, { ...Object.fromEntries(undecided), ...chosen });
    this.#forget(covers);
    this.#options.onAcknowledged(new Map([[taskId, theirs]]));
    if (Object.keys(left).length > 0)
      this.#options.storage.write({ id: uuidv7(), ...editOf(theirs, left) });
    this.#accept(taskId);
    this.refresh();
    this.#pump();
  }

  /** Somebody looks for what was deleted: it no longer waits for the end of its time to undo. */
  hurryDeletes(): void {
    this.#hurry();
    this.#pump();
  }

  /** Keeps the tasks whose deletes are due and not under way. */
  stopDeletes(): void {
    this.refresh();
    this.#forget(this.#dueDeletes());
    this.refresh();
  }

  /** The page is going away: what deletes there are go now, and outlive it. */
  flushDeletes(): void {
    this.#hurry();
    const ids = new Set(this.#dueDeletes().map(({ task }) => task.id));
    for (const batch of batches([...ids])) void this.#sendDeletes(batch, true);
  }

  #hurry(): void {
    // Another tab may have sent or wiped them.
    this.refresh();
    for (const mutation of this.#state.mutations) {
      if (mutation.kind === "delete" && mutation.send_at > 0)
        this.#options.storage.write({ ...mutation, send_at: 0 });
    }
    this.refresh();
  }

  /** Those that are not under way. */
  #dueDeletes(): readonly Mutation[] {
    return dueDeletes(this.#state.mutations).filter(({ task }) => !this.#busy.has(task.id));
  }

  /** Reads the stored changes again: another tab may have added some, or sent some. */
  readonly refresh = (): void => {
    const mutations = this.#options.storage.read();
    const before = this.#state.mutations;
    const same =
      mutations.length === before.length &&
      mutations.every((mutation, index) => isSameMutation(mutation, before[index]));
    if (!same) this.#set({ mutations });
  };

  #addTo(queue: readonly Mutation[], mutation: Mutation): void {
    const { id } = mutation.task;
    const refused = this.#state.refused.has(id);
    if (refused && mutation.kind === "set" && queue.some((one) => one.kind === "create")) {
      // A refused create never arrived, so it can be made anew with what was mended.
      this.#forget(queue);
      this.#options.storage.write({ kind: "create", id: mutation.id, task: mutation.task });
    } else {
      // Another tab deletes what is edited here: the edit wins, while that can still be stopped.
      if (mutation.kind === "set") this.#forget(queue.filter(isStoppable));
      this.#options.storage.write(mutation);
    }
    this.#accept(id);
  }

  #queue(taskId: string): readonly Mutation[] {
    return this.#state.mutations.filter((mutation) => mutation.task.id === taskId);
  }

  #queues(): ReadonlyMap<string, readonly Mutation[]> {
    const queues = new Map<string, Mutation[]>();
    for (const mutation of this.#state.mutations) {
      const queue = queues.get(mutation.task.id);
      if (queue) queue.push(mutation);
      else queues.set(mutation.task.id, [mutation]);
    }
    return queues;
  }

  #forget(mutations: readonly Mutation[]): void {
    for (const { id } of mutations) this.#options.storage.remove(id);
  }

  #refuse(taskIds: Iterable<string>, reason: string): void {
    const refused = new Map(this.#state.refused);
    for (const id of taskIds) refused.set(id, reason);
    this.#set({ refused });
  }

  /** A defect of this page would meet the same change again, so it is not sent by itself. */
  #giveUp(taskIds: readonly string[], does: SyncRequest["do"], reason: string): void {
    if (does === "delete") for (const id of taskIds) this.#stuck.add(id);
    this.#refuse(taskIds, reason);
  }

  /** Each create that waits would be told the same, one request after the other. */
  #refuseCreates(id: string, reason: string): void {
    const now = Date.now();
    this.#crowded.add(id);
    for (const [other, queue] of this.#queues()) {
      if (!this.#busy.has(other) && nextRequest(queue, now)?.do === "create")
        this.#crowded.add(other);
    }
    this.#refuse(this.#crowded, reason);
  }

  #accept(taskId: string): void {
    this.#crowded.delete(taskId);
    this.#stuck.delete(taskId);
    const { refused, conflicts } = this.#state;
    if (!refused.has(taskId) && !conflicts.has(taskId)) return;
    this.#set({ refused: without(refused, taskId), conflicts: without(conflicts, taskId) });
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
    const deletes: string[] = [];
    for (const [id, queue] of this.#queues()) {
      if (this.#busy.has(id) || this.#stuck.has(id)) continue;
      const request = nextRequest(queue, now);
      if (request?.do === "delete") deletes.push(id);
      else if (request && this.#mayStart(id, request)) {
        void this.#inTurn([id], request.do, () => this.#sendNext(id));
      }
    }
    // They are due from now on, which the screen shows.
    if (deletes.length > limits.batch) this.#set({});
    for (const ids of batches(deletes)) {
      // One after the other, so that many can be stopped on their way.
      if (this.#requests >= atOnce || [...this.#busy.values()].includes("delete")) break;
      void this.#inTurn(ids, "delete", () => this.#sendDeletes(ids, false));
    }
    const sendTimes = this.#state.mutations.flatMap((mutation) =>
      mutation.kind === "delete" && mutation.send_at > now ? mutation.send_at : [],
    );
    if (sendTimes.length > 0) this.#wake(Math.min(...sendTimes));
  }

  #mayStart(id: string, request: SyncRequest): boolean {
    const { refused, conflicts } = this.#state;
    if (this.#requests >= atOnce || refused.has(id) || conflicts.has(id)) return false;
    return request.do !== "create" || ![...this.#busy.values()].includes("create");
  }

  async #inTurn(
    ids: readonly string[],
    does: SyncRequest["do"],
    send: () => Promise<void>,
  ): Promise<void> {
    for (const id of ids) this.#busy.set(id, does);
    this.#requests++;
    try {
      await this.#options.exclusively(ids, () => {
        // Another tab may have sent it while this one waited for its turn.
        this.refresh();
        return send();
      });
    } catch (error) {
      // What the server says is read where it was asked: this is a defect, or no lock was to be had.
      this.#giveUp(ids, does, reasonOf(error));
    } finally {
      for (const id of ids) this.#busy.delete(id);
      this.#requests--;
    }
    this.#pump();
  }

  async #sendNext(id: string): Promise<void> {
    const request = nextRequest(this.#queue(id), Date.now());
    if (request) await this.#send(id, request, false);
  }

  /** All deletes of these tasks that are due: one alone, several as one batch. */
  async #sendDeletes(ids: readonly string[], keepalive: boolean): Promise<void> {
    const queues = this.#queues();
    const deletes = ids.flatMap((id) => {
      const request = nextRequest(queues.get(id) ?? [], Date.now());
      return request?.do === "delete" ? { id, request } : [];
    });
    const [first, second] = deletes;
    if (!first) return;
    if (!second) return this.#send(first.id, first.request, keepalive);
    try {
      const operations = deletes.map(({ id }) => ({ operation: "delete" as const, id }));
      const { body } = await this.#options.api.batchTasks(
        { body: { operations, atomic: false } },
        { keepalive },
      );
      const results = deletes.map((one, index) => ({
        ...one,
        failure: readResult(body.results[index]),
      }));
      const done = results.filter(({ failure }) => !failure || failure.is === "missing");
      this.#settle(
        new Map(done.map(({ id }) => [id, null])),
        done.flatMap(({ request }) => request.covers),
      );
      for (const { id, request, failure } of results) {
        if (failure && failure.is !== "missing") await this.#fail(id, request, failure);
      }
    } catch (error) {
      const failure = readFailure(error);
      for (const { id, request } of deletes) await this.#fail(id, request, failure);
    }
  }

  async #send(id: string, request: SyncRequest, keepalive: boolean): Promise<void> {
    try {
      const { body } = await this.#call(id, request, { keepalive });
      this.#settleOne(id, request, body ?? null);
    } catch (error) {
      await this.#fail(id, request, readFailure(error));
    }
  }

  #call(
    id: string,
    request: SyncRequest,
    options: RequestOptions,
  ): Promise<{ readonly body: Task | undefined }> {
    const { api } = this.#options;
    const params = { id };
    switch (request.do) {
      case "create":
        return api.createTask({ body: request.body }, options);
      case "update": {
        const headers = { if_match: this.#knownTag(id, request) };
        return api.updateTask({ params, body: request.fields, headers }, options);
      }
      case "complete":
        return api.completeTask({ params, body: { completed: request.completed } }, options);
      case "delete":
        return api.deleteTask({ params }, options);
      case "restore":
        return api.restoreTask({ params }, options);
    }
  }

  /** Of the newest version that holds nothing which the person had to know before this update. */
  #knownTag(id: string, request: SyncRequest & { do: "update" }): string | undefined {
    if (!request.before) return undefined;
    const lastKnown = this.#lastKnown.get(id);
    const isKnown =
      lastKnown &&
      lastKnown.version > request.before.version &&
      !clashesOf(request, lastKnown).length;
    return etagOf(isKnown ? lastKnown : request.before);
  }

  #settleOne(id: string, request: SyncRequest, task: Task | null): void {
    // A create that is repeated answers with the task even where that is in the trash by now.
    this.#settle(new Map([[id, task?.deleted_at ? null : task]]), request.covers);
    if (request.do !== "restore") return;
    for (const { task: given } of request.covers) this.#options.onRestored(given, task !== null);
  }

  #settle(acknowledged: Acknowledged, covers: readonly Mutation[]): void {
    for (const [id, task] of acknowledged) {
      if (task) this.#lastKnown.set(id, task);
    }
    this.#options.onAcknowledged(acknowledged);
    this.#forget(covers);
    this.#failures = 0;
    this.#pausedUntil = 0;
    this.#set({ trouble: null });
    this.refresh();
  }

  async #fail(id: string, request: SyncRequest, failure: Failure): Promise<void> {
    if (failure.is === "missing") this.#missing(id, request);
    else if (failure.is === "changed") await this.#changed(id, request, failure.task);
    else if (failure.is === "present") await this.#present(id, request);
    else if (failure.is === "full") this.#refuseCreates(id, failure.reason);
    else if (failure.is === "broken") this.#giveUp([id], request.do, failure.reason);
    // In a delete there is nothing to mend: it is tried again, ever more rarely.
    else if (failure.is === "refused" && request.do !== "delete")
      this.#refuse([id], failure.reason);
    else this.#delay(failure);
  }

  #delay(failure: Failure & { is: "trouble" | "signed out" | "refused" }): void {
    const now = Date.now();
    // Requests that fail together count as one failure.
    if (now >= this.#pausedUntil) this.#failures++;
    const backoff = Math.min(longestDelayMs, 1000 * 2 ** (this.#failures - 1));
    const retryAfterMs = failure.is === "trouble" ? failure.retryAfter * 1000 : 0;
    this.#pausedUntil = now + Math.max(backoff, Math.min(retryAfterMs, longestDelayMs));
    const trouble = { reason: failure.reason, signedOut: failure.is === "signed out" };
    this.#set({ trouble: this.#options.isOnline() ? trouble : null });
    this.#wake(this.#pausedUntil);
  }

  /** The task is gone: a delete is done, a tick or a move is moot, but an edited text must live on. */
  #missing(id: string, request: SyncRequest): void {
    if (request.do !== "update" || Object.keys(request.fields).every(isMoot)) {
      this.#settleOne(id, request, null);
      return;
    }
    const queue = this.#queue(id);
    const last = queue.findLast((mutation) => mutation.kind === "set");
    if (last && queue.every((mutation) => mutation.kind !== "delete")) {
      const task = { ...last.task, id: uuidv7(), created_at: notYet };
      this.#options.storage.write({ kind: "create", id: uuidv7(), task });
      this.#options.onRescued(task);
    }
    this.#settleOne(id, { ...request, covers: queue }, null);
  }

  /** Changed elsewhere: where that touched other fields the update goes again, else the person chooses. */
  async #changed(id: string, request: SyncRequest, theirs: Task): Promise<void> {
    this.#lastKnown.set(id, theirs);
    if (request.do !== "update") throw new Error(`Not an update: ${request.do}`);
    const clashes = clashesOf(request, theirs);
    if (clashes.length === 0) return this.#sendNext(id);
    const mine = Object.fromEntries(clashes.map((name) => [name, request.fields[name]]));
    this.#set({ conflicts: new Map(this.#state.conflicts).set(id, { mine, theirs }) });
  }

  async #present(id: string, request: SyncRequest): Promise<void> {
    try {
      const { body } = await this.#options.api.getTask({ params: { id } });
      // A 304 alone has no body, and is never answered to what asks for none.
      this.#settleOne(id, request, body ?? null);
    } catch (error) {
      const failure = readFailure(error);
      // An id is one's own alone: it did arrive, and is in the trash by now.
      if (failure.is === "missing") this.#settleOne(id, request, null);
      else await this.#fail(id, request, failure);
    }
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

const isMoot = (name: string): boolean => name === "completed" || name === "position";

const isStoppable = (mutation: Mutation | undefined): boolean =>
  mutation?.kind === "delete" && mutation.send_at > Date.now();

/** Deletes whose time to undo is over. */
export const dueDeletes = (mutations: readonly Mutation[]): readonly Mutation[] =>
  mutations.filter((mutation) => mutation.kind === "delete" && mutation.send_at <= Date.now());

/** As many as one batch may hold. */
function batches(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / limits.batch);
  return Array.from({ length: count }, (_, at) =>
    ids.slice(at * limits.batch, (at + 1) * limits.batch),
  );
}

const isSameMutation = (a: Mutation, b: Mutation | undefined): boolean =>
  a.id === b?.id &&
  a.kind === b.kind &&
  (a.kind !== "delete" || b.kind !== "delete" || a.send_at === b.send_at);
