import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { notYet } from "./mutation.ts";
import { upgradeTask } from "./stored-task.ts";

const stored = (created_at: string) => {
  const { position: _, ...old } = makeTask({ created_at });
  return upgradeTask(old).position;
};

test("a task from before there were positions lies as it was made, the newest first (T-18)", () => {
  const [older, newer, unsent] = [
    stored("2026-01-24T09:30:00.000Z"),
    stored("2026-01-24T09:30:00.001Z"),
    stored(notYet),
  ];
  expect(newer < older).toBe(true);
  // A task made offline has no date yet; tasks made from now on still come above it.
  expect(unsent.slice(0, 2)).toBe("fe");
});

test("a task keeps the position that it has", () => {
  expect(upgradeTask(makeTask({ position: "hzz" })).position).toBe("hzz");
});
