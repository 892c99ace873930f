import { describe, expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { editOf, type Mutation, nextRequest, type SyncRequest } from "./mutation.ts";
import { type Outcome, outcomeOf, type Reply, resolveConflict } from "./outcome.ts";

const task = makeTask({ id: "a", version: 3 });
const create: Mutation = { id: "1", kind: "create", task };
const rename = { id: "2", ...editOf(task, { title: "Mine" }) } satisfies Mutation;
const tick: Mutation = { id: "3", ...editOf(task, { completed: true }) };
const move: Mutation = { id: "4", ...editOf(task, { position: "z" }) };
const remove: Mutation = { id: "5", kind: "delete", task, send_at: 0 };
const restore: Mutation = { id: "6", kind: "restore", task };

const isDue = ({ kind }: Mutation): boolean => kind === "delete";

function requestOf(...queue: readonly Mutation[]): SyncRequest {
  const request = nextRequest(queue, isDue);
  if (!request) throw new Error("Nothing to send");
  return request;
}

function outcome(
  queue: readonly Mutation[],
  reply: Reply,
  later: readonly Mutation[] = [],
): Outcome {
  let count = 0;
  const newId = () => `new ${++count}`;
  return outcomeOf({ request: requestOf(...queue), reply, queue: [...queue, ...later], newId });
}

const queues = {
  create: [create],
  update: [rename],
  complete: [tick],
  delete: [remove],
  restore: [restore],
} satisfies Record<SyncRequest["do"], readonly Mutation[]>;

const theirs = makeTask({ id: "a", version: 4, description: "Theirs" });

/** How it goes on with the task, and what the server is known to have. */
const table = `
              | create         | update         | complete       | delete           | restore
  done        | settled, saved | settled, saved | settled, saved | settled, trashed | settled, saved
  missing     | settled, gone  | settled, gone  | settled, gone  | settled, gone    | settled, gone
  changed     | a defect       | again, saved   | a defect       | a defect         | a defect
  present     | a defect       | a defect       | a defect       | a defect         | a defect
  trouble     | delayed        | delayed        | delayed        | delayed          | delayed
  signed out  | delayed        | delayed        | delayed        | delayed          | delayed
  refused     | refused        | refused        | refused        | delayed          | refused
  full        | crowded        | refused        | refused        | delayed          | refused
  broken      | broken         | broken         | broken         | stuck            | broken`;

const replies: Record<Reply["is"], Reply> = {
  done: { is: "done", task: theirs },
  missing: { is: "missing" },
  changed: { is: "changed", task: theirs },
  present: { is: "present" },
  trouble: { is: "trouble", reason: "Down.", retryAfter: 7 },
  "signed out": { is: "signed out", reason: "Out." },
  refused: { is: "refused", reason: "No." },
  full: { is: "full", reason: "Full." },
  broken: { is: "broken", reason: "Oops." },
};

const [kinds = [], ...rows] = table
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map((cells, index) => (index === 0 ? cells.slice(1) : cells));
const cells = rows.flatMap(([reply = "", ...results]) =>
  results.map((result, index) => ({ does: kinds[index] ?? "", reply, result })),
);

test("[FR-017] 412 where the server has just what was sent is done, and sent no more", () => {
  const same = makeTask({ id: "a", version: 4, title: "Mine", description: "Theirs" });
  expect(outcome([rename], { is: "changed", task: same })).toEqual({
    acknowledgement: { is: "saved", task: same },
    forgotten: [rename],
    written: [],
    notices: [],
    next: { is: "settled" },
  });
});

test("[FR-017] 412 for what another tab has sent meanwhile is no conflict, and leaves the rest", () => {
  const again: Mutation = { id: "9", ...editOf({ ...task, title: "Mine" }, { title: "Later" }) };
  const request = requestOf(rename, again);
  const reply = { is: "changed", task: makeTask({ id: "a", version: 5, title: "Other" }) } as const;
  const newId = () => "new";
  expect(outcomeOf({ request, reply, queue: [again], newId })).toMatchObject({
    acknowledgement: { is: "saved", task: { version: 5 } },
    forgotten: [],
    next: { is: "settled" },
  });
});

test("the table has every kind of request and of reply", () => {
  expect(kinds).toEqual(Object.keys(queues));
  expect(rows.map(([reply]) => reply)).toEqual(Object.keys(replies));
});

test.each(cells)("$does, $reply: $result", ({ does, reply: is, result }) => {
  // The casts hold: the test above compares both with the keys.
  const queue = queues[does as SyncRequest["do"]];
  const given = replies[is as Reply["is"]];
  const reply: Reply =
    does === "delete" && given.is === "done" ? { is: "done", task: undefined } : given;
  if (result === "a defect") {
    expect(() => outcome(queue, reply)).toThrow("The answer does not belong to this request");
    return;
  }
  const { next, acknowledgement, forgotten } = outcome(queue, reply);
  expect([next.is, acknowledgement?.is].filter(Boolean).join(", ")).toBe(result);
  // The mutations go with an answer that settles, and stay with any other.
  expect(forgotten).toEqual(next.is === "settled" ? queue : []);
  if ("reason" in given && "reason" in next) expect(next.reason).toBe(given.reason);
});

test("of a delay is known how long the server asks for, and whether signing in helps", () => {
  expect(outcome([tick], replies.trouble).next).toMatchObject({ signedOut: false, retryAfter: 7 });
  expect(outcome([tick], replies["signed out"]).next).toMatchObject({ signedOut: true });
});

test("a repeated create takes the task as it is, also where it is in the trash by now", () => {
  const trashed = { ...theirs, deleted_at: theirs.created_at };
  expect(outcome([create], { is: "done", task: trashed }).acknowledgement).toEqual({
    is: "saved",
    task: trashed,
  });
});

test("only what a request covered is done with its answer", () => {
  expect(outcome([tick], replies.done, [restore]).forgotten).toEqual([tick]);
});

describe("a restore", () => {
  test.each([
    ["done", true],
    ["missing", false],
  ] as const)("that is %s is told", (is, back) => {
    expect(outcome([restore], replies[is]).notices).toEqual([{ is: "restored", task, back }]);
  });
});

describe("a task that is gone", () => {
  test("gets a new one for the text that was edited, with all that waits", () => {
    const { forgotten, written, notices } = outcome([rename], replies.missing, [restore, tick]);
    const rescued = { ...tick.task, id: "new 1", created_at: "9999-12-31T23:59:59.999Z" };
    expect(forgotten).toEqual([rename, restore, tick]);
    expect(written).toEqual([{ kind: "create", id: "new 2", task: rescued }]);
    expect(notices).toEqual([{ is: "rescued", task: rescued }]);
  });

  test.each([
    ["a tick", [tick]],
    ["a move", [move]],
    ["both", [tick, move]],
  ])("gets none for %s", (_, queue) => {
    expect(outcome(queue, replies.missing)).toMatchObject({
      forgotten: queue,
      written: [],
      notices: [],
    });
  });

  test("gets none where it was deleted here, too", () => {
    const waiting = { ...remove, send_at: Number.POSITIVE_INFINITY };
    expect(outcome([rename], replies.missing, [waiting])).toMatchObject({
      forgotten: [rename, waiting],
      written: [],
      notices: [],
    });
  });
});

describe("a task that was changed elsewhere", () => {
  test("in another field is asked to have that version still", () => {
    const { next } = outcome([rename], replies.changed);
    expect(next).toMatchObject({ is: "again", request: { do: "update", before: { version: 4 } } });
  });

  test("counts, too, where its version is lower, as after a restore of the database", () => {
    const { next } = outcome([rename], { is: "changed", task: { ...theirs, version: 1 } });
    expect(next).toMatchObject({
      is: "again",
      request: { before: { title: "Pay rent", version: 1 } },
    });
  });

  test("but has the version that was asked for, or none was, is a defect: nothing goes on for ever", () => {
    expect(() => outcome([rename], { is: "changed", task })).toThrow("does not belong");
    const { id, kind, fields } = rename;
    expect(() => outcome([{ id, kind, task, fields }], replies.changed)).toThrow("does not belong");
  });

  test("in the same field is a conflict, and both versions stay", () => {
    const other = { ...theirs, title: "Theirs" };
    expect(outcome([rename], { is: "changed", task: other })).toMatchObject({
      acknowledgement: { is: "saved", task: other },
      forgotten: [],
      next: { is: "conflict", conflict: { mine: { title: "Mine" }, theirs: other } },
    });
  });
});

describe("the end of a conflict", () => {
  const other = makeTask({ id: "a", version: 5, title: "Theirs" });
  const conflict = { mine: { title: "Mine" }, theirs: other };
  const resolve = (chosen: { title?: string }, ...queue: readonly Mutation[]) =>
    resolveConflict(conflict, queue, chosen, () => "new");

  test("sends what was chosen, and the fields that were not in question", () => {
    expect(resolve({ title: "Mine" }, rename, tick)).toEqual({
      forgotten: [rename, tick],
      written: [{ id: "new", ...editOf(other, { completed: true, title: "Mine" }) }],
    });
  });

  test("sends nothing where the server has it all", () => {
    expect(resolve({}, rename)).toEqual({ forgotten: [rename], written: [] });
  });
});
