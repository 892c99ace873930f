import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { Backlog } from "./backlog.ts";
import type { Mutation } from "./mutation.ts";
import type { Next } from "./outcome.ts";
import { schedule } from "./schedule.ts";

type Kind = Mutation["kind"];

/** A queue in words: "a: create set" has two mutations of the task a, `later` a delete to undo. */
type Words = `${string}: ${string}`;

let ids = 0;

function mutationOf(id: string, word: string): Mutation {
  const base = { id: String(ids++).padStart(6, "0"), task: makeTask({ id }) };
  if (word === "set") return { ...base, kind: "set", fields: { completed: true } };
  if (word === "later") return { ...base, kind: "delete", send_at: Date.now() + 5000 };
  if (word === "delete") return { ...base, kind: "delete", send_at: 0 };
  return { ...base, kind: word as Exclude<Kind, "set" | "delete"> };
}

interface Case {
  readonly queues: readonly Words[];
  /** Ids of tasks whose request is under way, by their lane. */
  readonly underWay?: Parameters<typeof schedule>[0]["underWay"];
  readonly refused?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly stuck?: readonly string[];
  readonly isOnline?: boolean;
}

/** What starts, as "lane: ids". */
function starts({ queues, underWay = [], isOnline = true, ...held }: Case): readonly string[] {
  const written = queues.flatMap((words) => {
    const [id = "", kinds = ""] = words.split(": ");
    return kinds.split(" ").map((word) => mutationOf(id, word));
  });
  const backlog = new Backlog({
    read: () => written,
    has: () => true,
    settle: () => {},
    hasUnstored: false,
    isLosing: false,
    reloadIfGone: async () => {},
  });
  backlog.refresh();
  for (const { taskIds } of underWay) backlog.begin(taskIds);
  const hold = (ids: readonly string[] = [], next: Next) =>
    backlog.hold(new Map(ids.map((id) => [id, { next }])));
  hold(held.refused, { is: "refused", reason: "No." });
  hold(held.stuck, { is: "stuck", reason: "Oops." });
  hold(held.conflicts, { is: "conflict", conflict: { mine: {}, theirs: makeTask() } });
  const { waiting } = backlog;
  const time = { now: 0, pausedUntil: 0, nextDue: undefined };
  return schedule({ waiting, underWay, isOnline, ...time }).starts.map(
    ({ lane, taskIds }) => `${lane}: ${taskIds.join(" ")}`,
  );
}

const cases: readonly (Case & { title: string; expected: readonly string[] })[] = [
  { title: "nothing, of nothing", queues: [], expected: [] },
  {
    title: "creates one after the other, changes side by side",
    queues: ["a: create", "b: create set", "c: set", "d: set set", "e: restore"],
    expected: ["creates: a", "changes: c", "changes: d", "changes: e"],
  },
  {
    title: "no second create beside one",
    queues: ["a: create", "b: create", "c: set"],
    underWay: [{ lane: "creates", taskIds: ["a"] }],
    expected: ["changes: c"],
  },
  {
    title: "six in all, in the order in which they were made",
    queues: ["a: set", "b: set", "c: set", "d: create", "e: set", "f: set", "g: set", "h: delete"],
    expected: ["a", "b", "c", "d", "e", "f"].map(
      (id) => `${id === "d" ? "creates" : "changes"}: ${id}`,
    ),
  },
  {
    title: "no more than are free",
    queues: ["a: set", "b: set", "c: set", "d: set", "e: set", "f: set"],
    underWay: ["a", "b", "c", "d"].map((id) => ({ lane: "changes", taskIds: [id] })),
    expected: ["changes: e", "changes: f"],
  },
  {
    title: "one at a time where the browser says that there is no network",
    queues: ["a: set", "b: set", "c: delete"],
    isOnline: false,
    expected: ["changes: a"],
  },
  {
    title: "none beside that one",
    queues: ["a: set", "b: set"],
    underWay: [{ lane: "changes", taskIds: ["a"] }],
    isOnline: false,
    expected: [],
  },
  {
    title: "due deletes as one batch, with what came before them",
    queues: ["a: delete", "b: create set delete", "c: set", "d: delete restore"],
    expected: ["changes: c", "deletes: a b d"],
  },
  {
    title: "no second batch beside one",
    queues: ["a: delete", "b: delete"],
    underWay: [{ lane: "deletes", taskIds: ["a"] }],
    expected: [],
  },
  {
    title: "no delete that can be undone, but what stands before it",
    queues: ["a: later", "b: set later", "c: create later"],
    expected: ["changes: b", "creates: c"],
  },
  {
    title: "nothing of a task that is refused or has a conflict, but its delete",
    queues: ["a: create", "b: set", "c: create delete", "d: set delete", "e: set", "f: create"],
    refused: ["a", "c"],
    conflicts: ["b", "d"],
    expected: ["changes: e", "creates: f", "deletes: c d"],
  },
  {
    title: "nothing of a task whose delete is stuck",
    queues: ["a: delete", "b: delete restore", "c: delete"],
    stuck: ["a", "b"],
    expected: ["deletes: c"],
  },
];

test.each(cases)("starts $title", ({ expected, ...given }) => {
  expect(starts(given)).toEqual(expected);
});

test("a batch holds at most 100 deletes, the first ones", () => {
  const queues = Array.from({ length: 120 }, (_, index): Words => `t${index}: delete`);
  expect(starts({ queues })).toEqual([
    `deletes: ${queues
      .slice(0, 100)
      .map((words) => words.split(":")[0])
      .join(" ")}`,
  ]);
});

describe("when to look again", () => {
  const waiting = { creates: [], changes: [mutationOf("a", "set")], deletes: [] };
  const look = (times: { now: number; pausedUntil: number; nextDue: number | undefined }) =>
    schedule({ waiting, underWay: [], isOnline: true, ...times });

  test.each([
    [
      "never, where nothing waits for its time",
      { now: 5, pausedUntil: 0, nextDue: undefined },
      1,
      undefined,
    ],
    ["when a delete is due", { now: 5, pausedUntil: 0, nextDue: 9 }, 1, 9],
    [
      "at the end of a pause, until which nothing starts",
      { now: 5, pausedUntil: 7, nextDue: 6 },
      0,
      7,
    ],
    ["and not at a pause that is over", { now: 7, pausedUntil: 7, nextDue: 9 }, 1, 9],
  ])("%s", (_, times, count, wakeAt) => {
    const { starts, ...rest } = look(times);
    expect(starts).toHaveLength(count);
    expect(rest).toEqual({ wakeAt });
  });
});
