import { isDeepStrictEqual } from "node:util";
import {
  Batch,
  type BatchOperation,
  type BatchResult,
  ChangeQuery,
  Completion,
  etagOf,
  IfMatch,
  IfNoneMatch,
  NewTask,
  type ProblemCode,
  problems,
  type Task,
  type TaskOperationId,
  TaskPatch,
  TaskQuery,
} from "@tend/contracts";

/** T-2: the content of a task of which a create says the title alone. */
export const blankContent = {
  description: null,
  completed: false,
  due_date: null,
  due_time: null,
  time_zone: null,
  priority: "none",
  tags: [],
} as const satisfies Omit<Required<NewTask>, "id" | "title" | "position">;

/** One request, in the words of the table of operations. */
export interface Call {
  readonly operation: TaskOperationId;
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<
    Partial<Record<"if_match" | "if_none_match" | "idempotency_key", string>>
  >;
  readonly body?: unknown;
}

/** The parts of an answer that are compared. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly etag?: string;
  /** Whether there is a further page. */
  readonly more?: boolean;
}

/** What only the service can choose: ids, times and places of new tasks, and its cursors. */
export interface Chosen {
  /** The task that it made of one create, by its number in a batch. */
  task(place: number): Pick<Task, "id" | "created_at" | "position"> | undefined;
  readonly cursor: string | undefined;
}

interface Person {
  /** Each task with the number of its last change. */
  readonly tasks: Map<string, { task: Task; change: number }>;
  /** What was deleted for good. */
  readonly buried: Map<string, { version: number; change: number }>;
  readonly keys: Map<string, { request: string; answer: Answer }>;
  changes: number;
}

class Refusal extends Error {
  readonly code: ProblemCode;
  readonly more: { task?: Task; results?: BatchResult[] };

  constructor(code: ProblemCode, more: Refusal["more"] = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}

const words = new Intl.Collator("und");
const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The tasks of some people, as the contract says that they come and go: in memory, one request
 * after the other, and knowing nothing of how the service does it.
 */
export class Model {
  #people = new Map<string, Person>();
  readonly #pages = new Map<string, { scope: string; last: Task }>();
  readonly #feeds = new Map<string, { owner: string; change: number }>();

