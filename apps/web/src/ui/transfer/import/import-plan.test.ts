import type { Task } from "@tend/contracts";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import type { Entry } from "./import-check.ts";
import { jobsOf, planImport } from "./import-plan.ts";

const trashed = "2026-11-20T10:00:00.000Z";
const entry = (task: Partial<Task> & { id: string }, isTrashed = false): Entry => ({
  place: `Task ${task.id}`,
  task: { title: "Pay rent", ...task },
  trashed: isTrashed,
});

const present = [
  makeTask({ id: "same", tags: ["home"] }),
  makeTask({ id: "other", title: "Pay the rent", version: 4 }),
  makeTask({ id: "gone", deleted_at: trashed, version: 7 }),
  makeTask({ id: "gone too", deleted_at: trashed }),
  makeTask({ id: "to go", version: 2 }),
  makeTask({ id: "other, gone", title: "Pay the rent", deleted_at: trashed, version: 3 }),
];
const entries = [
  entry({ id: "new" }),
  entry({ id: "new, gone" }, true),
  entry({ id: "same", tags: ["home"], completed: false }),
  entry({ id: "other" }),
  entry({ id: "gone" }),
  entry({ id: "gone too" }, true),
  entry({ id: "to go" }, true),
  entry({ id: "other, gone" }, true),
];
const plan = planImport(entries, present);
const ids = (list: readonly { entry: Entry }[]) => list.map((one) => one.entry.task.id);

test("[X-3] new, the same, different, in the trash", () => {
  expect(plan.fresh.map(({ task }) => task.id)).toEqual(["new", "new, gone"]);
  expect(plan.same).toBe(2);
  expect(ids(plan.different)).toEqual(["other", "to go"]);
  expect(ids(plan.inTrash)).toEqual(["gone", "other, gone"]);
});

test("[X-3] a field that the file does not name is no difference", () => {
  const full = makeTask({ id: "full", title: "A", priority: "high", due_date: "2026-12-01" });
  expect(planImport([entry({ id: "full", title: "A" })], [full]).same).toBe(1);
});

test("[X-3] only new tasks are sent, those in the trash with their way there", () => {
  expect(jobsOf(plan, false).map(({ operations }) => operations)).toEqual([
    [{ operation: "create", task: { id: "new", title: "Pay rent" } }],
    [
      { operation: "create", task: { id: "new, gone", title: "Pay rent" } },
      { operation: "delete", id: "new, gone" },
    ],
  ]);
});

test("[X-3] the file's version replaces what was seen, and nothing newer", () => {
  const change = { title: "Pay rent" };
  expect(
    jobsOf(plan, true)
      .slice(2)
      .map(({ operations }) => operations),
  ).toEqual([
    [{ operation: "update", id: "other", change, version: 4 }],
    [{ operation: "delete", id: "to go", version: 2 }],
    [{ operation: "restore", id: "gone", version: 7 }],
    [
      { operation: "restore", id: "other, gone", version: 3 },
      { operation: "update", id: "other, gone", change, version: 4 },
      { operation: "delete", id: "other, gone", version: 5 },
    ],
  ]);
});
