import fc from "fast-check";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { editFromTask, faultsOfEdit, fieldsFromEdit, readEdit } from "./task-edit.ts";
import { fieldNames, showField, taskFields } from "./task-fields.ts";

const whole = makeTask({
  title: "Pay rent",
  description: "In cash\n",
  due_date: "2026-12-01",
  due_time: "09:00",
  priority: "high",
  tags: ["home", "money"],
});
const blank = makeTask();

test.each([whole, blank])("an edit in which nothing was typed says what the task says", (task) => {
  expect(task).toMatchObject(fieldsFromEdit(editFromTask(task)));
  expect(faultsOfEdit(editFromTask(task), task, () => false)).toEqual({});
});

test.each([whole, blank])("what is stored of a task or of its edit is read again", (task) => {
  for (const name of fieldNames) expect(taskFields[name].read(task[name])).toEqual(task[name]);
  const edit = editFromTask(task);
  expect(readEdit(edit, makeTask())).toEqual(edit);
});

test("of an edit that somebody damaged each field is as typed, or else as in the task", () => {
  const typed = { ...editFromTask(whole), title: "Pay", due_time: "10:00", tags: "" };
  const damages = fc.dictionary(
    fc.constantFrom(...Object.keys(typed)),
    fc.oneof(fc.integer(), fc.constant(null), fc.constant([])),
  );
  fc.assert(
    fc.property(damages, (damage) => {
      const before = editFromTask(whole);
      const expected = Object.entries(typed).map(([name, text]) => [
        name,
        name in damage ? before[name as keyof typeof before] : text,
      ]);
      expect(readEdit({ ...typed, ...damage }, whole)).toEqual(Object.fromEntries(expected));
    }),
  );
  expect(readEdit({ ...typed, priority: "huge" }, whole)).toEqual(typed);
  const year = { ...typed, due_date: "20261-12-01" };
  expect(readEdit(year, whole)).toEqual(year);
});

test("[T-16] a time goes with its day", () => {
  const edit = { ...editFromTask(whole), due_date: "" };
  expect(fieldsFromEdit(edit)).toMatchObject({ due_date: null, due_time: null });
});

test("a date or time that the browser has only a part of is to be finished", () => {
  const faults = faultsOfEdit(editFromTask(whole), whole, (name) => name.startsWith("due"));
  expect(Object.keys(faults)).toEqual(["due_date", "due_time"]);
});

test("a year that is stored already is no fault, and one that is typed so is", () => {
  const old = makeTask({ due_date: "0026-12-01" });
  expect(faultsOfEdit(editFromTask(old), old, () => false)).toEqual({});
  expect(faultsOfEdit(editFromTask(old), blank, () => false)).toHaveProperty("due_date");
});

test("a value that nobody gave is shown in words", () => {
  expect(showField("due_time", blank, null)).toBe("No time");
  expect(showField("tags", whole, null)).toBe("#home #money");
  expect(showField("priority", {}, null)).toBe("No priority");
});
