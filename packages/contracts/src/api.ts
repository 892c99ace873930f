import { z } from "zod";
import { address } from "./address.ts";
import { IdempotencyKey, IfMatch, IfNoneMatch, Prefer } from "./header.ts";
import { limits } from "./limits.ts";
import type { Operation } from "./operation.ts";
import { BatchResult, type ProblemCode } from "./problem.ts";
import {
  Batch,
  ChangeQuery,
  Changes,
  Completion,
  DeleteQuery,
  NewTask,
  Task,
  TaskChange,
  TaskId,
  TaskPatch,
  TaskQuery,
} from "./task.ts";
import {
  Credentials,
  NewUser,
  PasswordChange,
  Session,
  SessionChoice,
  User,
  UserChange,
  UserDeletion,
} from "./user.ts";

const token = [
  "missing_token",
  "invalid_token",
  "expired_token",
  "unknown_user",
  "forbidden",
  "validation_failed",
  "too_many_requests",
  "overloaded",
] as const;
const json = [
  "malformed_json",
  "request_timeout",
  "body_too_large",
  "unsupported_media_type",
] as const;
const once = ["idempotency_key_reused", "idempotency_limit_reached"] as const;
const account = ["validation_failed", "foreign_origin", "too_many_requests"] as const;
const database = ["database_unavailable", "took_too_long"] as const;
/** Accounts have queues of their own, also where no token is asked for. */
const accounts = [...database, "overloaded"] as const;

const OneTask = z.object({
  id: TaskId.meta({ description: "The task.", examples: ["0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47"] }),
});

const example: Task = {
  id: "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47",
  owner_user_id: "5f0c1f9e-8a55-4a3b-9a52-0f4f7a2d9c11",
  title: "Pay rent",
  description: null,
  completed: false,
  due_date: "2026-12-01",
  created_at: "2026-11-24T09:30:00.000Z",
  updated_at: "2026-11-24T09:30:00.000Z",
  version: 1,
  deleted_at: null,
  due_time: "09:30",
  time_zone: "Europe/Berlin",
  priority: "high",
  tags: ["home", "money"],
  position: "fe5df31bfa3f5d8a1b47",
};

const changed = { ...example, updated_at: "2026-11-25T08:00:00.000Z", version: 2 };

const user: User = {
  id: "5f0c1f9e-8a55-4a3b-9a52-0f4f7a2d9c11",
  name: "Ada",
  email: "ada@example.com",
};

const session: Session = {
  id: "c56a4180-65aa-42ec-a945-5fd21dec0538",
  created_at: "2026-11-24T09:30:00.000Z",
  updated_at: "2026-11-25T08:00:00.000Z",
  expires_at: "2026-12-02T08:00:00.000Z",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  ip_address: "192.0.2.7",
  current: true,
};

/** The note where another session ends: a token is checked without a database. */
const tokensLiveOn =
  "API tokens that were issued there before live on until they expire, 15 minutes at most.";

const cookie = { "Set-Cookie": "The session cookie: httpOnly, SameSite=Lax, Secure on https." };

const etag = { ETag: "Strong validator of this state of the task, made of its `version`." };

const IfUnchanged = z.object({
  if_match: IfMatch.optional().meta({
    description: "The ETag of the task as you know it: where it has changed since, 412.",
    examples: ['"1"'],
  }),
});

const OncePerKey = z.object({
  idempotency_key: IdempotencyKey.optional().meta({
    description: `A key of your own, as a UUID: the same request with it is answered as it was the first time, for ${limits.idempotencyHours} hours.`,
    examples: ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
  }),
});

/**
 * The one table of operations. The types of the handlers, the client, the OpenAPI document, the
 * docs page and the generated security tests all derive from it.
 */
