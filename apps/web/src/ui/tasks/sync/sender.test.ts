import type { BatchResult, Task } from "@tend/contracts";
import { UnreachableError } from "@tend/contracts/client";
import { describe, expect, test, vi } from "vitest";
import { makeApiError, makeTask } from "#ui/tasks/testing.ts";
import { editOf, type Mutation, nextRequest, type SyncRequest } from "./mutation.ts";
import { type SenderApi, send } from "./sender.ts";

const task = makeTask({ id: "a", version: 3 });
const answer = makeTask({ id: "a", version: 4 });

/** An API that answers each call with the same, and writes down what it was asked. */
function makeApi(given: { body?: unknown; error?: unknown; read?: unknown } = {}) {
  const calls: unknown[] = [];
  const method =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      if (name === "getTask") {
        if (given.read instanceof Error) throw given.read;
        return { status: 200, body: given.read, headers: new Headers() };
      }
      if (given.error) throw given.error;
      return { status: 200, body: "body" in given ? given.body : answer, headers: new Headers() };
    };
  const names = [
    "createTask",
    "updateTask",
    "completeTask",
    "deleteTask",
    "restoreTask",
    "batchTasks",
    "getTask",
  ] as const;
  // The cast holds as far as these tests go: each method answers with a task, or with what is given.
  const api = Object.fromEntries(names.map((name) => [name, method(name)])) as unknown as SenderApi;
  return { api, calls };
}

const queues: Record<SyncRequest["do"], Mutation> = {
  create: { id: "1", kind: "create", task },
  update: { id: "2", ...editOf(task, { title: "Mine" }) },
  complete: { id: "3", ...editOf(task, { completed: true }) },
  delete: { id: "4", kind: "delete", task, send_at: 0 },
  restore: { id: "5", kind: "restore", task },
};

function requestOf(does: SyncRequest["do"]): SyncRequest {
  const request = nextRequest([queues[does]], ({ kind }) => kind === "delete");
  if (request?.do !== does) throw new Error(`Not ${does}`);
  return request;
}

const requests = (...ids: readonly string[]) => new Map(ids.map((id) => [id, requestOf("delete")]));
const sendOne = async (api: SenderApi, does: SyncRequest["do"]) =>
  (await send(api, new Map([["a", requestOf(does)]]))).get("a");

describe("a request", () => {
  const params = { id: "a" };
  test.each([
    ["create", "createTask", { body: expect.objectContaining({ id: "a", title: "Pay rent" }) }],
    ["update", "updateTask", { params, body: { title: "Mine" }, headers: { if_match: '"3"' } }],
    ["complete", "completeTask", { params, body: { completed: true } }],
    ["delete", "deleteTask", { params }],
    ["restore", "restoreTask", { params }],
  ] as const)("to %s is its call, and answers with the task", async (does, name, given) => {
    const { api, calls } = makeApi();
    expect(await sendOne(api, does)).toEqual({ is: "done", task: answer });
    expect(calls).toEqual([[name, given, {}]]);
  });

  test("that overwrites has no condition", async () => {
    const { api, calls } = makeApi();
    const request = requestOf("update");
    if (request.do !== "update") throw new Error("Not an update");
    await send(api, new Map([["a", { ...request, before: undefined }]]));
    expect(calls).toMatchObject([["updateTask", { headers: { if_match: undefined } }, {}]]);
  });

  test("without an answer of its own has no task: 204", async () => {
    const { api } = makeApi({ body: undefined });
    expect(await sendOne(api, "delete")).toEqual({ is: "done", task: undefined });
  });

  test("outlives the page where it is told to", async () => {
    const { api, calls } = makeApi({ body: { results: [] } });
    await send(api, requests("a"), { keepalive: true });
    await send(api, requests("a", "b"), { keepalive: true });
    expect(calls).toMatchObject([
      ["deleteTask", {}, { keepalive: true }],
      ["batchTasks", {}, { keepalive: true }],
    ]);
  });

  test.each([
    [new UnreachableError(new Error("down")), "trouble"],
    [makeApiError(503, "overloaded"), "trouble"],
    [makeApiError(401, "no_session"), "signed out"],
    [makeApiError(404, "task_not_found"), "missing"],
    [makeApiError(412, "precondition_failed", { task }), "changed"],
    [makeApiError(422, "quota_exceeded"), "full"],
    [makeApiError(422, "validation_failed"), "refused"],
  ])("that fails by %s is %s", async (error, is) => {
    const { api } = makeApi({ error });
    for (const does of ["create", "update", "complete", "delete", "restore"] as const) {
      expect(await sendOne(api, does)).toMatchObject({ is });
    }
  });

  test("that meets a defect is broken, and the defect is logged", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const error = new TypeError("undefined is not a function");
    expect(await sendOne(makeApi({ error }).api, "create")).toMatchObject({ is: "broken" });
    expect(log).toHaveBeenCalledWith(error);
    log.mockRestore();
  });
});

describe("a create whose id is there", () => {
  const error = makeApiError(409, "id_already_used");
  test.each([
    ["answers with the task as it is now", answer, { is: "done", task: answer }],
    [
      "is missing where that is in the trash",
      makeApiError(404, "task_not_found"),
      { is: "missing" },
    ],
    ["is in trouble where it cannot be read", makeApiError(503, "overloaded"), { is: "trouble" }],
  ])("%s", async (_, read: Task | Error, expected) => {
    const { api, calls } = makeApi({ error, read });
    expect(await sendOne(api, "create")).toMatchObject(expected);
    expect(calls).toMatchObject([
      ["createTask", {}, {}],
      ["getTask", { params: { id: "a" } }],
    ]);
  });
});

describe("several deletes", () => {
  test("are one batch, each with its own result", async () => {
    const { problem } = makeApiError(429, "too_many_requests");
    const gone = makeApiError(404, "task_not_found").problem;
    const results: BatchResult[] = [
      { status: 204 },
      { status: 404, problem: gone },
      { status: 429, problem },
    ];
    const { api, calls } = makeApi({ body: { results } });
    const replies = await send(api, requests("a", "b", "c", "d"));
    expect(calls).toEqual([
      [
        "batchTasks",
        {
          body: {
            operations: ["a", "b", "c", "d"].map((id) => ({ operation: "delete", id })),
            atomic: false,
          },
        },
        {},
      ],
    ]);
    expect([...replies].map(([id, { is }]) => [id, is])).toEqual([
      ["a", "done"],
      ["b", "missing"],
      ["c", "trouble"],
      // An answer that is too short says nothing of the rest.
      ["d", "trouble"],
    ]);
  });

  test("share the failure of their batch", async () => {
    const { api } = makeApi({ error: makeApiError(503, "overloaded") });
    const replies = [...(await send(api, requests("a", "b"))).values()];
    expect(replies.map(({ is }) => is)).toEqual(["trouble", "trouble"]);
  });
});

test("nothing asks nothing", async () => {
  const { api, calls } = makeApi();
  expect((await send(api, new Map())).size).toBe(0);
  expect(calls).toEqual([]);
});
