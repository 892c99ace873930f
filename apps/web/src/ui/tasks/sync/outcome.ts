import type { Task } from "@tend/contracts";
import type { Failure } from "#ui/api/failure.ts";
import type { TaskFields } from "#ui/tasks/model/task-fields.ts";
import { type Conflict, conflictOf, isSame, namesOf, onTopOf } from "./conflicts.ts";
import {
  changedFields,
  coalesceEdits,
  editOf,
  type Mutation,
  notYet,
  type QueueChange,
  type SyncRequest,
} from "./mutation.ts";

/** What the server is known to have of a task. */
export type Acknowledgement =
  /** The task as the server has it; its `deleted_at` says whether it is in the trash. */
  | { readonly is: "saved"; readonly task: Task }
  /** It is in the trash: its delete was answered. */
  | { readonly is: "trashed" }
  /** It is not to be found: it was deleted elsewhere, into the trash or for good. */
  | { readonly is: "gone" };

/** What came back for one request. */
export type Reply = { readonly is: "done"; readonly task: Task | undefined } | Failure;

/** What the person is told. */
export type Notice =
  /** An edited task was deleted elsewhere: this new one holds its text. */
  | { readonly is: "rescued"; readonly task: Task }
  /** A restore has an answer; `back` is false where the task was deleted for good meanwhile. */
  | { readonly is: "restored"; readonly task: Task; readonly back: boolean };

/** Why a request waits to be sent again by itself. */
export interface Delay {
  readonly reason: string;
  readonly signedOut: boolean;
  /** The seconds that the server asks to wait. */
  readonly retryAfter: number;
}

/** How it goes on with the task. */
export type Next =
  | { readonly is: "settled" }
  /** This request is sent at once, on top of what the server has now. */
  | { readonly is: "again"; readonly request: SyncRequest }
  | ({ readonly is: "delayed" } & Delay)
  /** The server takes none of it: it waits until the person corrects it, or retries. */
  | { readonly is: "refused"; readonly reason: string }
  /** It met a defect of the page: it waits for a retry. Whether it arrived is not known. */
  | { readonly is: "broken"; readonly reason: string }
  /** The account has no room for this create, nor for any other. */
  | { readonly is: "crowded"; readonly reason: string }
  /** A delete, which no row shows, met a defect of the page: it waits for a retry of all. */
  | { readonly is: "stuck"; readonly reason: string }
  | { readonly is: "conflict"; readonly conflict: Conflict };

/** What an answer changes. */
export interface Outcome extends QueueChange {
  /** Without one, nothing new is known of the task. */
  readonly acknowledgement?: Acknowledgement;
  readonly notices: readonly Notice[];
  readonly next: Next;
}

interface Answered {
  readonly request: SyncRequest;
  readonly reply: Reply;
  /** The mutations of the task, among them those that the request covers. */
  readonly queue: readonly Mutation[];
  /** Gives the ids of what is new. */
  readonly newId: () => string;
}

/** What the answer to one request, or its failure, means for the task. */
export function outcomeOf(answered: Answered): Outcome {
  const { request, reply } = answered;
  switch (reply.is) {
    case "done":
      return settled(request, reply.task ? { is: "saved", task: reply.task } : { is: "trashed" });
    case "missing":
      return missing(answered);
    case "changed":
      return changed(answered, reply.task);
    case "trouble":
      return stopped({ ...reply, is: "delayed", signedOut: false });
    case "signed out":
      return stopped({ ...reply, is: "delayed", signedOut: true, retryAfter: 0 });
    case "broken":
      return brokenOutcome(request.do === "delete", reply.reason);
    case "full":
      if (request.do === "create") return stopped({ ...reply, is: "crowded" });
      return refused(request, reply.reason);
    case "refused":
      return refused(request, reply.reason);
    case "present":
      throw contradiction(request);
  }
}

/** What a defect of the page means, which would only happen again. */
export const brokenOutcome = (isDelete: boolean, reason: string): Outcome =>
  stopped({ is: isDelete ? "stuck" : "broken", reason });

/** The mutations that end a conflict: the chosen values, the server's for other conflicting ones. */
export function resolveConflict(
  { mine, theirs }: Conflict,
  queue: readonly Mutation[],
  chosen: TaskFields,
  newId: () => string,
): QueueChange {
  const { fields, covers } = coalesceEdits(queue);
  const undecided = Object.entries(fields).filter(([name]) => !(name in mine));
  const left = changedFields(theirs, { ...Object.fromEntries(undecided), ...chosen });
  const isNothing = Object.keys(left).length === 0;
  return {
    forgotten: covers,
    written: isNothing ? [] : [{ id: newId(), ...editOf(theirs, left) }],
  };
}

const stopped = (next: Next): Outcome => ({
  forgotten: [],
  written: [],
  notices: [],
  next,
});

// A refused delete has nothing to correct: it is tried again, ever more rarely.
const refused = (request: SyncRequest, reason: string): Outcome =>
  stopped(
    request.do === "delete"
      ? { is: "delayed", reason, signedOut: false, retryAfter: 0 }
      : { is: "refused", reason },
  );

function settled(request: SyncRequest, acknowledgement: Acknowledgement): Outcome {
  const back = acknowledgement.is === "saved";
  const restored = request.do === "restore" ? request.covers : [];
  return {
    acknowledgement,
    forgotten: request.covers,
    written: [],
    notices: restored.map(({ task }) => ({ is: "restored", task, back })),
    next: { is: "settled" },
  };
}

/** A task that is gone: its mutations are done, but a text that was edited gets a new task. */
function missing({ request, queue, newId }: Answered): Outcome {
  const plain = settled(request, { is: "gone" });
  if (request.do !== "update" || Object.keys(request.fields).every(isMoot)) return plain;
  const last = queue.findLast(({ kind }) => kind === "set");
  if (!last || queue.some(({ kind }) => kind === "delete")) return { ...plain, forgotten: queue };
  const task = { ...last.task, id: newId(), created_at: notYet };
  return {
    ...plain,
    forgotten: queue,
    written: [{ kind: "create", id: newId(), task }],
    notices: [{ is: "rescued", task }],
  };
}

/** Whether a field is not worth a new task. */
const isMoot = (name: string): boolean => name === "completed" || name === "position";

/**
 * A task changed elsewhere: in other fields, the edit is sent again; else the person chooses. What
 * another tab has sent meanwhile, or this one with an answer that was lost, is done.
 */
function changed({ request, queue }: Answered, theirs: Task): Outcome {
  if (request.do !== "update" || !request.before) throw contradiction(request);
  if (request.before.version === theirs.version) throw contradiction(request);
  const waiting = request.covers.filter((one) => queue.some(({ id }) => id === one.id));
  const isThere = namesOf(request.fields).every((name) =>
    isSame(theirs[name], request.fields[name]),
  );
  if (isThere || waiting.length < request.covers.length) {
    const sent = isThere ? waiting : [];
    return { ...settled(request, { is: "saved", task: theirs }), forgotten: sent };
  }
  const conflict = conflictOf(request, theirs);
  const next: Next = conflict
    ? { is: "conflict", conflict }
    : // Its version counts even where it is lower, as after a restore of the database.
      { is: "again", request: onTopOf(request, theirs) };
  return { ...stopped(next), acknowledgement: { is: "saved", task: theirs } };
}

/** An answer that this request cannot have: to send it again would go on for ever. */
const contradiction = (request: SyncRequest): Error =>
  new Error(`The answer does not belong to this request: ${request.do}`);
