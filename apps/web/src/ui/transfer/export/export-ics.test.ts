import type { Task } from "@tend/contracts";
import fc from "fast-check";
import ICAL from "ical.js";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { anyTasks, exportedText } from "../testing.ts";
import { file } from "./export-ics.ts";

/** The to-dos of the file, as another program reads it. */
async function todosOf(tasks: readonly Task[]) {
  const calendar = new ICAL.Component(ICAL.parse(await exportedText(file, tasks)));
  return calendar.getAllSubcomponents("vtodo");
}

/** The value of a property, as text. */
const textOfProperty = (todo: ICAL.Component | undefined, name: string): string | undefined =>
  todo?.getFirstPropertyValue(name)?.toString();

const written = async (fields: Partial<Task>) => (await todosOf([makeTask(fields)]))[0];

test("[X-2] a task as a to-do", async () => {
  const todo = await written({
    id: "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
    title: "Milk; eggs, and \\ bread",
    description: "Two\nlines",
    tags: ["home", "a;b"],
    priority: "high",
    completed: true,
    updated_at: "2026-11-25T08:00:00.123Z",
  });
  expect(textOfProperty(todo, "uid")).toBe("0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47");
  expect(textOfProperty(todo, "summary")).toBe("Milk; eggs, and \\ bread");
  expect(textOfProperty(todo, "description")).toBe("Two\nlines");
  expect(todo?.getFirstProperty("categories")?.getValues()).toEqual(["home", "a;b"]);
  expect(textOfProperty(todo, "priority")).toBe("1");
  expect(textOfProperty(todo, "status")).toBe("COMPLETED");
  expect(textOfProperty(todo, "completed")).toBe("2026-11-25T08:00:00Z");
  expect(textOfProperty(todo, "created")).toBe("2026-11-24T09:30:00Z");
  expect(textOfProperty(todo, "last-modified")).toBe("2026-11-25T08:00:00Z");
  expect(textOfProperty(todo, "dtstamp")).toBe("2026-11-21T10:00:00Z");
});

test("[X-2] what a task does not have is left out", async () => {
  const todo = await written({});
  for (const name of ["description", "due", "priority", "categories", "completed"]) {
    expect(todo?.hasProperty(name), name).toBe(false);
  }
  expect(textOfProperty(todo, "status")).toBe("NEEDS-ACTION");
});

test.each([
  [{ due_date: "2026-12-01" }, "2026-12-01", true],
  [{ due_date: "2026-12-01", due_time: "09:30" }, "2026-12-01T09:30:00", false],
  [
    { due_date: "2026-12-01", due_time: "09:30", time_zone: "Europe/Berlin" },
    "2026-12-01T08:30:00Z",
    false,
  ],
  // The time lies, in UTC, outside the years that a calendar can write.
  [
    { due_date: "9999-12-31", due_time: "23:30", time_zone: "America/New_York" },
    "9999-12-31T23:30:00",
    false,
  ],
])("[X-2] due %j", async (fields, expected, isDate) => {
  const value = (await written(fields))?.getFirstPropertyValue("due");
  expect(value?.toString()).toBe(expected);
  expect(value instanceof ICAL.Time && value.isDate).toBe(isDate);
});

test.each([
  ["low", "9"],
  ["medium", "5"],
  ["high", "1"],
] as const)("[X-2] the priority %s is %s", async (priority, expected) => {
  expect(textOfProperty(await written({ priority }), "priority")).toBe(expected);
});

test("[X-2] no line is longer than 75 octets, none tears a letter, and all text comes back", () =>
  fc.assert(
    fc.asyncProperty(anyTasks, async (tasks) => {
      const text = await exportedText(file, tasks);
      for (const line of text.split("\r\n")) {
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
        expect(line.isWellFormed()).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
        expect(line).not.toMatch(/[\0-\x08\x0a-\x1f\x7f]/);
      }
      const kept = (given: string | null) =>
        // biome-ignore lint/suspicious/noControlCharactersInRegex: a calendar cannot hold these.
        (given ?? "").replace(/\r\n?/g, "\n").replace(/[\0-\x08\x0b-\x1f\x7f]/g, "");
      const todos = await todosOf(tasks);
      expect(
        todos.map((todo) => [
          textOfProperty(todo, "uid"),
          textOfProperty(todo, "summary"),
          textOfProperty(todo, "description") ?? "",
          todo.getFirstProperty("categories")?.getValues() ?? [],
        ]),
      ).toEqual(
        tasks.map(({ id, title, description, tags }) => [id, kept(title), kept(description), tags]),
      );
    }),
  ));
