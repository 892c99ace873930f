import { expect, test } from "vitest";
import { nextPath, withNext } from "./sign-in-link.ts";

test.each(["/tasks?status=pending&q=a%20b", "/account", "/docs#task_not_found", "/", "/a//b"])(
  "leads back to %s",
  (path) => {
    expect(nextPath(path)).toBe(path);
  },
);

test.each([
  undefined,
  "",
  "tasks",
  "https://evil.example",
  "javascript:alert(1)",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "//user:secret@evil.example",
])("leads to the task list instead of %j", (path) => {
  expect(nextPath(path)).toBe("/tasks");
});

test("leads to the task list when it is given twice", () => {
  expect(nextPath(["/account", "/docs"])).toBe("/tasks");
});

test("stays in the address of the other screen", () => {
  expect(withNext("/sign-up", "/account?a=1&b=2")).toBe("/sign-up?next=%2Faccount%3Fa%3D1%26b%3D2");
  expect(withNext("/sign-in", "/tasks")).toBe("/sign-in");
});
