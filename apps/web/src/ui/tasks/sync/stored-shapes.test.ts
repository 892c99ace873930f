import "fake-indexeddb/auto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countTasks } from "#ui/tasks/model/counts.ts";
import { editFromTask } from "#ui/tasks/model/task-edit.ts";
import { listShown } from "#ui/tasks/model/task-list.ts";
import { makeStorage, makeTask } from "#ui/tasks/testing.ts";
import { createDrafts } from "./drafts.ts";
import { parseCachedList } from "./list-cache.ts";
import { applyMutations, type Mutation, nextRequest } from "./mutation.ts";
import { createMutationDatabase } from "./mutation-database.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { readTask } from "./stored-task.ts";

/** Anything that a program, or a person, may have stored in place of a value. */
const anything = fc.oneof(
  fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withSparseArray: true }),
  fc.constantFrom(
    null,
    undefined,
    "",
    "null",
    "2026-13-45",
    "9999-99-99",
    "25:99",
    "\u0000",
    -1,
    1e300,
    Number.NaN,
  ),
  fc.constant("x".repeat(100_000)),
);

/** Copies of a value in which any part may be missing, or something else. */
function damaged<Value extends object>(whole: Value): fc.Arbitrary<Value> {
  const parts = Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [
      name,
      fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, anything),
    ]),
  );
  return fc.record(parts, { requiredKeys: [] }) as fc.Arbitrary<object> as fc.Arbitrary<Value>;
}

const task = makeTask({ id: "a", due_date: "2026-12-01", due_time: "09:00", tags: ["home"] });
const someTask = fc.oneof(damaged(task), anything);

/** Checks a task as far as the screen relies on it. */
function expectSound(read: typeof task): void {
  expect(read).toMatchObject({
    id: expect.any(String),
    title: expect.any(String),
    completed: expect.any(Boolean),
    created_at: expect.any(String),
    position: expect.stringMatching(/^[0-9a-z]+$/),
    priority: expect.stringMatching(/^(?:none|low|medium|high)$/),
    version: expect.any(Number),
  });
  expect(read.tags.every((tag) => typeof tag === "string")).toBe(true);
  for (const text of [read.description, read.due_date, read.due_time, read.time_zone]) {
    expect(text === null || typeof text === "string").toBe(true);
  }
  const filters = { q: "a", due: "overdue", priority: null, tag: "home" } as const;
  for (const sort of ["title", "due_date", "priority", "position", "created"] as const) {
    listShown([read, task], { ...filters, status: "all", sort, order: "asc" });
  }
}

test("a stored task is sound or none, and no readable field of it is lost", () => {
  fc.assert(
    fc.property(someTask, (stored) => {
      const read = readTask(stored);
      if (read) expectSound(read);
    }),
  );
  const keep = { ...task, estimate: 5 };
  expect(readTask(keep)).toEqual(keep);
  expect(readTask({ ...keep, tags: ["home", 5], due_date: "2026-13-45" })).toEqual({
    ...keep,
    due_date: null,
  });
});

test("of a kept list every task that can be read is shown, and only a whole one is called whole", () => {
  fc.assert(
    fc.property(
      fc.array(someTask),
      damaged({ format: 1, user: { id: "ada", name: "Ada" }, complete: true, counts: {} }),
      (tasks, rest) => {
        const list = parseCachedList({ ...rest, tasks });
        if (!list) return;
        list.tasks.forEach(expectSound);
        expect(list.tasks).toHaveLength(tasks.filter((one) => readTask(one)).length);
        if (list.complete) expect(list.tasks).toHaveLength(tasks.length);
        for (const count of Object.values(list.counts)) expect(count).toEqual(expect.any(Number));
        expect(list.user).toEqual({ id: expect.any(String), name: expect.any(String) });
      },
    ),
  );
  fc.assert(
    fc.property(anything, (stored) => {
      expect(() => parseCachedList(stored)).not.toThrow();
    }),
  );
  const good = { format: 1, user: { id: "ada", name: "Ada" }, complete: true };
  const read = parseCachedList({ ...good, counts: 5, tasks: [task, null, { id: "b" }] });
  expect(read).toMatchObject({ tasks: [task], complete: false, counts: countTasks([task]) });
});

const mutation = {
  id: "1",
  kind: "set",
  task,
  fields: { title: "Pay" },
  before: { title: "", version: 1 },
};
const someMutation = fc.oneof(
  damaged(mutation),
  damaged({ id: "2", kind: "delete", task, send_at: 0 }),
  damaged({ id: "3", kind: "create", task }),
  anything,
);

