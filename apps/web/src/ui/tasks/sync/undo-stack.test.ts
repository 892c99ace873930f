import { expect, test } from "vitest";
import { UndoStack } from "./undo-stack.ts";

function makeStack(...ids: readonly string[]) {
  const stack = new UndoStack();
  const undone: string[] = [];
  for (const id of ids) stack.push({ id, run: () => undone.push(id) });
  return { stack, undone };
}

test("takes back the last deed, then the one before, each once", () => {
  const { stack, undone } = makeStack("a", "b", "c");
  expect(stack.undo()?.id).toBe("c");
  expect(stack.undo("c")).toBeUndefined();
  expect(stack.undo("a")?.id).toBe("a");
  expect(stack.undo()?.id).toBe("b");
  expect(stack.undo()).toBeUndefined();
  expect(undone).toEqual(["c", "a", "b"]);
});

test("takes nothing back that was removed", () => {
  const { stack, undone } = makeStack("a", "b");
  stack.remove("b");
  expect(stack.undo("b")).toBeUndefined();
  expect(stack.undo()?.id).toBe("a");
  expect(undone).toEqual(["a"]);
});

test("takes back the last fifty", () => {
  const ids = Array.from({ length: 60 }, (_, index) => String(index));
  const { stack, undone } = makeStack(...ids);
  while (stack.undo());
  expect(undone).toEqual(ids.slice(10).reverse());
});
