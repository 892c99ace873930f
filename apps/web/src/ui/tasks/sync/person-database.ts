import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { v7 as uuidv7 } from "uuid";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import { isNewer, type KnownTask, readKnownTask } from "./known-task.ts";

/** A reading of the lists from the server, page by page, into a generation of its own. */
export interface Fill {
  readonly generation: string;
  /** The place in the feed at which the reading began: what changed since comes from there. */
  readonly cursor: string;
  readonly status: "all" | "trashed";
  /** The page of that list to read next; null: the first. */
  readonly next: string | null;
}

/** What is known of the stored tasks as a whole. */
export interface SyncState {
  /** The generation of tasks that is shown. */
  readonly live: string | null;
  /** The place in the feed up to which the live generation is complete; null: it is not, yet. */
  readonly cursor: string | null;
  readonly fill: Fill | null;
}

export const nothingStored: SyncState = { live: null, cursor: null, fill: null };

/** Tasks of the live generation, with the state that they are of. */
export interface Stored {
  readonly state: SyncState;
  readonly tasks: readonly KnownTask[];
  /** The number of the last transaction that wrote tasks: those of later ones are news. */
  readonly written: number;
}

/** The place in the feed that was asked for, the one after it, and what lies between. */
export interface FeedPage {
  readonly asked: string;
  readonly next: string;
  readonly changes: readonly KnownTask[];
}

/** What an answer of the server settles, in one transaction. */
export interface Settlement {
  readonly known: readonly KnownTask[];
  readonly removed: readonly string[];
  /** Mutations, as this or an older version makes them. */
  readonly added: readonly { readonly id: string }[];
}

interface TaskRecord {
  readonly generation: string;
  readonly id: string;
  readonly version: number;
  readonly task: unknown;
  readonly written: number;
}

interface PersonSchema extends DBSchema {
  tasks: { key: [string, string]; value: TaskRecord; indexes: { written: number } };
  mutations: { key: string; value: unknown };
  /** `sync`: a SyncState; `epoch`, `session`: which data of this person, and which tasks, these are. */
  state: { key: "sync" | "epoch" | "session"; value: unknown };
}

const stores = ["tasks", "mutations", "state"] as const;

type Transaction = IDBPTransaction<PersonSchema, (typeof stores)[number][], "readwrite">;

interface Begun {
  readonly transaction: Transaction;
  readonly database: IDBPDatabase<PersonSchema>;
}

/** The number of the stored shapes: programs that know a lower one leave the rest alone. */
const shape = 1;

export const personDatabaseName = (userId: string): string => `tend:${userId}`;

/** The time limit of a transaction, in milliseconds: some browsers at times never answer. */
const timeLimitMs = 5_000;

/** So long a database that gave no answer is not asked again, in milliseconds. */
const restMs = 30_000;

/** This person's data were deleted from the device after this page had read them. */
export class DataDeleted extends Error {}

/** The session was found to be over, and its tasks deleted, after this page had read some. */
export class SessionOver extends Error {
  override readonly name = "SessionOver";
}

/** What a page has met first: later data, and tasks of a later session, are not its own. */
interface Met {
  readonly epoch: string;
  readonly session: string | undefined;
}

/**
 * The replica of one person's tasks on this device, and their mutations. Each method is one
 * transaction, which is done or not done at all. It rejects where the browser has no IndexedDB,
 * forbids it, has no room, or gives no answer in time.
 */
export class PersonDatabase {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<PersonSchema>> | undefined;
  #met: Met | undefined;
  /** Until then nothing is asked, since there was no answer. By a clock that nobody sets. */
  #restsUntil = 0;

  constructor(userId: string) {
    this.#name = personDatabaseName(userId);
  }

