import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "#ui/transfer/import/import-check.ts";
import { readJson } from "./import-json.ts";

async function read(...lists: readonly unknown[]) {
  const text = JSON.stringify({ kind: "tasks#taskLists", items: lists });
  const { entries, faults, remarks } = await check(await readJson(text));
  return {
    tasks: entries.map(({ task: { id: _, ...task }, trashed }) => ({ ...task, trashed })),
    ids: entries.map(({ task }) => task.id),
    faults,
    remarks,
  };
}
const list = (title: string, ...items: readonly unknown[]) => ({
  ...{
    kind: "tasks#tasks",
    id: `list ${title}`,
    title,
    updated: "2026-11-20T10:00:00.000Z",
    items,
  },
});
const one = async (fields: object) => read(list("My Tasks", { id: "x", title: "A", ...fields }));

test("[X-6] Tasks.json of Google Takeout", async () => {
  const { tasks, faults, remarks } = await read(
    list(
      "My Tasks",
      {
        ...{
          kind: "tasks#task",
          id: "a",
          title: "Pay rent ",
          notes: "By transfer\n",
          status: "needsAction",
        },
        ...{ due: "2026-12-01T00:00:00.000Z", updated: "2026-11-20T10:00:00.000Z" },
        ...{ created: "2026-11-01T10:00:00Z", selfLink: "https://www.googleapis.com/tasks/a" },
        links: [{ type: "email", description: "Rent", link: "https://mail.google.com/1" }],
      },
      {
        id: "b",
        title: "Find the number",
        parent: "a",
        status: "completed",
        completed: "2026-11-02T10:00:00Z",
      },
    ),
    list("House & garden", {
      id: "c",
      title: "Old",
      status: "completed",
      hidden: true,
      deleted: true,
    }),
  );
  expect(faults).toEqual([]);
  const common = { due_date: null, due_time: null, time_zone: null };
  expect(tasks).toEqual([
    {
      ...common,
      title: "Pay rent",
      description: "By transfer\n\nLink: Rent, https://mail.google.com/1",
      ...{ completed: false, due_date: "2026-12-01", tags: ["My-Tasks"], trashed: false },
    },
    {
      ...common,
      ...{ title: "Find the number", description: "Part of: Pay rent", completed: true },
      ...{ tags: ["My-Tasks"], trashed: false },
    },
    {
      ...common,
      ...{ title: "Old", description: null, completed: true },
      ...{ tags: ["House-&-garden"], trashed: true },
    },
  ]);
  expect(remarks).toEqual([
    "Left out: when a task was made or changed, its address in Google Tasks, when a task was completed.",
  ]);
});

test("[X-6] one list is no tag", async () => {
  expect((await one({})).tasks[0]?.tags).toEqual([]);
});

test.each([
  ["2026-12-01T00:00:00Z", "2026-12-01 null null"],
  ["2026-12-01", "2026-12-01 null null"],
  ["2026-12-01T09:30:00.000Z", "2026-12-01 09:30 UTC"],
])("[X-6] due %s", async (due, expected) => {
  const [task] = (await one({ due })).tasks;
  expect(`${task?.due_date} ${task?.due_time} ${task?.time_zone}`).toBe(expected);
});

test.each(["2026-02-30T00:00:00Z", "2026-12-01T24:00:00Z", "0000-01-01T00:00:00Z"])(
  "[X-6] due %s, which is no day or time, is kept in words",
  async (due) => {
    const { tasks, remarks } = await one({ due });
    expect(tasks).toMatchObject([{ due_date: null, description: `Date in Google Tasks: ${due}` }]);
    expect(remarks).toEqual([expect.stringMatching(/^1 date is not a day that can be told/)]);
  },
);

test("[X-6] what is not known, or no date, is kept in words and named", async () => {
  const { tasks, remarks } = await one({
    ...{ due: "soon", status: "waiting", starred: true, empty: null, none: [] },
    scheduled_time: [{ current: true, start_time: "2026-12-01T09:30:00Z" }],
  });
  expect(tasks[0]?.description).toBe(
    'Date in Google Tasks: soon\nStatus in Google Tasks: waiting\nstarred: true\nscheduled_time: [{"current":true,"start_time":"2026-12-01T09:30:00Z"}]',
  );
  expect(remarks).toEqual([
    "1 date is not a day that can be told, and will be kept in the notes: “soon” (My Tasks, task 1).",
    "1 status or priority is not known here, and will be kept in the notes: status “waiting” (My Tasks, task 1). Such a task will be open, or have no priority.",
    "Not known here, and kept in the notes: starred, scheduled_time.",
  ]);
});

test("[X-6] a known field that holds something else is kept in words", async () => {
  const { tasks, remarks } = await one({
    notes: { text: "Deep" },
    due: 5,
    hidden: "yes",
    links: "x",
  });
  expect(tasks[0]?.description).toBe('notes: {"text":"Deep"}\ndue: 5\nhidden: yes\nlinks: x');
  expect(remarks).toEqual(["Not known here, and kept in the notes: notes, due, hidden, links."]);
});

test("[X-6] a task keeps its id whatever changes; equal ones without an id have one each", async () => {
  const { ids } = await one({});
  const changed = await one({ title: "B", notes: "More", status: "completed" });
  expect(changed.ids).toEqual(ids);
  const without = await read(list("L", { title: "A" }, { title: "A" }));
  expect(new Set(without.ids).size).toBe(2);
});

test("[X-6] what is no task or no list is named, and a task without a title too", async () => {
  const { tasks, faults } = await read(
    null,
    list("L", 1, { id: "a", title: "" }, { id: "b", title: "B" }),
  );
  expect(tasks.map(({ title }) => title)).toEqual(["B"]);
  expect(faults).toEqual([
    { place: "List 1", reason: "This is not a list of tasks." },
    { place: "L, task 1", reason: "This is not a task." },
    { place: "L, task 2", reason: "title: Write a title of 1 to 200 characters." },
  ]);
});

test("[X-6] no list at all is no task", async () => {
  expect(await check(await readJson('{"kind":"tasks#taskLists"}'))).toMatchObject({ entries: [] });
});

test("[X-6] whatever stands in its fields, each task is taken or named", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.dictionary(
          fc.constantFrom(
            "id",
            "title",
            "notes",
            "due",
            "status",
            "parent",
            "deleted",
            "links",
            "more",
          ),
          fc.oneof(fc.constantFrom("a", "2026-02-30", "completed"), fc.jsonValue(), fc.string()),
        ),
        { maxLength: 8 },
      ),
      async (tasks) => {
        const { ids, faults } = await read(list("L", ...tasks));
        expect(ids.length + faults.length).toBe(tasks.length);
        expect(new Set(ids).size).toBe(ids.length);
      },
    ),
  ));
