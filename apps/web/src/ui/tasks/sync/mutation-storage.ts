import { keyPrefix } from "#ui/device/storage.ts";
import { inTime } from "./in-time.ts";
import type { KnownTask } from "./known-task.ts";
import type { Mutation } from "./mutation.ts";
import { createMutationWrites, type Step } from "./mutation-writes.ts";
import { DataDeleted, type PersonDatabase } from "./person-database.ts";
import { parseMutation, parseText, readLocal } from "./stored-mutations.ts";
import { createUnstored } from "./unstored.ts";

/**
 * Stores mutations, so that they outlive the page. Each is in local storage when `settle` returns,
 * and a moment later in IndexedDB, which has room for all. What IndexedDB does not take stays in
 * local storage, or in memory where that is full, and is written again until it is taken.
 */
export interface MutationStorage {
  /** The mutations, in the order in which they were made. */
  read(): readonly Mutation[];
  /** Whether a mutation is still there: another tab may have sent it, or all was wiped. */
  has(id: string): boolean;
  settle(settlement: Settlement): void;
  /** Whether there are mutations that are stored nowhere yet. */
  readonly hasUnstored: boolean;
  /** Whether that has been so for a while: the person is to know. */
  readonly isLosing: boolean;
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
  /** Called when `isLosing` has changed. */
  readonly onLosing?: () => void;
}

export function createMutationStorage(
  storage: Storage | undefined,
  userId: string,
  options: MutationStorageOptions = {},
): MutationStorage {
  const { database, onChanged = () => {}, onLosing = () => {} } = options;
  const { isGone = () => false, onErased = () => {} } = options;
  const prefix = keyPrefix("change", userId);
  /** The prefix of keys that mark a mutation as removed, until IndexedDB has removed it, too. */
  const removed = keyPrefix("removed", userId);
  /** The mutations in IndexedDB or on their way there, and those that are stored nowhere. */
  let inMemory = new Map<string, Mutation>();
  /** Those among them that another tab has just written to local storage. */
  const absorbed = new Set<string>();
  const unstored = createUnstored(onLosing);
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
  const writes = database && createMutationWrites(database, { onChanged, onErased: erase });

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
  const keep = (mutation: Mutation): Step => {
    const { id } = mutation;
    const key = prefix + id;
    const text = JSON.stringify(mutation);
    storage?.removeItem(removed + id);
    const isSafe = isWritten(key, text);
    if (isSafe) unstored.delete(id);
    else unstored.add(id);
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
      // Local storage has it: there other tabs see it, and take it away.
      if (isSafe) inMemory.delete(id);
    };
    const again = () => {
      // Another tab may have sent it, or all was wiped.
      const isMoot = isGone() || (isSafe && storage?.getItem(key) !== text);
      return isMoot ? undefined : keep(mutation);
    };
    return { id, mutation, done, failed, again };
  };
  /** Takes a mutation out of local storage and memory; undefined: it is nowhere else. */
  const drop = (id: string): Step | undefined => {
    storage?.removeItem(prefix + id);
    inMemory.delete(id);
    unstored.delete(id);
    if (!writes || writes.giveUp(id)) return undefined;
    if (!isGone()) isWritten(removed + id, "");
    return { id, done: () => storage?.removeItem(removed + id), again: () => drop(id) };
  };
  return {
    read() {
      if (isGone()) return [];
      const mutations = new Map(inMemory);
      for (const mutation of readLocal(storage, prefix)) mutations.set(mutation.id, mutation);
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
      const removals = forgotten.flatMap(({ id }) => drop(id) ?? []);
      writes?.write(known, [...follows, ...removals]);
    },
    get hasUnstored() {
      return unstored.ids.size > 0 && !isGone();
    },
    get isLosing() {
      return unstored.isLosing && !isGone();
    },
    async reload() {
      if (!database || !writes) return;
      const found = await inTime(database.readMutations().catch(nothingIfDeleted));
      if (!found) {
        // What left local storage is in IndexedDB, which another tab can read, or sent.
        for (const id of absorbed) {
          if (storage?.getItem(prefix + id) != null) continue;
          absorbed.delete(id);
          inMemory.delete(id);
        }
        return;
      }
      const mutations = found.map(parseMutation).filter((mutation) => mutation !== undefined);
      const next = new Map(mutations.map((mutation) => [mutation.id, mutation]));
      const unsettled = writes.unsettled();
      for (const key of Object.keys(storage ?? {})) {
        const id = key.startsWith(removed) ? key.slice(removed.length) : "";
        if (id === "" || unsettled.has(id)) continue;
        // The page that removed the mutation closed before IndexedDB did so, or just after.
        if (next.has(id)) this.settle({ known: [], forgotten: [{ id }], written: [] });
        else storage?.removeItem(key);
      }
      for (const id of [...writes.unsettled(), ...unstored.ids]) {
        const own = inMemory.get(id);
        if (own) next.set(id, own);
        else next.delete(id);
      }
      inMemory = next;
      absorbed.clear();
    },
    async reloadIfGone(ids) {
      if (!database || !writes) return;
      const unsettled = writes.unsettled();
      const stored = ids.filter((id) => !unsettled.has(id) && !unstored.ids.has(id));
      const found = await inTime(database.findMutations(stored).catch(nothingIfDeleted));
      // Another tab has removed one, or a damaged one lies under another id.
      const there = found?.filter((one) => one !== undefined);
      if (there && there.length < stored.length) await this.reload();
    },
    async settled() {
      await inTime(writes?.ended() ?? Promise.resolve());
    },
    absorb(key, text) {
      const mutation = key?.startsWith(prefix) && parseText(text);
      if (!mutation || !database) return;
      inMemory.set(mutation.id, mutation);
      absorbed.add(mutation.id);
    },
    owns: (key) => key === null || key.startsWith(prefix),
  };
}

/** What is there where all was deleted; undefined: nobody knows. */
const nothingIfDeleted = (error: unknown): readonly unknown[] | undefined =>
  error instanceof DataDeleted ? [] : undefined;
