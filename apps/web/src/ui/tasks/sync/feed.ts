import type { ProblemCode, Task, TaskChanged } from "@tend/contracts";
import { ApiError, type Client, nextCursor } from "@tend/contracts/client";
import { limits } from "@tend/contracts/limits";
import { v7 as uuidv7 } from "uuid";
import { isNewer, type KnownTask, knownTask } from "./known-task.ts";
import {
  DataDeleted,
  type Fill,
  type PersonDatabase,
  SessionOver,
  type Stored,
  type SyncState,
} from "./person-database.ts";
import type { Replica } from "./replica.ts";

/** The tasks that came with the page. */
export interface FirstPage {
  readonly tasks: readonly Task[];
  /** Whether these are all tasks outside the trash. */
  readonly complete: boolean;
  /** A place in the feed, not later than the reading of the tasks. */
  readonly cursor: string;
}

/** What a screen begins with: what came with its page, or what the device has. */
export type Beginning = { readonly page: FirstPage } | { readonly stored: Stored };

/** How a request for changes ended. */
export interface Asked {
  readonly isNews: boolean;
  /** Whether the server waited for changes, as it was asked to. */
  readonly hasWaited: boolean;
}

export interface FeedOptions {
  readonly api: Pick<Client, "listChanges" | "listTasks">;
  readonly database: PersonDatabase;
  readonly replica: Replica;
  /** Called when tasks were stored which other tabs have not read. */
  readonly onStored: () => void;
  /** Called when one of `isComplete`, `hasList` and `keeps` may have changed. */
  readonly onChanged: () => void;
}

/** A transaction that may be repeated: done already, it changes nothing. */
type Write = (database: PersonDatabase) => Promise<SyncState>;