  /** All tasks that are shown. */
  read(): Promise<Stored> {
    return this.#onTasks(async (transaction) => {
      const state = await readState(transaction);
      const written = await lastWritten(transaction);
      if (state.live === null) return { state, written, tasks: [] };
      const records = await transaction.objectStore("tasks").getAll(allOf(state.live));
      return { state, written, tasks: read(records) };
    });
  }

  /** The tasks that any tab has written since; null: others are shown by now, so read all. */
  readSince(live: string | null, since: number): Promise<Stored | null> {
    return this.#onTasks(async (transaction) => {
      const state = await readState(transaction);
      if (state.live !== live) return null;
      const index = transaction.objectStore("tasks").index("written");
      const records = await index.getAll(IDBKeyRange.lowerBound(since, true));
      const written = records.at(-1)?.written ?? since;
      return { state, written, tasks: read(records.filter((one) => one.generation === live)) };
    });
  }

  /**
   * Stores a page of the feed and the cursor after it, if the stored cursor is still the one that
   * was asked with: else another tab has been there. Resolves to the state thereafter.
   */
  putFeedPage({ asked, next, changes }: FeedPage): Promise<SyncState> {
    return this.#onTasks(async (transaction) => {
      const state = await readState(transaction);
      if (state.live === null || state.cursor !== asked) return state;
      await putNewer(transaction, state.live, changes);
      return next === asked ? state : putState(transaction, { ...state, cursor: next });
    });
  }

  /** Begins to read the lists anew; what is shown stays until they are whole. */
  beginFill(fill: Fill): Promise<SyncState> {
    return this.#onTasks(async (transaction) => {
      const state = await readState(transaction);
      const isComplete = state.live !== null && state.cursor !== null;
      if (isComplete) return putState(transaction, { ...state, fill });
      // Where nothing whole is shown, the tasks are shown as they come.
      await transaction.objectStore("tasks").clear();
      return putState(transaction, { ...state, live: fill.generation, cursor: null, fill });
    });
  }

  /**
   * Stores a page of a list, and how the reading goes on; null: it is done, and its generation is
   * shown from now on. Where the stored reading is another, or at another page, nothing is stored.
   */
  putListPage(fill: Fill, tasks: readonly KnownTask[], next: Fill | null): Promise<SyncState> {
    return this.#onTasks(async (transaction) => {
      const state = await readState(transaction);
      if (!isSamePlace(state.fill, fill)) return state;
      await putNewer(transaction, fill.generation, tasks);
      if (next) return putState(transaction, { ...state, fill: next });
      if (state.live !== null && state.live !== fill.generation) {
        await transaction.objectStore("tasks").delete(allOf(state.live));
      }
      const { generation: live, cursor } = fill;
      return putState(transaction, { ...state, live, cursor, fill: null });
    });
  }

  /** Stores a list that an older version kept, where there is none yet. It may lack tasks. */
  putFormerList(tasks: readonly KnownTask[]): Promise<void> {
    return this.#onTasks(async (transaction) => {
      const state = await readState(transaction);
      if (state.live !== null) return;
      const generation = uuidv7();
      await putNewer(transaction, generation, tasks);
      await putState(transaction, { ...state, live: generation });
    });
  }

  /** Stores what the server has acknowledged, without the mutations that it has now. */
  settle({ known, removed, added }: Settlement): Promise<void> {
    return this.#transact(async (transaction, isSameSession) => {
      const mutations = transaction.objectStore("mutations");
      await Promise.all([
        ...removed.map((id) => mutations.delete(id)),
        ...added.map((mutation) => mutations.put(mutation, mutation.id)),
      ]);
      if (known.length === 0 || !isSameSession) return;
      const { live, fill } = await readState(transaction);
      for (const generation of new Set([live, fill?.generation])) {
        if (generation) await putNewer(transaction, generation, known);
      }
    });
  }

  /** The mutations as they are stored: another version may have written them. */
  readMutations(): Promise<readonly unknown[]> {
    return this.#transact((transaction) => transaction.objectStore("mutations").getAll());
  }

  /** Some mutations as they are stored, undefined where one is not. */
  findMutations(ids: readonly string[]): Promise<readonly unknown[]> {
    return this.#transact((transaction) =>
      Promise.all(ids.map((id) => transaction.objectStore("mutations").get(id))),
    );
  }

  /**
   * Deletes the tasks, where a session is over. No page that has read some of them can write any
   * more, in whatever tab. Mutations wait for the same person.
   */
  forgetTasks(): Promise<void> {
    return this.#transact(async (transaction) => {
      await transaction.objectStore("tasks").clear();
      await putState(transaction, nothingStored);
      await transaction.objectStore("state").put(uuidv7(), "session");
    });
  }

  /** Deletes everything. No page that has read some of it can write any more, in whatever tab. */
  erase(): Promise<void> {
    return this.#inTime(async (limit) => {
      const { transaction, database } = await this.#begin(limit);
      await Promise.all([
        ...stores.map((store) => transaction.objectStore(store).clear()),
        transaction.objectStore("state").put(uuidv7(), "epoch"),
        transaction.done,
      ]);
      database.close();
      this.#opened = undefined;
    }).finally(() => {
      // What is left is empty: it may stay where another tab holds it open.
      void deleteDB(this.#name).catch(() => {});
    });
  }

  /** Runs on the tasks, which are of one session. */
  #onTasks<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact((transaction, isSameSession) => {
      if (!isSameSession) throw new SessionOver("The session of these tasks is over.");
      return run(transaction);
    });
  }

  #transact<T>(run: (transaction: Transaction, isSameSession: boolean) => Promise<T>): Promise<T> {
    return this.#inTime(async (limit) => {
      const { transaction } = await this.#begin(limit);
      try {
        const { met, isSameSession } = await this.#meet(transaction);
        const result = await run(transaction, isSameSession);
        await transaction.done;
        this.#met = met;
        return result;
      } catch (error) {
        abort(transaction);
        throw error;
      }
    });
  }

  /** Runs work until the time limit, which rejects and ends its transaction. */
  async #inTime<T>(run: (limit: AbortSignal) => Promise<T>): Promise<T> {
    if (performance.now() < this.#restsUntil) throw noAnswer();
    const limit = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isOver = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#restsUntil = performance.now() + restMs;
        limit.abort();
        reject(noAnswer());
      }, timeLimitMs);
    });
    try {
      return await Promise.race([run(limit.signal), isOver]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Begins a transaction. Where the browser has closed the database, it is opened anew, once. */
  async #begin(limit: AbortSignal, isSecond = false): Promise<Begun> {
    const database = await this.#open();
    limit.throwIfAborted();
    let transaction: Transaction;
    try {
      transaction = database.transaction([...stores], "readwrite");
    } catch (error) {
      this.#opened = undefined;
      if (isSecond) throw error;
      return this.#begin(limit, true);
    }
    // Whatever ends the transaction is thrown where it is waited for.
    transaction.done.catch(() => {});
    limit.addEventListener("abort", () => {
      abort(transaction);
      database.close();
      this.#opened = undefined;
    });
    return { transaction, database };
  }

  /** Reads the marks, before anything else. Rejects where the data are not those of this page. */
  async #meet(
    transaction: Transaction,
  ): Promise<{ readonly met: Met; readonly isSameSession: boolean }> {
    const state = transaction.objectStore("state");
    const epoch = readMark(await state.get("epoch"));
    const session = readMark(await state.get("session"));
    if (this.#met && epoch !== this.#met.epoch) {
      throw new DataDeleted();
    }
    const met = this.#met ?? { epoch: epoch ?? uuidv7(), session };
    if (epoch === undefined) await state.put(met.epoch, "epoch");
    return { met, isSameSession: session === met.session };
  }

  #open(): Promise<IDBPDatabase<PersonSchema>> {
    const forget = () => {
      this.#opened = undefined;
    };
    this.#opened ??= openPersonDatabase(this.#name, forget);
    this.#opened.catch(forget);
    return this.#opened;
  }
}

