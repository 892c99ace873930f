import "fake-indexeddb/auto";
import fc from "fast-check";
import { openDB } from "idb";
import { expect, test } from "vitest";
import { editFromTask } from "#ui/tasks/model/task-edit.ts";
import { listShown } from "#ui/tasks/model/task-list.ts";
import { makeStorage, makeTask } from "#ui/tasks/testing.ts";
import { createDrafts } from "./drafts.ts";
import { type Mutation, nextRequest } from "./mutation.ts";
import { createMutationStorage } from "./mutation-storage.ts";
import { PersonDatabase, personDatabaseName } from "./person-database.ts";
import { seenTask } from "./replica.ts";
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

test("of the stored tasks every one that can be read is shown, and none is made up", async () => {
  let user = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(someTask, { maxLength: 5 }), anything, async (values, state) => {
      const id = `reader-${user++}`;
      const database = new PersonDatabase(id);
      const fill = { generation: "g", cursor: "c", status: "all", next: null } as const;
      await database.beginFill(fill);
      await database.putListPage(fill, [], null);
      const raw = await openDB(personDatabaseName(id));
      for (const [index, value] of values.entries()) {
        const record = { generation: "g", id: `${index}`, version: 1, written: 1, task: value };
        // IndexedDB refuses functions and the like, so that no program can have stored them.
        await raw.put("tasks", record).catch(() => {});
      }
      const { tasks } = await database.read();
      for (const known of tasks) if (known.task) expectSound(known.task);
      expect(tasks.length).toBeLessThanOrEqual(values.length);
      const isStored = await raw.put("state", state, "sync").catch(() => undefined);
      raw.close();
      if (isStored) expect((await database.read()).state).toEqual(expect.any(Object));
    }),
    { numRuns: 50 },
  );
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
  const seen = seenTask(task, mutations);
  if (seen) expectSound(seen);
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
      const database = new PersonDatabase(id);
      const put = (one: { id: string }) =>
        database.settle({ known: [], removed: [], added: [one] });
      for (const [index, value] of values.entries()) {
        await put({ ...Object(value), id: `${index}` }).catch(() => {});
      }
      await put({ ...mutation, id: "good" });
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