/**
 * Brings the replica to what the server has: by the lists where the device has nothing, and from
 * there on by the feed of changes. What the device cannot keep is kept in memory, and written when
 * it can.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #page: FirstPage | undefined;
  /** What was read from the device before, so that it is not read again. */
  #stored: Stored | undefined;
  /** The generation and the last write that the replica holds of what is stored. */
  #live: string | null = null;
  #written = 0;
  /** The place in the feed up to which the replica is complete; null: the lists must be read. */
  #cursor: string | null = null;
  #fill: Fill | null = null;
  /** What the reading of the lists under way has found, to replace what the replica holds. */
  #found = new Map<string, KnownTask>();
  #isComplete = false;
  #hasList = false;
  /** The number of transactions that failed, since the last one that was done. */
  #failures = 0;
  /** The writes that the device has not taken, in their order: one alone would leave a gap. */
  readonly #unwritten: Write[] = [];

  constructor(options: FeedOptions, beginning?: Beginning) {
    this.#options = options;
    if (!beginning) return;
    if ("stored" in beginning) {
      this.#stored = beginning.stored;
      options.replica.merge(beginning.stored.tasks);
      this.#hasList = hasList(beginning.stored);
    } else {
      this.#page = beginning.page;
      options.replica.merge(this.#page.tasks.map(knownTask));
      this.#hasList = this.#page.complete;
    }
  }

  /** Whether the replica has all tasks, those in the trash too. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the replica has all tasks outside the trash. */
  get hasList(): boolean {
    return this.#hasList;
  }

  /** Whether the device keeps the tasks. One failure alone may be of a moment. */
  get keeps(): boolean {
    return this.#failures < 2;
  }

  /** Reads what the device has. */
  async open(): Promise<void> {
    const stored = this.#stored ?? (await this.#tryToStore((database) => database.read()));
    this.#stored = undefined;
    if (stored) {
      this.#options.replica.merge(stored.tasks);
      this.#adopt(stored);
    }
    const page = this.#page;
    // The page is a better beginning than nothing, and than a part of the list.
    if (!page || this.#cursor !== null || (this.#fill && !page.complete)) return;
    const fill = await this.#begin(page.cursor);
    if (page.complete) await this.#storeListPage(fill, page.tasks.map(knownTask), undefined);
  }

  /** Takes in what the server has acknowledged. */
  acknowledge(tasks: readonly KnownTask[]): void {
    this.#options.replica.merge(tasks);
    if (this.#cursor === null) keepNewer(this.#found, tasks);
  }

  /** Reads what other tabs have written. */
  async readOthers(): Promise<void> {
    const { replica } = this.#options;
    await this.#write();
    // As long as the device is behind, it has nothing to teach.
    if (this.#unwritten.length > 0) return;
    const news = await this.#tryToStore((database) =>
      database.readSince(this.#live, this.#written),
    );
    if (news === undefined) return;
    // Where another tab has read the lists to their end, what they do not have is gone.
    const isWholeNow = news !== null && news.state.cursor !== null && !this.#isComplete;
    if (news && !isWholeNow) {
      replica.merge(news.tasks);
      return this.#adopt(news);
    }
    const stored = await this.#tryToStore((database) => database.read());
    if (!stored) return;
    if (stored.state.cursor === null) replica.merge(stored.tasks);
    else replica.replace(stored.tasks);
    this.#adopt(stored);
  }

  /**
   * Asks the server what has changed, until there is no more. The last of these requests may stay
   * open for `wait` seconds, until something changes.
   */
  async ask(signal: AbortSignal, wait = 0): Promise<Asked> {
    let isNews = false;
    for (;;) {
      const cursor = this.#cursor ?? (await this.#readLists(signal));
      if (cursor === null) continue;
      const answer = await this.#changesSince(cursor, signal, isNews ? 0 : wait);
      if (!answer) continue;
      const { body, headers } = answer;
      isNews ||= body.changes.length > 0;
      if (!body.has_more) return { isNews, hasWaited: headers.has("Preference-Applied") };
    }
  }

  /** The answer for this place in the feed; undefined: the server does not know it any more. */
  async #changesSince(asked: string, signal: AbortSignal, wait: number) {
    const { api, replica, onStored } = this.#options;
    const query = { cursor: asked, limit: String(limits.page) };
    const headers = wait > 0 ? { prefer: `wait=${wait}` } : {};
    try {
      const answer = await api.listChanges({ query, headers }, { signal: inTime(signal) });
      const changes = answer.body.changes.map(knownChange);
      const next = answer.body.next_cursor;
      replica.merge(changes);
      this.#cursor = next;
      if (next === asked) await this.#write();
      else await this.#write((database) => database.putFeedPage({ asked, next, changes }));
      if (changes.length > 0) onStored();
      return answer;
    } catch (error) {
      if (!isProblem(error, "cursor_gone")) throw error;
      this.#cursor = null;
      return undefined;
    }
  }

  /**
   * Reads the lists, the trash last. Resolves to the place in the feed to go on from; null: the
   * server does not know the place in the list any more, so the reading begins anew.
   */
  async #readLists(signal: AbortSignal): Promise<string | null> {
    const { replica } = this.#options;
    let fill: Fill | null = this.#fill ?? (await this.#beginNow(signal));
    const { cursor } = fill;
    while (fill) {
      const page = await this.#listPage(fill, signal);
      if (!page) {
        this.#fill = null;
        return null;
      }
      // Where the replica is whole, it stays so until this reading is.
      if (!this.#isComplete) replica.merge(page.tasks);
      fill = await this.#storeListPage(fill, page.tasks, page.next);
    }
    replica.replace(this.#found.values());
    this.#found = new Map();
    this.#cursor = cursor;
    this.#isComplete = true;
    this.#options.onChanged();
    return cursor;
  }

  async #listPage({ status, next }: Fill, signal: AbortSignal) {
    const query = { status, limit: String(limits.page), ...(next !== null && { cursor: next }) };
    try {
      const { body, headers } = await this.#options.api.listTasks({ query }, { signal });
      return { tasks: body.map(knownTask), next: nextCursor(headers) };
    } catch (error) {
      if (next !== null && isProblem(error, "validation_failed")) return undefined;
      throw error;
    }
  }

  async #beginNow(signal: AbortSignal): Promise<Fill> {
    const { body } = await this.#options.api.listChanges({ query: { from: "now" } }, { signal });
    return this.#begin(body.next_cursor);
  }

  async #begin(cursor: string): Promise<Fill> {
    const fill: Fill = { generation: uuidv7(), cursor, status: "all", next: null };
    await this.#write((database) => database.beginFill(fill));
    this.#fill = fill;
    this.#found = new Map();
    return fill;
  }

  /** Stores a page of a list. Resolves to how the reading goes on; null: it is done. */
  async #storeListPage(
    fill: Fill,
    tasks: readonly KnownTask[],
    nextPage: string | undefined,
  ): Promise<Fill | null> {
    const next = fillAfter(fill, nextPage);
    keepNewer(this.#found, tasks);
    await this.#write((database) => database.putListPage(fill, tasks, next));
    this.#fill = next;
    this.#hasList ||= next?.status !== "all";
    this.#options.onStored();
    this.#options.onChanged();
    return next;
  }

  /** Goes on with a reading that this or another tab has begun. */
  #goOn(fill: Fill | null, tasks: readonly KnownTask[]): void {
    if (!fill || this.#fill) return;
    this.#fill = fill;
    keepNewer(this.#found, tasks);
  }

  #adopt({ state, written, tasks }: Stored): void {
    this.#live = state.live;
    this.#written = written;
    if (state.cursor === null) this.#goOn(state.fill, tasks);
    else {
      this.#isComplete = true;
      // While the lists are read anew, the stored place is one that the server has forgotten.
      if (!state.fill || !this.#fill) {
        this.#cursor = state.cursor;
        this.#fill = null;
      }
    }
    this.#hasList ||= hasList({ state });
    this.#options.onChanged();
  }

  /** Writes what the device has not taken before, and then this. */
  async #write(...writes: readonly Write[]): Promise<void> {
    this.#unwritten.push(...writes);
    // Without them the device takes nothing that follows, and the next visit goes on from there.
    if (this.#unwritten.length > longestUnwritten) this.#unwritten.length = 0;
    for (let [first] = this.#unwritten; first; [first] = this.#unwritten) {
      const state = await this.#tryToStore(first);
      if (!state) return;
      this.#follow(state.live);
      // Another call may have written it meanwhile.
      if (this.#unwritten[0] === first) this.#unwritten.shift();
    }
  }

  /** Notices which generation is shown. The writes of another one are counted anew. */
  #follow(live: string | null): void {
    if (live === this.#live) return;
    this.#live = live;
    this.#written = 0;
  }

  /** Runs a transaction; undefined: the device cannot keep tasks, or not all of them. */
  async #tryToStore<T>(run: (database: PersonDatabase) => Promise<T>): Promise<T | undefined> {
    const { keeps } = this;
    try {
      const result = await run(this.#options.database);
      this.#failures = 0;
      return result;
    } catch (error) {
      if (error instanceof DataDeleted || error instanceof SessionOver) throw error;
      this.#failures++;
      return undefined;
    } finally {
      if (keeps !== this.keeps) this.#options.onChanged();
    }
  }
}

/** Whether all tasks outside the trash are stored. */
const hasList = ({ state }: Pick<Stored, "state">): boolean =>
  state.cursor !== null || state.fill?.status === "trashed";

/** The timeout of a request for changes, in milliseconds, longer than any wait of the server. */
const askTimeoutMs = 40_000;

/** The signal, and the end of the timeout: a connection may be dead unnoticed. */
const inTime = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any?.([signal, AbortSignal.timeout(askTimeoutMs)]) ?? signal;

/** The number of writes that are held in memory for a device that takes none. */
const longestUnwritten = 1000;

/** How a reading goes on: with the next page, with the trash, or not at all. */
function fillAfter(fill: Fill, next: string | undefined): Fill | null {
  if (next !== undefined) return { ...fill, next };
  return fill.status === "all" ? { ...fill, status: "trashed", next: null } : null;
}

const knownChange = (change: TaskChanged): KnownTask =>
  change.type === "deleted"
    ? { id: change.id, version: change.version, task: null }
    : knownTask(change.task);

function keepNewer(kept: Map<string, KnownTask>, tasks: readonly KnownTask[]): void {
  for (const task of tasks) if (isNewer(kept.get(task.id), task)) kept.set(task.id, task);
}

const isProblem = (error: unknown, code: ProblemCode): boolean =>
  error instanceof ApiError && error.problem.code === code;
