import type { Task } from "@tend/contracts";
import { withCleared } from "@tend/contracts/due";
import { isNewer, type KnownTask } from "./known-task.ts";
import type { Mutation } from "./mutation.ts";
import type { MutationQueues } from "./mutation-queues.ts";

/** What the screen draws. A task keeps its identity as long as nothing of it changes. */
export interface ReplicaState {
  /** The tasks as the person sees them: those of the server with the mutations laid over them. */
  readonly tasks: readonly Task[];
  /** The trash as the server has it, the newest deletion first. */
  readonly trash: readonly Task[];
}

/**
 * The tasks of one person in memory: as the server last had them, and as the person sees them.
 * Whatever changes, only the tasks that it is about are looked at anew.
 */
export class Replica {
  readonly #known = new Map<string, KnownTask>();
  readonly #seen = new Map<string, Task>();
  readonly #trashed = new Map<string, Task>();
  #mutations: MutationQueues["byTask"] = new Map();
  #state: ReplicaState = { tasks: [], trash: [] };
  readonly #listeners = new Set<() => void>();
  #isClosed = false;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ReplicaState => this.#state;

  /** The task as the server last had it; undefined: it is not known, or gone for good. */
  readonly lastKnown = (id: string): Task | undefined => this.#known.get(id)?.task ?? undefined;

  /** Takes in what the server has, as far as it is newer. */
  merge(tasks: Iterable<KnownTask>): void {
    if (this.#isClosed) return;
    const changed: string[] = [];
    for (const next of tasks) {
      if (!isNewer(this.#known.get(next.id), next)) continue;
      this.#known.set(next.id, next);
      changed.push(next.id);
    }
    this.#see(changed);
  }

  /** Takes in all that the server has, whatever was known. */
  replace(tasks: Iterable<KnownTask>): void {
    if (this.#isClosed) return;
    const before = new Map(this.#known);
    this.#known.clear();
    for (const next of tasks) {
      const known = before.get(next.id);
      // A task that is the same keeps its identity.
      const isSame = known !== undefined && !isNewer(known, next) && !isNewer(next, known);
      this.#known.set(next.id, isSame ? known : next);
    }
    this.#see([...before.keys(), ...this.#known.keys()]);
  }

  /** Lays these mutations over the tasks, in place of those before. */
  setMutations(mutations: MutationQueues["byTask"]): void {
    if (this.#isClosed) return;
    const before = this.#mutations;
    this.#mutations = mutations;
    const ids = new Set([...before.keys(), ...mutations.keys()]);
    this.#see([...ids].filter((id) => !isSameQueue(before.get(id), mutations.get(id))));
  }

  /** Lets go of all tasks, and takes in none any more: nobody here may see them. */
  close(): void {
    this.replace([]);
    this.setMutations(new Map());
    this.#isClosed = true;
  }

  /** Looks at some tasks anew. */
  #see(ids: readonly string[]): void {
    let [listChanged, trashChanged] = [false, false];
    for (const id of ids) {
      const known = this.#known.get(id)?.task ?? undefined;
      listChanged = put(this.#seen, id, seenTask(known, this.#mutations.get(id))) || listChanged;
      const trashed = known?.deleted_at ? known : undefined;
      trashChanged = put(this.#trashed, id, trashed) || trashChanged;
    }
    if (!listChanged && !trashChanged) return;
    this.#state = {
      tasks: listChanged ? [...this.#seen.values()] : this.#state.tasks,
      trash: trashChanged ? [...this.#trashed.values()].sort(newestFirst) : this.#state.trash,
    };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether two queues have the same mutations: one that was made never changes what is seen. */
const isSameQueue = (a: readonly Mutation[] = [], b: readonly Mutation[] = []): boolean =>
  a.length === b.length && a.every(({ id }, index) => id === b[index]?.id);

/** Puts a task, or its absence, into a map. Whether that changed anything. */
function put(map: Map<string, Task>, id: string, task: Task | undefined): boolean {
  if (map.get(id) === task) return false;
  if (task) map.set(id, task);
  else map.delete(id);
  return true;
}

const newestFirst = (a: Task, b: Task): number =>
  (a.deleted_at ?? "") < (b.deleted_at ?? "") ? 1 : -1;

/** A task of the list as the person sees it; undefined: they do not. */
export function seenTask(
  known: Task | undefined,
  mutations: readonly Mutation[] = [],
): Task | undefined {
  let seen = known && known.deleted_at === null ? known : undefined;
  for (const mutation of mutations) {
    const { task, kind } = mutation;
    if (kind === "delete") seen = undefined;
    else if (kind === "set") {
      seen = { ...(seen ?? task), ...withCleared<Partial<Task>>(mutation.fields) };
    } else seen ??= { ...task, deleted_at: null };
  }
  return seen;
}
