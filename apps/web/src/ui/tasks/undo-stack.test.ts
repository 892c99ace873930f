import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UndoStack } from "./undo-stack.ts";

beforeEach(() => vi.useFakeTimers({ now: 1000 }));
afterEach(() => vi.useRealTimers());

function makeStack() {
  const stack = new UndoStack();
  const undone: string[] = [];
  const push = (id: string, until = 9000) => stack.push({ id, until, run: () => undone.push(id) });
  return { stack, undone, push };
}

test("takes back the last deed, then the one before, each once", () => {
  const { stack, undone, push } = makeStack();
  for (const id of ["a", "b", "c"]) push(id);
  expect(stack.undo()?.id).toBe("c");
  expect(stack.undo("c")).toBeUndefined();
  expect(stack.undo("a")?.id).toBe("a");
  expect(stack.undo()?.id).toBe("b");
  expect(stack.undo()).toBeUndefined();
  expect(undone).toEqual(["c", "a", "b"]);
});

test("takes nothing back once its time is over", () => {
  const { stack, undone, push } = makeStack();
  push("a");
  vi.setSystemTime(9000);
  expect(stack.undo("a")).toBeUndefined();
  expect(undone).toEqual([]);
});