  constructor(owners: readonly string[]) {
    for (const owner of owners) {
      this.#people.set(owner, {
        tasks: new Map(),
        buried: new Map(),
        keys: new Map(),
        changes: 0,
      });
    }
  }

  /** The version that the owner's task with this id has, in the trash or not. */
  version(owner: string, id: string): number | undefined {
    return this.#of(owner).tasks.get(id)?.task.version;
  }

  /** What the service has to answer. A request that is refused changes nothing (E-3). */
  answer(owner: string, call: Call, chosen: Chosen): Answer {
    const before = structuredClone(this.#people);
    try {
      return this.#oncePerKey(owner, call, chosen);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#people = before;
      const { status } = problems[error.code];
      const { task } = error.more;
      const body = { status, code: error.code, ...error.more };
      return { status, body, ...(task && { etag: etagOf(task) }) };
    }
  }

  /** T-12 */
  #oncePerKey(owner: string, call: Call, chosen: Chosen): Answer {
    const key = call.headers?.idempotency_key;
    if (key === undefined) return this.#run(owner, call, chosen);
    const { keys } = this.#of(owner);
    const schema = call.operation === "createTask" ? NewTask : Batch;
    const request = JSON.stringify([call.operation, schema.parse(call.body)]);
    const first = keys.get(key);
    if (first && first.request !== request) throw new Refusal("idempotency_key_reused");
    const answer = first?.answer ?? this.#run(owner, call, chosen);
    keys.set(key, { request, answer: structuredClone(answer) });
    return answer;
  }

  #run(
    owner: string,
    { operation, id = "", query = {}, headers = {}, body }: Call,
    chosen: Chosen,
  ) {
    const match = headers.if_match === undefined ? undefined : IfMatch.parse(headers.if_match);
    switch (operation) {
      case "createTask": {
        const { status, task } = this.#create(owner, NewTask.parse(body), chosen.task(0));
        return { status, ...shown(task) };
      }
      case "getTask": {
        const task = this.#live(owner, id);
        const held = headers.if_none_match;
        const tags = held === undefined ? [] : IfNoneMatch.parse(held);
        const same = tags === "*" || tags.includes(task.version);
        return same ? { status: 304, etag: etagOf(task) } : { status: 200, ...shown(task) };
      }
      case "updateTask":
      case "patchTask":
        return { status: 200, ...shown(this.#update(owner, id, TaskPatch.parse(body), match)) };
      case "completeTask": {
        const completed = Completion.optional().parse(body)?.completed;
        return { status: 200, ...shown(this.#complete(owner, id, completed, match)) };
      }
      case "deleteTask":
        this.#delete(owner, id, query.permanent === "true", match);
        return { status: 204 };
      case "restoreTask":
        return { status: 200, ...shown(this.#restore(owner, id, match)) };
      case "listTasks":
        return this.#list(owner, query, chosen.cursor);
      case "listChanges":
        return this.#listChanges(owner, query, chosen.cursor);
      case "batchTasks":
        return { status: 200, body: { results: this.#batch(owner, Batch.parse(body), chosen) } };
    }
  }

  #of(owner: string): Person {
    const person = this.#people.get(owner);
    if (!person) throw new Error(`The model knows nobody called ${owner}.`);
    return person;
  }

  /** Any task of the owner; one's own in the trash is never somebody else's (O-2). */
  #own(owner: string, id: string): Task {
    const own = this.#of(owner).tasks.get(id);
    if (own) return own.task;
    const foreign = [...this.#people.values()].some(({ tasks }) => tasks.has(id));
    throw new Refusal(foreign ? "forbidden" : "task_not_found");
  }

  #live(owner: string, id: string): Task {
    const task = this.#own(owner, id);
    if (task.deleted_at !== null) throw new Refusal("task_not_found");
    return task;
  }

  /** T-1: each change counts, and makes the task the last that changed. */
  #save(owner: string, task: Task): Task {
    const person = this.#of(owner);
    const saved = { ...task, version: task.version + 1 };
    person.tasks.set(task.id, { task: saved, change: ++person.changes });
    return saved;
  }

  /** T-2 */
  #create(owner: string, given: NewTask, chosen: ReturnType<Chosen["task"]>) {
    const { tasks, buried } = this.#of(owner);
    const id = given.id ?? chosen?.id ?? crypto.randomUUID();
    const named = Object.entries(given).filter(
      ([name, value]) => name in blankContent && value !== undefined,
    );
    const content = { title: given.title, ...blankContent, tags: [], ...Object.fromEntries(named) };
    const present = tasks.get(id)?.task;
    if (present) {
      if (!isDeepStrictEqual({ ...present, ...content }, present))
        throw new Refusal("id_already_used");
      return { status: 200, task: present };
    }
    const time = chosen?.created_at ?? "";
    const task = this.#save(owner, {
      ...{ id, owner_user_id: owner, ...content, created_at: time, updated_at: time },
      ...{ version: buried.get(id)?.version ?? 0, deleted_at: null },
      // T-18: given or chosen; it does not tell two creates apart.
      position: given.position ?? chosen?.position ?? "",
    });
    buried.delete(id);
    return { status: 201, task };
  }

  /** T-4 */
  #update(owner: string, id: string, change: TaskPatch, match: IfMatch | undefined): Task {
    const task = expected(this.#live(owner, id), match);
    const named = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    );
    if (Object.keys(named).length === 0) return task;
    const changed = { ...task, ...named };
    // T-16: what goes along, and what cannot be.
    if (change.due_date === null) changed.due_time = null;
    if (changed.due_time === null && !change.time_zone) changed.time_zone = null;
    const lacks = changed.due_time !== null && changed.due_date === null;
    if (lacks || (changed.time_zone !== null && changed.due_time === null)) {
      throw new Refusal("validation_failed");
    }
    return this.#save(owner, changed);
  }

  /** T-5 */
  #complete(owner: string, id: string, completed: boolean | undefined, match: IfMatch | undefined) {
    const task = expected(this.#live(owner, id), match);
    return this.#save(owner, { ...task, completed: completed ?? !task.completed });
  }

  /** T-8 */
  #delete(owner: string, id: string, permanent: boolean, match: IfMatch | undefined): void {
    const task = expected(permanent ? this.#own(owner, id) : this.#live(owner, id), match);
    if (!permanent) {
      this.#save(owner, { ...task, deleted_at: "then" });
      return;
    }
    const person = this.#of(owner);
    person.tasks.delete(id);
    person.buried.set(id, { version: task.version, change: ++person.changes });
  }

  /** T-8 */
  #restore(owner: string, id: string, match: IfMatch | undefined): Task {
    const task = expected(this.#own(owner, id), match);
    return task.deleted_at === null ? task : this.#save(owner, { ...task, deleted_at: null });
  }

  /** T-6 */
  #list(owner: string, given: Call["query"], next: string | undefined): Answer {
    const { status, sort, order, limit, cursor, ...filter } = TaskQuery.parse(given);
    const direction = order ?? (sort === "created" || sort === "priority" ? "desc" : "asc");
    const scope = JSON.stringify([owner, status, sort, direction, filter]);
    const from = cursor === undefined ? undefined : this.#pages.get(cursor);
    if (cursor !== undefined && from?.scope !== scope) throw new Refusal("validation_failed");
    const compare = (a: Task, b: Task): number => {
      if (isMissing(sort, a) !== isMissing(sort, b)) return isMissing(sort, a) ? 1 : -1;
      const [one, other] = direction === "asc" ? [a, b] : [b, a];
      const by = {
        created: () => bytes(one.created_at, other.created_at),
        title: () => words.compare(one.title, other.title) || bytes(one.title, other.title),
        due_date: () => bytes(dueOf(one), dueOf(other)),
        priority: () => ranks[one.priority] - ranks[other.priority],
        position: () => bytes(one.position, other.position),
      };
      return by[sort]() || bytes(one.id, other.id);
    };
    const found = [...this.#of(owner).tasks.values()]
      .map(({ task }) => task)
      .filter(({ completed, deleted_at }) =>
        status === "trashed"
          ? deleted_at !== null
          : deleted_at === null && (status === "all" || completed === (status === "completed")),
      )
      .filter((task) => passes(task, filter))
      .filter((task) => !from || compare(task, from.last) > 0)
      .sort(compare);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    if (next !== undefined && last) this.#pages.set(next, { scope, last });
    return { status: 200, body: page, more: found.length > limit };
  }

  /** T-9 */
  #listChanges(owner: string, given: Call["query"], next: string | undefined): Answer {
    const { cursor, limit } = ChangeQuery.parse(given);
    const from = cursor === undefined ? { owner, change: 0 } : this.#feeds.get(cursor);
    if (from?.owner !== owner) throw new Refusal("cursor_gone");
    const { tasks, buried } = this.#of(owner);
    const found = [
      ...[...tasks.values()].map(({ task, change }) => {
        const type = task.deleted_at === null ? "saved" : "trashed";
        return { change, shown: { type, id: task.id, task } };
      }),
      ...[...buried].map(([id, { change, version }]) => {
        return { change, shown: { type: "deleted", id, version, task: null } };
      }),
    ]
      .filter(({ change }) => change > from.change)
      .sort((a, b) => a.change - b.change);
    const page = found.slice(0, limit);
    if (next !== undefined) {
      this.#feeds.set(next, { owner, change: page.at(-1)?.change ?? from.change });
    }
    const more = found.length > limit;
    return { status: 200, body: { changes: page.map(({ shown }) => shown), has_more: more } };
  }

  /** T-10 */
  #batch(owner: string, { operations, atomic }: Batch, chosen: Chosen): BatchResult[] {
    const results = operations.map((operation, place): BatchResult => {
      try {
        return this.#one(owner, operation, chosen.task(place));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refused(error.code, error.more);
      }
    });
    if (atomic && results.some(({ problem }) => problem)) {
      const undone = refused("failed_dependency");
      throw new Refusal("batch_failed", {
        results: results.map((result) => (result.problem ? result : undone)),
      });
    }
    return results;
  }

  #one(owner: string, given: BatchOperation, chosen: ReturnType<Chosen["task"]>): BatchResult {
    if (given.operation === "create") return this.#create(owner, given.task, chosen);
    const match = given.version === undefined ? undefined : [given.version];
    switch (given.operation) {
      case "update":
        return { status: 200, task: this.#update(owner, given.id, given.change, match) };
      case "complete":
        return { status: 200, task: this.#complete(owner, given.id, given.completed, match) };
      case "restore":
        return { status: 200, task: this.#restore(owner, given.id, match) };
      case "delete":
        this.#delete(owner, given.id, given.permanent ?? false, match);
        return { status: 204 };
    }
  }
}

const ranks = { none: 0, low: 1, medium: 2, high: 3 };

/** A task without a time stands at the end of its day. */
const dueOf = ({ due_date, due_time }: Task) => `${due_date} ${due_time ?? "24:00"}`;

const isMissing = (sort: TaskQuery["sort"], { due_date, priority }: Task) =>
  (sort === "due_date" && due_date === null) || (sort === "priority" && priority === "none");

/** T-14, T-15, T-17. The days of the sequences are far from today, so that no clock matters. */
function passes(task: Task, { tag, priority, due }: Partial<TaskQuery>): boolean {
  const { due_date } = task;
  const today = new Date().toISOString().slice(0, 10);
  const dues = {
    overdue: due_date !== null && due_date < today,
    today: due_date === today,
    upcoming: due_date !== null && due_date > today,
    none: due_date === null,
  };
  return (
    (tag === undefined || task.tags.some((one) => one.toLowerCase() === tag.toLowerCase())) &&
    (priority === undefined || task.priority === priority) &&
    (due === undefined || dues[due])
  );
}

const shown = (task: Task) => ({ body: task, etag: etagOf(task) });

/** T-7 */
function expected(task: Task, match: IfMatch | undefined): Task {
  if (match === undefined || match === "*" || match.includes(task.version)) return task;
  throw new Refusal("precondition_failed", { task });
}

function refused(code: ProblemCode, { task }: Refusal["more"] = {}): BatchResult {
  const { status, title, detail } = problems[code];
  return { status, problem: { type: "", title, status, detail, code, ...(task && { task }) } };
}
