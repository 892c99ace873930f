import type { Task } from "@tend/contracts";
import type { Client, RequestOptions } from "@tend/contracts/client";
import { etagOf } from "@tend/contracts/etag";
import { readFailure, readResult } from "#ui/api/failure.ts";
import type { Requests, SyncRequest } from "./mutation.ts";
import type { Reply } from "./outcome.ts";

/** The calls by which mutations reach the server. */
export type SenderApi = Pick<
  Client,
  | "createTask"
  | "updateTask"
  | "completeTask"
  | "deleteTask"
  | "restoreTask"
  | "batchTasks"
  | "getTask"
>;

/** Sends requests, several deletes as one batch. Never rejects: what is thrown is a failure. */
export async function send(
  api: SenderApi,
  requests: Requests,
  options: RequestOptions = {},
): Promise<ReadonlyMap<string, Reply>> {
  const ids = [...requests.keys()];
  const [first, second] = requests;
  if (!first) return new Map();
  if (!second) return new Map([[first[0], await sendOne(api, ...first, options)]]);
  try {
    const operations = ids.map((id) => ({ operation: "delete" as const, id }));
    const { body } = await api.batchTasks({ body: { operations, atomic: false } }, options);
    return new Map(
      ids.map((id, index) => [id, readResult(body.results[index]) ?? done(undefined)]),
    );
  } catch (error) {
    const failure = readFailure(error);
    return new Map(ids.map((id) => [id, failure]));
  }
}

async function sendOne(
  api: SenderApi,
  id: string,
  request: SyncRequest,
  options: RequestOptions,
): Promise<Reply> {
  try {
    return done((await call(api, id, request, options)).body);
  } catch (error) {
    const failure = readFailure(error);
    // The create did arrive, since nobody else has this id.
    return request.do === "create" && failure.is === "present" ? read(api, id) : failure;
  }
}

async function read(api: SenderApi, id: string): Promise<Reply> {
  try {
    // Only a 304 has no body, and a request without If-None-Match never gets one.
    return done((await api.getTask({ params: { id } })).body ?? undefined);
  } catch (error) {
    return readFailure(error);
  }
}

const done = (task: Task | undefined): Reply => ({ is: "done", task });

function call(
  api: SenderApi,
  id: string,
  request: SyncRequest,
  options: RequestOptions,
): Promise<{ readonly body: Task | undefined }> {
  const params = { id };
  switch (request.do) {
    case "create":
      return api.createTask({ body: request.body }, options);
    case "update": {
      const headers = { if_match: request.before && etagOf(request.before) };
      return api.updateTask({ params, body: request.fields, headers }, options);
    }
    case "complete":
      return api.completeTask({ params, body: { completed: request.completed } }, options);
    case "delete":
      return api.deleteTask({ params }, options);
    case "restore":
      return api.restoreTask({ params }, options);
  }
}
