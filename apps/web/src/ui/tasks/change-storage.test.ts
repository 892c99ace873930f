import { expect, test } from "vitest";
import type { Change } from "./change.ts";
import { createChangeStorage } from "./change-storage.ts";
import { makeStorage, makeTask } from "./testing.ts";

const change = (id: string): Change => ({ id, kind: "create", task: makeTask() });

test("changes come back in the order of their making, whatever the order of writing", () => {
  const storage = createChangeStorage(makeStorage(), "ada");
  const made = [change("1"), change("2"), change("3")];
  for (const one of made.toReversed()) storage.write(one);
  expect(storage.read()).toEqual(made);
  storage.remove("2");
  expect(storage.read().map(({ id }) => id)).toEqual(["1", "3"]);
});

test("a change of the version before, whose task lacks the newer fields, is read", () => {
  const local = makeStorage();
  const { version, deleted_at, ...task } = makeTask();
  local.setItem("tend:change:ada:1", JSON.stringify({ id: "1", kind: "create", task }));
  expect(createChangeStorage(local, "ada").read()).toEqual([
    { id: "1", kind: "create", task: { ...task, version: 1, deleted_at: null } },
  ]);
});

test("two tabs of one user share their changes; another user sees none", () => {
  const local = makeStorage();
  createChangeStorage(local, "ada").write(change("1"));
  createChangeStorage(local, "ada").write(change("2"));
  expect(createChangeStorage(local, "ada").read()).toHaveLength(2);
  expect(createChangeStorage(local, "grace").read()).toEqual([]);
});

test("what cannot be read is left out and left alone", () => {
  const local = makeStorage();
  const key = "tend:change:ada:1";
  for (const text of ["{", "null", "[]", '{"id":"1","kind":"burn","task":{}}']) {
    local.setItem(key, text);
    expect(createChangeStorage(local, "ada").read()).toEqual([]);
    expect(local.getItem(key)).toBe(text);
  }
});

test("says so when there is no room or no storage", () => {
  expect(createChangeStorage(makeStorage(10), "ada").write(change("1"))).toBe(false);
  expect(createChangeStorage(undefined, "ada").write(change("1"))).toBe(false);
});

test("knows its own keys", () => {
  const storage = createChangeStorage(makeStorage(), "ada");
  expect(storage.owns("tend:change:ada:1")).toBe(true);
  expect(storage.owns(null)).toBe(true);
  expect(storage.owns("tend:change:grace:1")).toBe(false);
});
