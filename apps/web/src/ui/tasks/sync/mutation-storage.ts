import { keyPrefix } from "#ui/device/storage.ts";
import { isRecord } from "#ui/tasks/model/read-value.ts";
import type { KnownTask } from "./known-task.ts";
import type { Mutation } from "./mutation.ts";
import { DataDeleted, type PersonDatabase } from "./person-database.ts";
import { readFields, readTask } from "./stored-task.ts";

/**
 * Stores mutations, so that they outlive the page. Each is in local storage when `write` returns,
 * and a moment later in IndexedDB, which has room for all; without it, it stays in local storage.
 */
export interface MutationStorage {
  /** The mutations, in the order in which they were made. */
  read(): readonly Mutation[];
  /** Whether a mutation is still there: another tab may have sent it, or all was wiped. */
  has(id: string): boolean;
  settle(settlement: Settlement): void;
  /** Whether there are mutations that are stored nowhere yet. */
  readonly hasUnstored: boolean;
  /** Reads IndexedDB again: other tabs put mutations there and remove them. */
  reload(): Promise<void>;
  /** Reads IndexedDB again if one of these mutations is no longer there. */
  reloadIfGone(ids: readonly string[]): Promise<void>;
  /** Resolves once other tabs see what this one wrote and removed, or after a timeout. */
  settled(): Promise<void>;
  /** Takes in what another tab wrote to local storage, from where it moves to IndexedDB soon. */
  absorb(key: string | null, text: string | null): void;
  /** Whether a storage event is about these mutations; its key is null when all was cleared. */
  owns(key: string | null): boolean;
}

/** One step: what the server has, the mutations that are done with it, and those that follow. */
export interface Settlement {
  readonly known: readonly KnownTask[];
  readonly forgotten: readonly Pick<Mutation, "id">[];
  readonly written: readonly Mutation[];
}

interface MutationStorageOptions {
  readonly database?: Pick<PersonDatabase, "settle" | "readMutations" | "findMutations">;
  /** Called when IndexedDB has changed, of which browsers do not notify other tabs. */
  readonly onChanged?: () => void;
  /** Whether this person has signed out: then nothing of theirs is stored or shown. */
  readonly isGone?: () => boolean;
  /** Called when it turns out that this person's data were deleted from the device. */
  readonly onErased?: () => void;
}

/** The time limit of IndexedDB, in milliseconds: some browsers at times never answer. */
const databaseTimeoutMs = 1000;

