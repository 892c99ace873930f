import type { Task } from "@tend/contracts";
import { positionAt } from "@tend/contracts/fractional-index-at";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import type { Entry } from "./import-check.ts";
import { jobsOf, planImport } from "./import-plan.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
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

test.each([
  ["line ends", "One\r\ntwo\rthree", "One\ntwo\nthree"],
  ["the form of its letters", "Cafe\u0301", "Café"],
])("[X-3] %s make no difference", (_, inFile, here) => {
  const full = makeTask({ id: "full", title: here, description: here, tags: ["Café"] });
  const fromFile = { id: "full", title: inFile, description: inFile, tags: ["Cafe\u0301"] };
  expect(planImport([entry(fromFile)], [full]).same).toBe(1);
  expect(planImport([entry({ ...fromFile, title: `${inFile}!` })], [full]).same).toBe(0);
});

const operationsOf = (replace: boolean) =>
  jobsOf(plan, replace, now).map(({ operations }) => operations);

test("[X-3] only new tasks are sent, those in the trash with their way there", () => {
  const position = expect.stringMatching(/^[0-9a-z]+$/);
  expect(operationsOf(false).toReversed()).toEqual([
    [{ operation: "create", task: { id: "new", title: "Pay rent", position } }],
    [
      { operation: "create", task: { id: "new, gone", title: "Pay rent", position } },
      { operation: "delete", id: "new, gone" },
    ],
  ]);
});

test("[X-3] what stands first in the file is made last and lies on top, also of what was there", () => {
  const rows = Array.from({ length: 205 }, (_, index) => entry({ id: String(index) }));
  const sent = jobsOf(planImport(rows, []), false, now).flatMap(({ operations }) =>
    operations.flatMap((each) => (each.operation === "create" ? each.task : [])),
  );
  const ids = rows.map(({ task }) => task.id);
  expect(sent.toReversed().map(({ id }) => id)).toEqual(ids);
  const byHand = [...sent, { id: "before", position: positionAt(now) }].toSorted((a, b) =>
    (a.position ?? "") < (b.position ?? "") ? -1 : 1,
  );
  expect(byHand.map(({ id }) => id)).toEqual([...ids, "before"]);
});

test("[X-3] where the file names a place, it is kept", () => {
  const [job] = jobsOf(planImport([entry({ id: "a", position: "i" })], []), false, now);
  expect(job?.operations).toMatchObject([{ task: { position: "i" } }]);
});

test("[X-3] the file's version replaces what was seen, and nothing newer", () => {
  const change = { title: "Pay rent" };
  expect(operationsOf(true).toReversed().slice(2)).toEqual([
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
