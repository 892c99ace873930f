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

/** The mutations that the server has not acknowledged, and what prevents it, for the screen. */
export interface OutboxState {
  readonly mutations: readonly Mutation[];
  /** By task id: why the server refuses its mutations. */
  readonly refused: ReadonlyMap<string, string>;
  /** By task id: fields that were changed elsewhere too, so that the person has to choose. */
  readonly conflicts: ReadonlyMap<string, Conflict>;
  /** Why nothing can be sent at the moment. The outbox tries again by itself. */
  readonly trouble: { readonly reason: string; readonly signedOut: boolean } | null;
}

export interface Conflict {
  /** The conflicting fields, as they were set on this device. */
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
  /** Calls `run` while no other call, in any tab, holds one of these tasks. */
  readonly exclusively: (taskIds: readonly string[], run: () => Promise<void>) => Promise<void>;
  /** Called when the server has acknowledged mutations. */
  readonly onAcknowledged: (acknowledged: Acknowledged) => void;
  /** Called when an edited task was deleted elsewhere: a new task holds its text. */
  readonly onRescued: (task: Task) => void;
  /** Called after a restore; `back` is false where the task was deleted for good meanwhile. */
  readonly onRestored: (task: Task, back: boolean) => void;
}

const atOnce = 6;
const longestDelayMs = 60_000;

/**
 * Sends mutations to the server, in order for each task, creates in the order in which they were
 * made. Each is stored and repeated until acknowledged; no value of the server replaces it.
 */
export class Outbox {
  #state = emptyOutbox;
  readonly #listeners = new Set<() => void>();
  readonly #options: OutboxOptions;
  /** By task id: the kind of the request that is under way. */
  readonly #busy = new Map<string, SyncRequest["do"]>();
  /** By id: tasks as the server last sent them to this tab. */
  readonly #lastKnown = new Map<string, Task>();
  /** Ids of the refused tasks for which the account has no room (`quota_exceeded`). */
  readonly #crowded = new Set<string>();
  /** Ids of tasks whose delete met a defect of this page: `retry()` sends it again. */
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

  /** Whether closing the page would lose a mutation. */
  get hasUnstored(): boolean {
    return this.#options.storage.hasUnstored;
  }

  /** Adds mutations, one of each task, and starts to send. */
  add(...mutations: readonly Mutation[]): void {
    const queues = this.#queues();
    for (const mutation of mutations) this.#addTo(queues.get(mutation.task.id) ?? [], mutation);
    this.refresh();
    this.#pump();
  }

  /** Undoes deletes. A task whose delete was sent already is restored from the trash. */
  undoDeletes(deletes: readonly Mutation[]): void {
    this.refresh();
    const unsent = new Map(this.#state.mutations.map((mutation) => [mutation.id, mutation]));
    const isUnsent = ({ id }: Mutation) => isStoppable(unsent.get(id));
    this.#forget(deletes.filter(isUnsent));
    const sent = deletes.filter((mutation) => !isUnsent(mutation));
    this.add(...sent.map(({ task }) => ({ kind: "restore", id: uuidv7(), task }) as const));
  }

  /** Sends again now: what was refused of one task, or all that a failure delayed. */
  retry(taskId?: string): void {
    // Creates without room are retried together: the first finds out whether there is room now.
    const ids =
      taskId === undefined ? this.#stuck : this.#crowded.has(taskId) ? this.#crowded : [taskId];
    for (const id of ids) this.#accept(id);
    this.#pausedUntil = 0;
    if (!this.#options.isOnline()) this.#set({ trouble: null });
    this.refresh();
    this.#pump();
  }

  /** Ends a conflict: with the chosen values, and the server's for other conflicting fields. */
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

  /** Sends deletes before their time to undo is over, for a person who opens the trash. */
  hurryDeletes(): void {
    this.#hurry();
    this.#pump();
  }

  /** Drops the deletes that are due and not under way: their tasks stay. */
  stopDeletes(): void {
    this.refresh();
    const stopped = this.#dueDeletes();
    this.#forget(stopped);
    for (const { task } of stopped) this.#accept(task.id);
    this.refresh();
  }

  /** Sends all deletes when the page closes, by requests that outlive it. */
  flushDeletes(): void {
    this.#hurry();
    const ids = new Set(this.#dueDeletes().map(({ task }) => task.id));
    for (const batch of batches([...ids])) void this.#sendDeletes(batch, true);
  }

  #hurry(): void {
    // Another tab may have sent or wiped deletes.
    this.refresh();
    for (const mutation of this.#state.mutations) {
      if (mutation.kind === "delete" && mutation.send_at > 0)
        this.#options.storage.write({ ...mutation, send_at: 0 });
    }
    this.refresh();
  }

  /** The due deletes that are not under way. */
  #dueDeletes(): readonly Mutation[] {
    return dueDeletes(this.#state.mutations).filter(({ task }) => !this.#busy.has(task.id));
  }

  /** Reads the stored mutations again: another tab may have added or sent some. */
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
      // A refused create never arrived, so it is made anew with the corrected fields.
      this.#forget(queue);
      this.#options.storage.write({ kind: "create", id: mutation.id, task: mutation.task });
    } else {
      // An edit wins over a delete by another tab, while that can still be stopped.
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

  /** Stops sending for tasks that met a defect of this page, which would only happen again. */
  #giveUp(taskIds: readonly string[], does: SyncRequest["do"], reason: string): void {
    if (does === "delete") for (const id of taskIds) this.#stuck.add(id);
    this.#refuse(taskIds, reason);
  }

  /** Refuses all waiting creates with the first: the account has room for none of them. */
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

  /** Starts all requests that can be sent now, and sets a timer for deletes that must wait. */
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
    // These deletes are due from now on: listeners are called, so that the screen shows them.
    if (deletes.length > limits.batch) this.#set({});
    for (const ids of batches(deletes)) {
      // Batches are sent one after the other, so that a person can stop the rest.
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
        // Another tab may have sent the mutations while this one waited for the lock.
        this.refresh();
        return send();
      });
    } catch (error) {
      // Errors of the server are handled by `send`: this is a defect, or the lock failed.
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

  /** Sends the due deletes of these tasks: one alone, several as one batch. */
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
      // What stops one request of many tasks is one failure.
      if (failure.is === "broken") this.#giveUp(ids, "delete", failure.reason);
      else await this.#fail(first.id, first.request, failure);
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

  /** The ETag of the newest known version that does not conflict with this update. */
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
    // A repeated create answers with the task even where it is in the trash by now.
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
    // A refused delete has nothing to correct: it is tried again, ever more rarely.
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

  /** Handles a task that is gone: its mutations are done, but an edited text gets a new task. */
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

  /** Handles a task changed elsewhere: in other fields, sends again; else the person chooses. */
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
      // Only a 304 has no body, and a request without If-None-Match never gets one.
      this.#settleOne(id, request, body ?? null);
    } catch (error) {
      const failure = readFailure(error);
      // The create did arrive, since nobody else has this id: the task is in the trash by now.
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

/** The deletes whose time to undo is over. */
export const dueDeletes = (mutations: readonly Mutation[]): readonly Mutation[] =>
  mutations.filter((mutation) => mutation.kind === "delete" && mutation.send_at <= Date.now());

/** Splits ids into groups that one batch may hold. */
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