const noAnswer = (): Error => new Error("The database gave no answer.");

/** Undoes what a transaction has done, if it is not over. */
function abort(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // It is over.
  }
}

/** Opens the database in whatever shape it is, and makes the stores that are missing. */
async function openPersonDatabase(
  name: string,
  onClosed: () => void,
): Promise<IDBPDatabase<PersonSchema>> {
  const open = (version?: number) =>
    openDB<PersonSchema>(name, version, {
      upgrade(database) {
        const { objectStoreNames: present } = database;
        if (!present.contains("tasks")) {
          const tasks = database.createObjectStore("tasks", { keyPath: ["generation", "id"] });
          tasks.createIndex("written", "written");
        }
        if (!present.contains("mutations")) database.createObjectStore("mutations");
        if (!present.contains("state")) database.createObjectStore("state");
      },
    });
  let database = await open();
  const { version, objectStoreNames: present } = database;
  if (version < shape || stores.some((store) => !present.contains(store))) {
    database.close();
    database = await open(Math.max(shape, version + 1));
  }
  // A newer program, and the end of this person's data, must not wait for this page.
  database.addEventListener("versionchange", () => {
    database.close();
    onClosed();
  });
  database.addEventListener("close", onClosed);
  return database;
}

const readMark = (mark: unknown): string | undefined =>
  typeof mark === "string" ? mark : undefined;

const allOf = (generation: string) => IDBKeyRange.bound([generation], [generation, []]);

const read = (records: readonly TaskRecord[]): readonly KnownTask[] =>
  records.map(readKnownTask).filter((known) => known !== undefined);

async function readState(transaction: Transaction): Promise<SyncState> {
  const found = await transaction.objectStore("state").get("sync");
  if (!isRecord(found)) return nothingStored;
  const { live, cursor, fill } = found;
  return {
    // What a newer program keeps beside them stays.
    ...found,
    live: typeof live === "string" ? live : null,
    cursor: typeof cursor === "string" ? cursor : null,
    fill: isFill(fill) ? fill : null,
  };
}

/** Whether the page to read next of one reading is that of the other. */
const isSamePlace = (a: Fill | null, b: Fill): boolean =>
  a?.generation === b.generation && a.status === b.status && a.next === b.next;

const isFill = (value: unknown): value is Fill =>
  isRecord(value) &&
  typeof value.generation === "string" &&
  typeof value.cursor === "string" &&
  (value.status === "all" || value.status === "trashed") &&
  (value.next === null || typeof value.next === "string");

async function putState(transaction: Transaction, state: SyncState): Promise<SyncState> {
  await transaction.objectStore("state").put(state, "sync");
  return state;
}

const lastWritten = async (transaction: Transaction): Promise<number> =>
  (await transaction.objectStore("tasks").index("written").openKeyCursor(null, "prev"))?.key ?? 0;

/** Puts the tasks that are newer than what is stored. */
async function putNewer(
  transaction: Transaction,
  generation: string,
  tasks: readonly KnownTask[],
): Promise<void> {
  const store = transaction.objectStore("tasks");
  const present = await Promise.all(tasks.map(({ id }) => store.get([generation, id])));
  const newer = tasks.flatMap((task, at) => {
    const record = present[at];
    // What a newer program keeps beside the task stays.
    return isNewer(record && readKnownTask(record), task) ? { ...record, generation, ...task } : [];
  });
  if (newer.length === 0) return;
  const written = (await lastWritten(transaction)) + 1;
  await Promise.all(newer.map((record) => store.put({ ...record, written })));
}
