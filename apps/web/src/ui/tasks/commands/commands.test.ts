import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import type { CommandContext } from "./command.ts";
import { type CommandName, commandList, commands, isOffered } from "./commands.ts";
import { makeCommandContext } from "./testing.ts";

const subject = makeTask({ title: "Pay rent" });
const { filters } = makeCommandContext().context;

beforeEach(() => {
  vi.stubGlobal("HTMLButtonElement", class {});
  vi.stubGlobal("document", { activeElement: null, querySelectorAll: () => [] });
});
afterEach(() => vi.unstubAllGlobals());

describe("a command", () => {
  const calls: Readonly<Record<CommandName, readonly unknown[][]>> = {
    addTask: [["beginToAdd"]],
    completeTask: [["tick", subject, true]],
    editTask: [["open", subject]],
    deleteTask: [["remove", subject]],
    moveTaskUp: [["move", subject, -1]],
    moveTaskDown: [["move", subject, 1]],
    undo: [["undoLast"]],
    // The next four commands move the focus, and call nothing of the board.
    nextTask: [],
    previousTask: [],
    firstTask: [],
    lastTask: [],
    showAll: [["changeFilters", { ...filters, status: "all" }]],
    showPending: [["changeFilters", { ...filters, status: "pending" }]],
    showCompleted: [["changeFilters", { ...filters, status: "completed" }]],
    showTrash: [["changeFilters", { ...filters, status: "trashed" }]],
    search: [["focusSearch"]],
    searchLongList: [["searchLongList"]],
    filter: [["toggleFilters"]],
    openPalette: [["show", "palette"]],
    openHelp: [["show", "help"]],
  };

  test.each(commandList)("%s does it once", (name, command) => {
    const { context, done } = makeCommandContext({ subject });
    expect(isOffered(command, context)).toBe(true);
    expect(command.run(context)).not.toBe(false);
    expect(done).toEqual(calls[name]);
  });

  test("completes what is open and reopens what is done", () => {
    const { context, done } = makeCommandContext();
    const completed = { ...subject, completed: true };
    commands.completeTask.run({ ...context, subject: completed });
    expect(done).toEqual([["tick", completed, false]]);
  });

  test("on a task is not to be had where none has the focus, and all others are", () => {
    const { context } = makeCommandContext();
    const missing = commandList.filter(([, command]) => !isOffered(command, context));
    expect(missing.map(([name]) => name)).toEqual([
      "completeTask",
      "editTask",
      "deleteTask",
      "moveTaskUp",
      "moveTaskDown",
    ]);
  });
});

test("the menu of a row moves its task in the order by hand alone", () => {
  const itemsIn = (byHand: CommandContext["byHand"]) => {
    const { context } = makeCommandContext({ subject, byHand });
    return commandList.flatMap(([, { menu }]) =>
      menu && isOffered(menu, context) ? [menu.text] : [],
    );
  };
  const always = ["Edit task", "Delete task"];
  expect(itemsIn(undefined)).toEqual(always);
  expect(itemsIn({ is: "loading" })).toEqual([...always, "Move up", "Move down"]);
  expect(itemsIn({ is: "failed" })).toEqual(always);
});

describe("keys that are also somebody else's", () => {
  test("Enter on a button is the button's", () => {
    const { context, done } = makeCommandContext({ subject });
    const press = { key: "Enter", repeat: false, target: new HTMLButtonElement() };
    expect(commands.editTask.run(context, press)).toBe(false);
    expect(done).toEqual([]);
  });

  test("outside the list, arrows, Home and End scroll", () => {
    const { context, done } = makeCommandContext();
    for (const [command, key] of [
      [commands.nextTask, "ArrowDown"],
      [commands.firstTask, "Home"],
      [commands.lastTask, "End"],
    ] as const) {
      expect(command.run(context, { key, repeat: false, target: null })).toBe(false);
    }
    expect(done).toEqual([]);
  });

  test("a search of the page is the browser's where all is drawn, and on the second press", () => {
    const { context } = makeCommandContext();
    expect(isOffered(commands.searchLongList, context)).toBe(true);
    expect(isOffered(commands.searchLongList, { ...context, isLong: false })).toBe(false);
    expect(commands.searchLongList.run({ ...context, searchLongList: () => false })).toBe(false);
  });
});
