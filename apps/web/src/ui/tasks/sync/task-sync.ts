import type { Task } from "@tend/contracts";
import type { Client } from "@tend/contracts/client";
import type { Failure } from "#ui/api/failure.ts";
import { createUserClient } from "#ui/api/user-client.ts";
import { getAbsent, isSessionOver, markSessionOver, presenceOf } from "#ui/device/active-user.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { isOnline } from "#ui/device/use-online.ts";
import { isSame } from "./conflicts.ts";
import { type Asked, type Beginning, Feed } from "./feed.ts";
import { forgetStoredTasks } from "./forget-stored-tasks.ts";
import { inFormerDatabases } from "./former-databases.ts";
import { inTime } from "./in-time.ts";
import { knownTask } from "./known-task.ts";
import { Live } from "./live.ts";
import { createMutationStorage, type MutationStorage } from "./mutation-storage.ts";
import { alone, createTabChannel, inTurn } from "./other-tabs.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { DataDeleted, PersonDatabase, SessionOver } from "./person-database.ts";
import { Replica, type ReplicaState } from "./replica.ts";

/** How far the replica is, for the screen. */
export interface SyncState {
  /** Whether all tasks outside the trash are there. */
  readonly hasList: boolean;
  /** Whether all tasks are there, those in the trash too. */
  readonly isComplete: boolean;
  /** Whether the device keeps the tasks. */
  readonly keeps: boolean;
  /** Why the server could not be asked what has changed; it is asked again by itself. */
  readonly failure: Failure | undefined;
  /** Whether it answers although the browser says that there is no network. */
  readonly reached: boolean;
  /** Whether the session is over: there are no tasks, and what is unsent waits. */
  readonly isOver: boolean;
}

export interface SyncCallbacks extends Pick<OutboxOptions, "onRescued" | "onRestored"> {
  /** Called before the page goes by itself, while what is being typed is still to be kept. */
  readonly onLeaving: () => void;
}

/**
 * The tasks of one user on this page: what the server has, what is unsent, and how both meet. The
 * screen reads the replica; everything that changes it comes through here.
 */
