import { z } from "zod";
import { address } from "./address.ts";
import type { Operation } from "./operation.ts";
import type { ProblemCode } from "./problem.ts";
import { Completion, NewTask, Task, TaskChange, TaskId, TaskQuery } from "./task.ts";
import { Credentials, NewUser, User, UserChange } from "./user.ts";

const token = [
  "missing_token",
  "invalid_token",
  "expired_token",
  "forbidden",
  "validation_failed",
] as const;
const json = ["malformed_json", "body_too_large", "unsupported_media_type"] as const;
const account = ["validation_failed", "foreign_origin", "too_many_requests"] as const;
const database = "database_unavailable";

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
};

const user: User = {
  id: "5f0c1f9e-8a55-4a3b-9a52-0f4f7a2d9c11",
  name: "Ada",
  email: "ada@example.com",
};

const cookie = { "Set-Cookie": "The session cookie: httpOnly, SameSite=Lax, Secure on https." };

const etag = { ETag: "Strong validator of this state of the task." };

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
    problems: [...token, database],
  },
  createTask: {
    ...address.createTask,
    tag: "Tasks",
    summary: "Create a task",
    description:
      "Creates a task of yours. With an `id` of your own the request can be repeated safely.",
    security: "bearer",
    body: NewTask,
    bodyExample: { title: "Pay rent", due_date: "2026-12-01" },
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
    problems: [...token, "unknown_user", ...json, "id_already_used", database],
  },
  getTask: {
    ...address.getTask,
    tag: "Tasks",
    summary: "Get a task",
    description: "One task of yours.",
    security: "bearer",
    params: OneTask,
    success: { 200: { description: "The task.", schema: Task, headers: etag, example } },
    problems: [...token, "task_not_found", database],
  },
  updateTask: {
    ...address.updateTask,
    tag: "Tasks",
    summary: "Change a task",
    description:
      "Changes the fields that the body names and keeps the others; null clears `description` and `due_date`.",
    security: "bearer",
    params: OneTask,
    body: TaskChange,
    bodyExample: { title: "Pay the rent", due_date: null },
    success: {
      200: {
        description: "The task as it is now.",
        schema: Task,
        headers: etag,
        example: { ...example, title: "Pay the rent", due_date: null },
      },
    },
    problems: [...token, ...json, "task_not_found", database],
  },
  deleteTask: {
    ...address.deleteTask,
    tag: "Tasks",
    summary: "Delete a task",
    description: "Deletes one task of yours.",
    security: "bearer",
    params: OneTask,
    success: { 204: { description: "The task is gone." } },
    problems: [...token, "task_not_found", database],
  },
  completeTask: {
    ...address.completeTask,
    tag: "Tasks",
    summary: "Complete or reopen a task",
    description:
      "Without a body the state flips, in one statement, so that concurrent flips never lose one. With a body it is set, which is safe to repeat.",
    security: "bearer",
    params: OneTask,
    body: Completion,
    bodyOptional: true,
    bodyExample: { completed: true },
    success: {
      200: {
        description: "The task as it is now.",
        schema: Task,
        headers: etag,
        example: { ...example, completed: true },
      },
    },
    problems: [...token, ...json, "task_not_found", database],
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
    problems: [...json, ...account, "user_already_exists", database],
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
    problems: [...json, ...account, "invalid_email_or_password", database],
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
    problems: ["foreign_origin", "too_many_requests", database],
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
    problems: [database],
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
    problems: [...json, ...account, "no_session", database],
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
    problems: ["no_session", database],
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
    problems: [database],
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