export function createMutationStorage(
  storage: Storage | undefined,
  userId: string,
  options: MutationStorageOptions = {},
): MutationStorage {
  const { database, onChanged = () => {}, isGone = () => false, onErased = () => {} } = options;
  const prefix = keyPrefix("change", userId);
  /** The prefix of keys that mark a mutation as removed, until IndexedDB has removed it, too. */
  const removed = keyPrefix("removed", userId);
  /** The mutations in IndexedDB or on their way there, and those that are stored nowhere. */
  let inMemory = new Map<string, Mutation>();
  const unstored = new Set<string>();
  /** By mutation id: its latest write or removal in IndexedDB. Results of earlier ones are void. */
  const underWay = new Map<string, Promise<unknown>>();

  const follow = (id: string, work: Promise<unknown>, done: () => void, failed = () => {}) => {
    const isLatest = () => underWay.get(id) === ended;
    const ended: Promise<unknown> = work
      .then(
        () => isLatest() && done(),
        () => isLatest() && failed(),
      )
      .finally(() => isLatest() && underWay.delete(id));
    underWay.set(id, ended);
  };
  const isWritten = (key: string, text: string): boolean => {
    try {
      storage?.setItem(key, text);
      return storage !== undefined;
    } catch {
      // There is no room. A text under this key is older, and must go.
      storage?.removeItem(key);
      return false;
    }
  };

  /** Puts a mutation into local storage, or into memory where that has no room. */
  const keep = (mutation: Mutation) => {
    const { id } = mutation;
    const key = prefix + id;
    const text = JSON.stringify(mutation);
    storage?.removeItem(removed + id);
    const isSafe = isWritten(key, text);
    if (!isSafe) unstored.add(id);
    if (database || !isSafe) inMemory.set(id, mutation);
    const done = () => {
      unstored.delete(id);
      const now = storage?.getItem(key) ?? null;
      if (now === text) storage?.removeItem(key);
      else if (isSafe && now === null) {
        // Another tab has sent the mutation already.
        inMemory.delete(id);
        void database?.settle({ known: [], removed: [id], added: [] }).catch(() => {});
      }
    };
    const failed = () => {
      if (isSafe) inMemory.delete(id);
    };
    return { mutation, done, failed };
  };
  const drop = (id: string) => {
    storage?.removeItem(prefix + id);
    inMemory.delete(id);
    unstored.delete(id);
    if (database && !isGone()) isWritten(removed + id, "");
    return { id, done: () => storage?.removeItem(removed + id) };
  };
  /** Removes what was written before this page could know that all of this person was deleted. */
  const erase = (ids: readonly string[]) => {
    for (const id of ids) {
      storage?.removeItem(prefix + id);
      storage?.removeItem(removed + id);
      inMemory.delete(id);
      unstored.delete(id);
    }
    onErased();
  };

  return {
    read() {
      if (isGone()) return [];
      const mutations = new Map(inMemory);
      for (const key of Object.keys(storage ?? {})) {
        const mutation = key.startsWith(prefix) && parseText(storage?.getItem(key));
        if (mutation) mutations.set(mutation.id, mutation);
      }
      return [...mutations.values()]
        .filter(({ id }) => storage?.getItem(removed + id) == null)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    has: (id) =>
      !isGone() &&
      storage?.getItem(removed + id) == null &&
      (inMemory.has(id) || storage?.getItem(prefix + id) != null),
    settle({ known, forgotten, written }) {
      // What follows is written first, so that nothing is lost.
      const follows = isGone() ? [] : written.map(keep);
      const removals = forgotten.map(({ id }) => drop(id));
      if (!database || known.length + follows.length + removals.length === 0) return;
      const work = database.settle({
        known,
        removed: forgotten.map(({ id }) => id),
        added: follows.map(({ mutation }) => mutation),
      });
      for (const { mutation, done, failed } of follows) follow(mutation.id, work, done, failed);
      for (const { id, done } of removals) follow(id, work, done);
      work.then(onChanged, (error: unknown) => {
        const ids = [...forgotten, ...written].map(({ id }) => id);
        if (error instanceof DataDeleted) erase(ids);
      });
    },
    get hasUnstored() {
      return unstored.size > 0 && !isGone();
    },
    async reload() {
      if (!database) return;
      const found = await inTime(database.readMutations().catch(() => []));
      if (!found) return;
      const mutations = found.map(parseMutation).filter((mutation) => mutation !== undefined);
      const next = new Map(mutations.map((mutation) => [mutation.id, mutation]));
      for (const key of Object.keys(storage ?? {})) {
        const id = key.startsWith(removed) ? key.slice(removed.length) : "";
        if (id === "" || underWay.has(id)) continue;
        // The page that removed the mutation closed before IndexedDB did so, or just after.
        if (next.has(id)) this.settle({ known: [], forgotten: [{ id }], written: [] });
        else storage?.removeItem(key);
      }
      for (const id of [...underWay.keys(), ...unstored]) {
        const own = inMemory.get(id);
        if (own) next.set(id, own);
        else next.delete(id);
      }
      inMemory = next;
    },
    async reloadIfGone(ids) {
      if (!database) return;
      const stored = ids.filter((id) => !underWay.has(id) && !unstored.has(id));
      const found = await inTime(
        database.findMutations(stored).catch((): readonly unknown[] => []),
      );
      // Another tab has removed one, or a damaged one lies under another id.
      if (found?.includes(undefined)) await this.reload();
    },
    async settled() {
      await inTime(Promise.all(underWay.values()));
    },
    absorb(key, text) {
      const mutation = key?.startsWith(prefix) && parseText(text);
      if (mutation && database) inMemory.set(mutation.id, mutation);
    },
    owns: (key) => key === null || key.startsWith(prefix),
  };
}

/** The result of some work; undefined where it takes too long. */
const inTime = <T>(work: Promise<T>): Promise<T | undefined> =>
  Promise.race([
    work,
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), databaseTimeoutMs)),
  ]);

function parseText(text: string | null | undefined): Mutation | undefined {
  try {
    return parseMutation(JSON.parse(text ?? "null"));
  } catch {
    return undefined;
  }
}

/** A stored mutation; undefined where another version, or a person, wrote what cannot be read. */
function parseMutation(value: unknown): Mutation | undefined {
  if (!isRecord(value) || typeof value.id !== "string") return undefined;
  const task = readTask(value.task);
  if (task === undefined) return undefined;
  const { id, kind, fields, before, send_at } = value;
  if (kind === "create" || kind === "restore") return { id, kind, task };
  if (kind === "delete")
    return { id, kind, task, send_at: Number.isFinite(send_at) ? Number(send_at) : 0 };
  if (kind !== "set" || !isRecord(fields)) return undefined;
  const set = readFields(fields);
  // A set without fields would be refused for ever.
  if (Object.keys(set).length === 0) return undefined;
  const { version, ...seen } = isRecord(before) ? readFields(before) : {};
  return {
    id,
    kind,
    task,
    fields: set,
    ...(version !== undefined && { before: { ...seen, version } }),
  };
}