export class TaskSync {
  readonly api: Client;
  readonly replica = new Replica();
  readonly outbox: Outbox;
  /** What the server rendered: the replica before this device's own mutations lie over it. */
  readonly firstState: ReplicaState;
  readonly #userId: string;
  readonly #onLeaving: () => void;
  readonly #database: PersonDatabase;
  readonly #storage: MutationStorage;
  readonly #feed: Feed;
  readonly #live: Live;
  readonly #tabs: ReturnType<typeof createTabChannel>;
  readonly #listeners = new Set<() => void>();
  /** Ends all requests, once the session is over. */
  readonly #requests = new AbortController();
  #state: SyncState;
  /** Whether this device has known this person, so that it can be told that they left. */
  #wasHere = false;
  /** Whether other tabs leave the asking to this one. */
  #asksForAll = true;
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(userId: string, beginning: Beginning, callbacks: SyncCallbacks) {
    this.#userId = userId;
    this.#onLeaving = callbacks.onLeaving;
    this.api = createUserClient(userId, {
      ended: this.#requests.signal,
      onSignedOut: () => this.#endSession(),
    });
    this.#database = new PersonDatabase(userId);
    this.#tabs = createTabChannel(userId);
    const { api, replica } = this;
    const database = this.#database;
    this.#feed = new Feed(
      {
        api,
        database,
        replica,
        onStored: () => this.#tabs.post("tasks"),
        onChanged: () => this.#notice(),
      },
      beginning,
    );
    this.#state = this.#stateWith({ failure: undefined, reached: false });
    this.firstState = replica.state();
    this.#storage = createMutationStorage(browserStorage(), userId, {
      database,
      onChanged: () => this.#tabs.post("mutations"),
      isGone: () => this.#isGone,
      onErased: () => this.#leave(),
      onLosing: () => this.outbox.refresh(),
    });
    this.outbox = new Outbox({
      ...callbacks,
      api,
      storage: this.#storage,
      isOnline,
      exclusively: (taskIds, run) => inTurn(userId, taskIds, () => this.#upToDate(taskIds, run)),
      lastKnown: replica.lastKnown,
      onAcknowledged: (known) => this.#feed.acknowledge(known),
    });
    this.#layMutations();
    this.#live = new Live({
      ask: (signal, wait) => this.#orLeave(this.#ask(signal, wait)),
      readOthers: () => this.#orLeave(this.#feed.readOthers()),
      alone: (signal, run) => this.#alone(signal, run),
      onFailure: (failure) => this.#notice({ ...this.#state, failure }),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SyncState => this.#state;

  /** Asks the server now, for a person who does not want to wait for it. */
  readonly askNow = (): void => this.#live.askNow();

  /** Takes in that a task is gone for good. */
  readonly forget = (task: Task): void => {
    const known = [{ ...knownTask(task), task: null }];
    this.#feed.acknowledge(known);
    this.#storage.settle({ known, forgotten: [], written: [] });
  };

  /** Begins to send, and to follow the server. Returns a function that ends both. */
  start(): () => void {
    const life = new AbortController();
    const { signal } = life;
    this.#layMutations();
    const stopFollowing = this.outbox.subscribe(() => this.#followOutbox());
    const stopListening = this.#tabs.listen(() => this.#readOthers(signal));
    this.#listen(signal);
    if (!this.#state.isOver) this.outbox.start();
    void this.#orLeave(this.#open(signal));
    return () => {
      life.abort();
      this.outbox.flushDeletes();
      this.outbox.stop();
      clearTimeout(this.#reading);
      this.#reading = undefined;
      stopFollowing();
      stopListening();
    };
  }

  async #open(signal: AbortSignal): Promise<void> {
    const isTakenOver = inFormerDatabases((former) =>
      former.takeOver(this.#userId, this.#database),
    ).then(
      () => true,
      // Where an old database cannot be read, there is nothing to take over.
      () => true,
    );
    if (!(await inTime(isTakenOver))) void isTakenOver.then(() => this.#readOthers(signal));
    await this.#storage.reload();
    if (signal.aborted) return;
    if (this.#state.isOver) return this.outbox.refresh();
    this.outbox.start();
    await this.#feed.open();
    if (signal.aborted || this.#state.isOver) return;
    this.#live.start({ document, window }, signal);
    // Whoever was here before may have gone without a sign-out.
    for (const { id } of getAbsent()) if (id !== this.#userId) void forgetStoredTasks(id);
  }

  #listen(signal: AbortSignal): void {
    const { outbox } = this;
    const retry = () => {
      if (document.visibilityState === "visible") outbox.retry();
    };
    addEventListener("online", retry, { signal });
    addEventListener("offline", () => this.#notice({ ...this.#state, reached: false }), { signal });
    document.addEventListener("visibilitychange", retry, { signal });
    addEventListener("pageshow", () => void this.#storage.reload().then(retry), { signal });
    addEventListener("pagehide", () => this.#state.isOver || outbox.flushDeletes(), { signal });
    const follow = () => this.#followPresence();
    addEventListener("pageshow", follow, { signal });
    document.addEventListener("visibilitychange", follow, { signal });
    const onStorage = ({ key, newValue }: StorageEvent) => {
      follow();
      if (!this.#storage.owns(key)) return;
      this.#storage.absorb(key, newValue);
      // A mutation that left local storage is in IndexedDB or sent: its tab posts which.
      if (newValue !== null) outbox.refresh();
      else this.#readOthers(signal);
    };
    addEventListener("storage", onStorage, { signal });
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (outbox.hasUnstored) event.preventDefault();
    };
    addEventListener("beforeunload", onBeforeUnload, { signal });
  }

  /** Reads what another tab has stored, once for all that comes at one time. */
  #readOthers(signal: AbortSignal): void {
    this.#reading ??= setTimeout(async () => {
      this.#reading = undefined;
      // The tasks come first: a mutation goes only where its task shows what it did.
      if (!this.#state.isOver) await this.#orLeave(this.#feed.readOthers());
      await this.#storage.reload();
      if (!signal.aborted) this.outbox.refresh();
    });
  }

  /** Runs on the latest mutations of all tabs, and waits until other tabs see the result. */
  async #upToDate(taskIds: readonly string[], run: () => Promise<void>): Promise<void> {
    const { byTask } = this.outbox.state();
    await this.#storage.reloadIfGone(
      taskIds.flatMap((id) => byTask.get(id)?.map((mutation) => mutation.id) ?? []),
    );
    await run();
    await this.#storage.settled();
  }

  #layMutations(): void {
    this.replica.setMutations(this.outbox.state().byTask);
  }

  #followOutbox(): void {
    this.#layMutations();
    if (this.outbox.state().trouble?.signedOut) this.#endSession();
  }

  /** Asks for changes. An answer proves the connection, so where that is in doubt, it is soon. */
  async #ask(signal: AbortSignal, wait: number): Promise<Asked> {
    const isInDoubt = !isOnline();
    try {
      const asked = await this.#feed.ask(signal, isInDoubt && !this.#state.reached ? 0 : wait);
      this.#notice({ ...this.#state, reached: isInDoubt });
      if (this.#asksForAll !== this.#feed.keeps) this.askNow();
      return asked;
    } catch (error) {
      if (!signal.aborted) this.#notice({ ...this.#state, reached: false });
      throw error;
    }
  }

  /** What the device does not keep, another tab cannot read: then each asks for itself. */
  #alone(signal: AbortSignal, run: () => Promise<void>): Promise<void> {
    this.#asksForAll = this.#feed.keeps;
    return this.#asksForAll ? alone(this.#userId, signal, run) : run();
  }

  #stateWith({ failure, reached }: Pick<SyncState, "failure" | "reached">): SyncState {
    const { hasList, isComplete, keeps } = this.#feed;
    const isOver = this.#requests.signal.aborted;
    return { hasList, isComplete, keeps, failure, reached, isOver };
  }

  #notice(told: Pick<SyncState, "failure" | "reached"> = this.#state): void {
    const [before, now] = [this.#state, this.#stateWith(told)];
    if (isSame(before, now)) return;
    this.#state = now;
    for (const listener of this.#listeners) listener();
    if (now.failure?.is === "signed out") this.#endSession();
  }

  /** Takes in that the session is over, and tells the other tabs. What is unsent waits. */
  #endSession(): void {
    if (this.#state.isOver) return;
    this.#close();
    // The page leaves, and what is erased must not come back.
    if (this.#isGone) return;
    markSessionOver(this.#userId);
    void forgetStoredTasks(this.#userId).then(() => this.#tabs.post("tasks"));
  }

  /** Takes all tasks off the screen and asks for none. What is added is kept for the next session. */
  #close(): void {
    if (this.#state.isOver) return;
    this.#live.stop();
    this.outbox.stop();
    this.#requests.abort();
    this.replica.close();
    this.#notice({ failure: undefined, reached: false });
  }

  #presence() {
    const presence = presenceOf(this.#userId);
    this.#wasHere ||= presence === "here";
    return presence;
  }

  /** Whether this person has signed out, so that nothing of theirs is to be kept. */
  get #isGone(): boolean {
    return this.#presence() === "gone" && this.#wasHere && !isSessionOver(this.#userId);
  }

  /** Looks at what another tab says of this person. */
  #followPresence(): void {
    const presence = this.#presence();
    if (presence === "here") {
      if (this.#state.isOver) this.#beginAnew();
    } else if (this.#wasHere) {
      // Somebody else has signed in: this page leaves.
      if (presence === "gone" && !this.#isGone) this.#onLeaving();
      this.#close();
    }
  }

  /** Loads the page anew, since this person has signed in again. */
  #beginAnew(): void {
    this.#onLeaving();
    location.reload();
  }

  /** Leaves the page where the data that it has are no longer those of this device. */
  async #orLeave<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof DataDeleted) this.#leave();
      else if (!(error instanceof SessionOver)) throw error;
      // Another tab found it out; or they have signed in again since.
      else if (this.#presence() === "here") this.#beginAnew();
      else this.#close();
      // What waits for this is not to go on.
      return new Promise(() => {});
    }
  }

  #leave(): void {
    this.#close();
    location.replace("/");
  }
}
