import { v7 as uuidv7 } from "uuid";
import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { knownTask } from "./known-task.ts";
import { editOf, type Mutation } from "./mutation.ts";
import { Replica, seenTask } from "./replica.ts";

const edit = (task = makeTask(), fields = { title: "Edited" }): Mutation => ({
  id: uuidv7(),
  ...editOf(task, fields),
});
const mutation = (kind: "create" | "restore", task = makeTask()): Mutation => ({
  id: uuidv7(),
  kind,
  task,
});
const removal = (task = makeTask()): Mutation => ({
  id: uuidv7(),
  kind: "delete",
  task,
  send_at: 0,
});

const titles = (replica: Replica) => replica.state().tasks.map(({ title }) => title);

/** A replica, and how often it has told that it changed. */
function counted(...tasks: ReturnType<typeof makeTask>[]) {
  const replica = new Replica();
  replica.merge(tasks.map(knownTask));
  let count = 0;
  replica.subscribe(() => count++);
  return { replica, told: () => count };
}

describe("what a person sees of one task", () => {
  const task = makeTask();
  const trashed = { ...task, deleted_at: "2026-11-25T10:00:00.000Z" };
  test.each([
    ["it is as the server has it", task, [], task.title],
    ["an edit lies over it", task, [edit(task)], "Edited"],
    [
      "a newer version shows under the edit of another field",
      { ...task, priority: "high" as const },
      [edit(task)],
      "Edited",
    ],
    ["what is deleted is not seen", task, [removal(task)], undefined],
    ["what is in the trash is not seen", trashed, [], undefined],
    ["what is being restored is", trashed, [mutation("restore", task)], task.title],
    ["what is not sent yet is", undefined, [mutation("create", task)], task.title],
    [
      "what is known already is not made anew",
      { ...task, title: "Known" },
      [mutation("create", task)],
      "Known",
    ],
    [
      "an edit of what is gone elsewhere is seen until that is settled",
      undefined,
      [edit(task)],
      "Edited",
    ],
  ])("%s", (_, known, mutations, title) => {
    expect(seenTask(known, mutations)?.title).toBe(title);
  });

  test("[T-16] a day that is cleared takes its time along", () => {
    const timed = makeTask({ due_date: "2026-12-01", due_time: "09:00", time_zone: "UTC" });
    const cleared: Mutation = { id: uuidv7(), ...editOf(timed, { due_date: null }) };
    expect(seenTask(timed, [cleared])).toMatchObject({
      due_date: null,
      due_time: null,
      time_zone: null,
    });
  });
});

test("the higher version stays, whichever comes last", () => {
  const task = makeTask({ title: "Version 2", version: 2 });
  const { replica, told } = counted(task);
  replica.merge([knownTask({ ...task, title: "Version 1", version: 1 })]);
  replica.merge([knownTask({ ...task })]);
  expect([titles(replica), told()]).toEqual([["Version 2"], 0]);
  replica.merge([{ id: task.id, version: 3, task: null }]);
  expect([titles(replica), told()]).toEqual([[], 1]);
  expect(replica.lastKnown(task.id)).toBeUndefined();
  replica.merge([knownTask(task)]);
  expect(titles(replica)).toEqual([]);
});

test("a task that did not change is the same object, however much else does", () => {
  const [calm, busy] = [makeTask({ title: "Calm" }), makeTask({ title: "Busy" })];
  const { replica } = counted(calm, busy);
  replica.merge([knownTask({ ...busy, version: 2 })]);
  replica.setMutations(new Map([[busy.id, [edit(busy)]]]));
  replica.replace([knownTask({ ...calm }), knownTask({ ...busy, version: 2 })]);
  expect(replica.state().tasks.find(({ id }) => id === calm.id)).toBe(calm);
});

test("the trash is as the server has it, the newest deletion first", () => {
  const [old, recent] = ["2026-11-20", "2026-11-24"].map((day) =>
    makeTask({ title: day, deleted_at: `${day}T10:00:00.000Z` }),
  );
  const task = makeTask();
  const { replica, told } = counted(...[old, recent, task].filter((one) => one !== undefined));
  const trash = () => replica.state().trash.map(({ title }) => title);
  expect(trash()).toEqual(["2026-11-24", "2026-11-20"]);
  const before = replica.state().trash;
  replica.setMutations(new Map([[task.id, [removal(task)]]]));
  // What is not sent yet may still be undone.
  expect([titles(replica), trash(), told()]).toEqual([[], before.map(({ title }) => title), 1]);
  expect(replica.state().trash).toBe(before);
});

test("mutations that go leave the task as the server has it", () => {
  const task = makeTask();
  const { replica, told } = counted(task);
  const queue = [edit(task)];
  replica.setMutations(new Map([[task.id, queue]]));
  replica.setMutations(new Map([[task.id, queue]]));
  expect([titles(replica), told()]).toEqual([["Edited"], 1]);
  replica.setMutations(new Map());
  expect([titles(replica), told()]).toEqual([["Pay rent"], 2]);
});

test("a reading anew replaces all, also by lower versions, and drops what is not there", () => {
  const [task, other] = [makeTask({ version: 9 }), makeTask({ title: "Not there" })];
  const { replica } = counted(task, other);
  replica.replace([knownTask({ ...task, title: "After a restore", version: 2 })]);
  expect(titles(replica)).toEqual(["After a restore"]);
});

test("one that is closed shows nothing, whatever comes, and knows no task", () => {
  const task = makeTask();
  const { replica, told } = counted(task, makeTask({ deleted_at: "2026-11-25T10:00:00.000Z" }));
  const unsent = new Map([["x", [mutation("create", makeTask({ id: "x" }))]]]);
  replica.setMutations(unsent);
  const before = told();
  replica.close();
  expect(told()).toBeGreaterThan(before);
  replica.merge([knownTask(makeTask())]);
  replica.replace([knownTask(makeTask())]);
  replica.setMutations(unsent);
  expect(replica.state()).toEqual({ tasks: [], trash: [] });
  expect(replica.lastKnown(task.id)).toBeUndefined();
});