export const api = {
  listTasks: {
    ...address.listTasks,
    tag: "Tasks",
    summary: "List your tasks",
    description:
      "One page of your tasks, as a bare array. The next page stands in the Link header; nothing is skipped or shown twice while others write.",
    security: "bearer",
    query: TaskQuery,
    success: {
      200: {
        description: "The tasks of this page.",
        schema: z.array(Task),
        headers: { Link: 'The next page, as `<…>; rel="next"`. Absent on the last page.' },
        example: [example],
      },
    },
    problems: [...token, ...database],
  },
  createTask: {
    ...address.createTask,
    tag: "Tasks",
    summary: "Create a task",
    description:
      "Creates a task of yours. With an `id` of your own, or with an Idempotency-Key, the request can be repeated safely.",
    security: "bearer",
    headers: OncePerKey,
    body: NewTask,
    bodyExample: {
      title: "Pay rent",
      due_date: "2026-12-01",
      due_time: "09:30",
      time_zone: "Europe/Berlin",
      priority: "high",
      tags: ["home", "money"],
    },
    success: {
      201: {
        description: "The new task.",
        schema: Task,
        headers: { Location: "The address of the new task.", ...etag },
        example,
      },
      200: {
        description: "You made this very task before, with the same `id` and content.",
        schema: Task,
        headers: { Location: "The address of the task.", ...etag },
        example,
      },
    },
    problems: [...token, ...json, "id_already_used", "quota_exceeded", ...once, ...database],
  },
  getTask: {
    ...address.getTask,
    tag: "Tasks",
    summary: "Get a task",
    description: "One task of yours.",
    security: "bearer",
    params: OneTask,
    headers: z.object({
      if_none_match: IfNoneMatch.optional().meta({
        description: "The ETag that you hold: where it still holds, 304 without a body.",
        examples: ['"1"'],
      }),
    }),
    success: {
      200: { description: "The task.", schema: Task, headers: etag, example },
      304: { description: "You hold this state of the task already.", headers: etag },
    },
    problems: [...token, "task_not_found", ...database],
  },
  updateTask: {
    ...address.updateTask,
    tag: "Tasks",
    summary: "Change a task",
    description:
      "Changes the fields that the body names and keeps the others; null clears `description`, `due_date` (with its time), `due_time` (with its zone) and `time_zone`.",
    security: "bearer",
    params: OneTask,
    headers: IfUnchanged,
    body: TaskChange,
    bodyExample: { title: "Pay the rent", due_date: null },
    success: {
      200: {
        description: "The task as it is now.",
        schema: Task,
        headers: etag,
        example: {
          ...changed,
          title: "Pay the rent",
          due_date: null,
          due_time: null,
          time_zone: null,
        },
      },
    },
    problems: [...token, ...json, "task_not_found", "precondition_failed", ...database],
  },
  patchTask: {
    ...address.patchTask,
    tag: "Tasks",
    summary: "Patch a task",
    description:
      "A JSON merge patch (RFC 7396): fields left out are kept, null clears as for `updateTask`. A patch that names nothing changes nothing.",
    security: "bearer",
    params: OneTask,
    headers: IfUnchanged,
    body: TaskPatch,
    bodyTypes: ["application/merge-patch+json", "application/json"],
    bodyExample: { description: "Ask for the receipt." },
    success: {
      200: {
        description: "The task as it is now.",
        schema: Task,
        headers: etag,
        example: { ...changed, description: "Ask for the receipt." },
      },
    },
    problems: [...token, ...json, "task_not_found", "precondition_failed", ...database],
  },
  deleteTask: {
    ...address.deleteTask,
    tag: "Tasks",
    summary: "Delete a task",
    description: `Moves one task of yours to the trash, from where it can be restored for ${limits.trashDays} days. With \`permanent=true\` it is deleted for good.`,
    security: "bearer",
    params: OneTask,
    query: DeleteQuery,
    headers: IfUnchanged,
    success: {
      204: { description: "The task is in the trash now; with `permanent=true` it is gone." },
    },
    problems: [...token, "task_not_found", "precondition_failed", ...database],
  },
  completeTask: {
    ...address.completeTask,
    tag: "Tasks",
    summary: "Complete or reopen a task",
    description:
      "Without a body the state flips, in one statement, so that concurrent flips never lose one. With a body it is set, which is safe to repeat.",
    security: "bearer",
    params: OneTask,
    headers: IfUnchanged,
    body: Completion,
    bodyOptional: true,
    bodyExample: { completed: true },
    success: {
      200: {
        description: "The task as it is now.",
        schema: Task,
        headers: etag,
        example: { ...changed, completed: true },
      },
    },
    problems: [...token, ...json, "task_not_found", "precondition_failed", ...database],
  },
  restoreTask: {
    ...address.restoreTask,
    tag: "Tasks",
    summary: "Restore a task",
    description:
      "Takes a task out of the trash. A task that is not in the trash stays as it is, so that this is safe to repeat.",
    security: "bearer",
    params: OneTask,
    headers: IfUnchanged,
    success: {
      200: { description: "The task as it is now.", schema: Task, headers: etag, example: changed },
    },
    problems: [...token, "task_not_found", "precondition_failed", ...database],
  },
  listChanges: {
    ...address.listChanges,
    tag: "Tasks",
    summary: "What changed?",
    description:
      "What was created, changed or deleted since the cursor, in the order of commit, each task once with its last state. Without a cursor it begins at the beginning; with `from=now` at this moment. Keep `next_cursor`, even where nothing came. With `Prefer: wait=25` it answers when something changes, or after 25 seconds.",
    security: "bearer",
    query: ChangeQuery,
    headers: z.object({
      prefer: Prefer.optional().meta({
        description:
          "`wait=25` (RFC 7240): where nothing has changed, the answer waits so many seconds for a change. The server may wait less, or not at all.",
        examples: ["wait=25"],
      }),
    }),
    success: {
      200: {
        description: "The changes of this page.",
        schema: Changes,
        headers: {
          "Preference-Applied":
            "`wait`: the server did as `Prefer` asked. Where it is absent, ask again later and not at once.",
        },
        example: {
          changes: [
            { type: "saved", id: changed.id, task: changed },
            {
              type: "deleted",
              id: "0199d3c2-7a02-7c11-8f3e-0d2b6a9c4e55",
              version: 4,
              task: null,
            },
          ],
          next_cursor: "b2xkIHBhcGVyIGFuZCBibHVlIGluaw",
          has_more: false,
        },
      },
    },
    problems: [...token, "cursor_gone", ...database],
  },
  batchTasks: {
    ...address.batchTasks,
    tag: "Tasks",
    summary: "Many at once",
    description: `Up to ${limits.batch} operations, carried out in order in one transaction: all or nothing, or with \`atomic: false\` each that can be done. A batch of which anything is malformed is refused whole.`,
    security: "bearer",
    headers: OncePerKey,
    body: Batch,
    bodyExample: {
      operations: [
        { operation: "create", task: { title: "Pay rent" } },
        { operation: "complete", id: example.id, completed: true },
      ],
    },
    success: {
      200: {
        description: "What became of each operation, in their order.",
        schema: z.object({ results: z.array(BatchResult) }).meta({ id: "BatchResults" }),
        example: {
          results: [
            { status: 201, task: { ...example, id: "0199d3c2-7a02-7c11-8f3e-0d2b6a9c4e55" } },
            { status: 200, task: { ...changed, completed: true } },
          ],
        },
      },
    },
    problems: [...token, ...json, "batch_failed", "answer_too_large", ...once, ...database],
  },
  signUp: {
    ...address.signUp,
    tag: "Account",
    summary: "Create an account",
    description: "Creates an account and signs in to it.",
    security: "none",
    body: NewUser,
    bodyExample: { name: "Ada", email: "ada@example.com", password: "correct horse battery" },
    success: {
      200: {
        description: "The new user, signed in.",
        schema: z.object({ user: User }),
        headers: cookie,
        example: { user },
      },
    },
    problems: [...json, ...account, "user_already_exists", ...accounts],
  },
  signIn: {
    ...address.signIn,
    tag: "Account",
    summary: "Sign in",
    description: "Sets the session cookie. The cookie never opens a tasks address.",
    security: "none",
    body: Credentials,
    bodyExample: { email: "ada@example.com", password: "correct horse battery" },
    success: {
      200: {
        description: "The user, signed in.",
        schema: z.object({ user: User }),
        headers: cookie,
        example: { user },
      },
    },
    problems: [...json, ...account, "invalid_email_or_password", ...accounts],
  },
  signOut: {
    ...address.signOut,
    tag: "Account",
    summary: "Sign out",
    description: "Ends the session. API tokens that were issued before live on until they expire.",
    security: "none",
    success: {
      200: {
        description: "There is no session any more.",
        schema: z.object({ success: z.boolean() }),
        headers: cookie,
        example: { success: true },
      },
    },
    problems: ["foreign_origin", "too_many_requests", ...accounts],
  },
  getSession: {
    ...address.getSession,
    tag: "Account",
    summary: "Who is signed in?",
    description: "The user of the session cookie, or null.",
    security: "none",
    success: {
      200: {
        description: "The user, or null.",
        schema: z.object({ user: User }).nullable(),
        example: { user },
      },
    },
    problems: [...accounts],
  },
  updateUser: {
    ...address.updateUser,
    tag: "Account",
    summary: "Change your name",
    description: "Changes the name of the signed-in user.",
    security: "session",
    body: UserChange,
    bodyExample: { name: "Ada Lovelace" },
    success: {
      200: {
        description: "The name is changed.",
        schema: z.object({ status: z.boolean() }),
        example: { status: true },
      },
    },
    problems: [...json, ...account, "no_session", ...accounts],
  },
  listSessions: {
    ...address.listSessions,
    tag: "Account",
    summary: "Where are you signed in?",
    description: `Your live sessions: the one that asks first, then by their last use, ${limits.sessions} at most. What opens a session is not among them.`,
    security: "session",
    success: {
      200: {
        description: "The sessions.",
        schema: z.array(Session),
        example: [session],
      },
    },
    problems: ["no_session", "too_many_requests", ...accounts],
  },
  revokeSession: {
    ...address.revokeSession,
    tag: "Account",
    summary: "Sign out one session",
    description: `Ends one session of yours, on whatever device it is. ${tokensLiveOn}`,
    security: "session",
    body: SessionChoice,
    bodyExample: { id: session.id },
    success: {
      200: {
        description: "The session is over.",
        schema: z.object({ status: z.boolean() }),
        example: { status: true },
      },
    },
    problems: [...json, ...account, "no_session", "session_not_found", ...accounts],
  },
  revokeOtherSessions: {
    ...address.revokeOtherSessions,
    tag: "Account",
    summary: "Sign out everywhere else",
    description: `Ends every session of yours but the one that asks. ${tokensLiveOn}`,
    security: "session",
    success: {
      200: {
        description: "No other session is left.",
        schema: z.object({ status: z.boolean() }),
        example: { status: true },
      },
    },
    problems: ["foreign_origin", "no_session", "too_many_requests", ...accounts],
  },
  changePassword: {
    ...address.changePassword,
    tag: "Account",
    summary: "Change your password",
    description: `Sets a new password and ends every other session of yours. This one goes on under a new cookie; the old one opens nothing any more. ${tokensLiveOn}`,
    security: "session",
    body: PasswordChange,
    bodyExample: {
      current_password: "correct horse battery",
      new_password: "ada likes 7 lemons",
    },
    success: {
      200: {
        description: "The user, signed in with the new password.",
        schema: z.object({ user: User }),
        headers: cookie,
        example: { user },
      },
    },
    problems: [...json, ...account, "no_session", "invalid_email_or_password", ...accounts],
  },
  deleteUser: {
    ...address.deleteUser,
    tag: "Account",
    summary: "Delete your account",
    description:
      "Erases the signed-in user for good: every task, every session and the account. API tokens that were issued before open nothing any more. What was begun and broke off is finished by a repeat.",
    security: "session",
    body: UserDeletion,
    bodyExample: { password: "correct horse battery" },
    success: {
      200: {
        description: "Nothing of the account is left.",
        schema: z.object({ success: z.boolean() }),
        headers: cookie,
        example: { success: true },
      },
    },
    problems: [...json, ...account, "no_session", "invalid_email_or_password", ...accounts],
  },
  issueToken: {
    ...address.issueToken,
    tag: "Account",
    summary: "Get an API token",
    description:
      "Gives the signed-in user a JWT (HS256) for the tasks endpoints. It lives 15 minutes.",
    security: "session",
    success: {
      200: {
        description: "The token.",
        schema: z
          .object({ token: z.string().meta({ description: "A JWT (RFC 7519), HS256." }) })
          .meta({ id: "Token" }),
        example: { token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1ZjBjMWY5ZSJ9.c2lnbmF0dXJl" },
      },
    },
    problems: ["no_session", ...accounts],
  },
  getHealth: {
    ...address.getHealth,
    tag: "Service",
    summary: "Is the process up?",
    description: "Answers without asking the database.",
    security: "none",
    success: {
      200: {
        description: "The process is up.",
        schema: z.object({ status: z.literal("ok") }).meta({ id: "Health" }),
        example: { status: "ok" },
      },
    },
    problems: [],
  },
  getReadiness: {
    ...address.getReadiness,
    tag: "Service",
    summary: "Can it serve?",
    description: "The database answers and every migration is applied.",
    security: "none",
    success: {
      200: {
        description: "Requests can be served.",
        schema: z.object({ status: z.literal("ready") }).meta({ id: "Readiness" }),
        example: { status: "ready" },
      },
    },
    problems: [...database],
  },
  getOpenapi: {
    ...address.getOpenapi,
    tag: "Service",
    summary: "This document",
    description: "The OpenAPI 3.1 document of this API.",
    security: "none",
    success: {
      200: {
        description: "The document.",
        schema: z.record(z.string(), z.unknown()),
        example: { openapi: "3.1.0" },
      },
    },
    problems: [],
  },
} as const satisfies { [K in keyof typeof address]: Operation };

export type Api = typeof api;

/** The operations that only the API token opens: those on tasks. */
export type TaskOperationId = {
  [K in keyof Api]: Api[K]["security"] extends "bearer" ? K : never;
}[keyof Api];

/** Every problem that an operation can answer, the general ones included. */
export const problemsOf = (operation: Operation): readonly ProblemCode[] => [
  ...operation.problems,
  "method_not_allowed",
  "internal_error",
];
