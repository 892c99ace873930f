import { describe, expect, test } from "vitest";
import { anyFields } from "#ui/tasks/model/filters.ts";
import { makeTask } from "#ui/tasks/testing.ts";
import type { CommandContext } from "./command.ts";
import { commandList } from "./commands.ts";
import { choicesFor } from "./palette-choices.ts";
import { makeCommandContext } from "./testing.ts";

const tasks = [
  makeTask({ id: "a", title: "Pay rent", completed: true }),
  makeTask({ id: "b", title: "Rent a van", description: "Undo the roof rack first" }),
];

function makeSource(part: Partial<CommandContext> = {}) {
  const done: string[] = [];
  const { context: source } = makeCommandContext({
    tasks,
    open: ({ title }) => done.push(`open ${title}`),
    changeFilters: ({ status, sort, order }) => done.push(`${status} ${sort} ${order}`),
    search: (q) => done.push(`search ${q}`),
    ...part,
  });
  return { source, done };
}

const texts = (source: CommandContext, query: string) =>
  choicesFor(source, query).map(({ text }) => text);

describe("the palette", () => {
  test("offers every action of the table that is more than a key", () => {
    const { source } = makeSource({ subject: tasks[1] });
    const named = choicesFor(source, "").map(({ id }) => id);
    for (const [name, { keyOnly }] of commandList) {
      expect([name, named.includes(name)]).toEqual([name, !keyOnly]);
    }
  });

  test("offers what is done to a task only where one had the focus, and first", () => {
    const { source } = makeSource();
    expect(texts(source, "")).not.toContain("Delete");
    expect(texts({ ...source, subject: tasks[0] }, "")[0]).toBe("Complete or reopen");
  });

  test("finds tasks by their titles alone, those to do first, and leads on to the search", () => {
    const { source, done } = makeSource();
    expect(texts(source, "RENT")).toEqual(["Rent a van", "Pay rent", "Search for “RENT”"]);
    expect(texts(source, "undo")).toEqual(["Undo"]);
    expect(texts(source, "zebra")).toEqual([]);
    expect(texts(source, "!")).toEqual([]);
    for (const { run } of choicesFor(source, "rent")) run();
    expect(done).toEqual(["open Rent a van", "open Pay rent", "search rent"]);
  });

  test("shows no more tasks than are read", () => {
    const many = Array.from({ length: 30 }, (_, number) => makeTask({ title: `Rent ${number}` }));
    const { source } = makeSource({ tasks: many });
    expect(choicesFor(source, "rent")).toHaveLength(21);
  });

  test("opens a task out of the trash's screen, which has no order to choose", () => {
    const filters = {
      status: "trashed",
      sort: "created",
      order: "desc",
      q: "",
      ...anyFields,
    } as const;
    const { source, done } = makeSource({ filters });
    expect(texts(source, "sort")).toEqual([]);
    choicesFor(source, "van")[0]?.run();
    expect(done).toEqual(["all created desc", "open Rent a van"]);
  });

  test("orders", () => {
    const { source, done } = makeSource();
    expect(texts(source, "sort hand")).toEqual(["Sort by hand"]);
    choicesFor(source, "sort due")[0]?.run();
    expect(done).toEqual(["all due_date asc"]);
  });

  test("clears filters where there are some", () => {
    const { source } = makeSource();
    expect(texts(source, "clear")).toEqual([]);
    const filters = { ...source.filters, tag: "home" };
    expect(texts({ ...source, filters }, "clear")).toEqual(["Clear filters"]);
  });
});