function expectUsable(mutations: readonly Mutation[]): void {
  for (const one of mutations) expectSound(one.task);
  applyMutations([task], mutations).forEach(expectSound);
  for (const one of mutations) nextRequest([one], ({ kind }) => kind === "delete");
}

test("unsent changes in local storage: those that can be read are, the others stay where they are", () => {
  fc.assert(
    fc.property(fc.array(someMutation), fc.array(fc.string()), (values, texts) => {
      const local = makeStorage();
      const all = [...values.map((value) => JSON.stringify(value, plain)), ...texts];
      for (const [index, text] of all.entries()) {
        if (text !== undefined) local.setItem(`tend:change:ada:${index}`, text);
      }
      local.setItem("tend:change:ada:good", JSON.stringify({ ...mutation, id: "good" }));
      const before = { ...local };
      const read = createMutationStorage(local, "ada").read();
      expectUsable(read);
      expect(read.map(({ id }) => id)).toContain("good");
      expect({ ...local }).toEqual(before);
    }),
  );
});

/** Makes text of a bigint, which JSON cannot express. */
const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

test("truncated at any place, a change is read or left alone", () => {
  const text = JSON.stringify(mutation);
  for (let length = 0; length <= text.length; length++) {
    const local = makeStorage();
    local.setItem("tend:change:ada:1", text.slice(0, length));
    const read = createMutationStorage(local, "ada").read();
    expect(read).toHaveLength(length === text.length ? 1 : 0);
    expect(local.getItem("tend:change:ada:1")).toBe(text.slice(0, length));
  }
});

test("unsent changes in IndexedDB: one that cannot be read hides none that can", async () => {
  let user = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(someMutation, { maxLength: 5 }), async (values) => {
      const id = `user-${user++}`;
      const database = createMutationDatabase(id);
      for (const [index, value] of values.entries()) {
        // IndexedDB refuses functions and the like, so that no program can have stored them.
        await database.put({ ...Object(value), id: `${index}` }).catch(() => {});
      }
      await database.put({ ...mutation, id: "good" } as Mutation);
      const storage = createMutationStorage(makeStorage(), id, { database });
      await storage.reload();
      expectUsable(storage.read());
      expect(storage.read().map((one) => one.id)).toContain("good");
    }),
    { numRuns: 50 },
  );
});

test("a draft is read as far as it can be", () => {
  const edit = { ...editFromTask(makeTask()), title: "Pay", priority: "low" };
  fc.assert(
    fc.property(
      fc.oneof(damaged({ task, edit }), anything),
      damaged(edit),
      anything,
      (stored, part, junk) => {
        for (const value of [stored, { task, edit: part }, { task: junk, edit }]) {
          const local = makeStorage();
          const text = JSON.stringify(value, plain);
          if (text !== undefined) local.setItem("tend:draft:ada:edit:a", text);
          const drafts = createDrafts(local, "ada");
          const [open, read] = [drafts.readOpenEdit(), drafts.readEdit("a")];
          if (open) expectSound(open);
          expect(read === undefined).toBe(open === undefined);
          for (const field of Object.values(read ?? {})) expect(field).toEqual(expect.any(String));
        }
      },
    ),
  );
  const local = makeStorage();
  local.setItem(
    "tend:draft:ada:edit:a",
    JSON.stringify({ task, edit: { ...edit, tags: 5, priority: "huge" } }),
  );
  expect(createDrafts(local, "ada").readEdit("a")).toEqual({
    ...edit,
    priority: task.priority,
    tags: "#home",
  });
});

const opened = (name: string, version: number, upgrade: (database: IDBDatabase) => void) =>
  new Promise<void>((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });

test("a database of another version, or without its store, keeps changes all the same", async () => {
  const deleted = () =>
    new Promise((resolve) => {
      indexedDB.deleteDatabase("tend-changes").onsuccess = resolve;
    });
  for (const [version, upgrade] of [
    [1, () => {}],
    [7, () => {}],
    [7, (database: IDBDatabase) => database.createObjectStore("changes")],
    [3, (database: IDBDatabase) => database.createObjectStore("others", { keyPath: "id" })],
  ] as const) {
    await Promise.race([deleted(), new Promise((resolve) => setTimeout(resolve, 50))]);
    await opened("tend-changes", version, upgrade).catch(() => {});
    const database = createMutationDatabase(`version-${version}`);
    await database.put({ ...mutation, id: "1" } as Mutation);
    expect(await database.read()).toEqual([mutation]);
  }
});
