/**
 * Where each operation lives. Apart from the rest of its row in `api.ts`, so that the browser's
 * client carries these lines and not the schemas.
 */
export const address = {
  listTasks: { method: "GET", path: "/api/tasks" },
  createTask: { method: "POST", path: "/api/tasks" },
  getTask: { method: "GET", path: "/api/tasks/{id}" },
  updateTask: { method: "PUT", path: "/api/tasks/{id}" },
  deleteTask: { method: "DELETE", path: "/api/tasks/{id}" },
  patchTask: { method: "PATCH", path: "/api/tasks/{id}" },
  completeTask: { method: "PATCH", path: "/api/tasks/{id}/complete" },
  restoreTask: { method: "POST", path: "/api/tasks/{id}/restore" },
  listChanges: { method: "GET", path: "/api/tasks/changes" },
  batchTasks: { method: "POST", path: "/api/tasks/batch" },
  signUp: { method: "POST", path: "/api/auth/sign-up/email" },
  signIn: { method: "POST", path: "/api/auth/sign-in/email" },
  signOut: { method: "POST", path: "/api/auth/sign-out" },
  getSession: { method: "GET", path: "/api/auth/get-session" },
  updateUser: { method: "POST", path: "/api/auth/update-user" },
  listSessions: { method: "GET", path: "/api/auth/list-sessions" },
  revokeSession: { method: "POST", path: "/api/auth/revoke-session" },
  revokeOtherSessions: { method: "POST", path: "/api/auth/revoke-other-sessions" },
  changePassword: { method: "POST", path: "/api/auth/change-password" },
  deleteUser: { method: "POST", path: "/api/auth/delete-user" },
  issueToken: { method: "GET", path: "/api/auth/token" },
  getHealth: { method: "GET", path: "/api/health" },
  getReadiness: { method: "GET", path: "/api/ready" },
  getOpenapi: { method: "GET", path: "/api/openapi.json" },
} as const satisfies Record<string, { method: Method; path: `/api/${string}` }>;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type OperationId = keyof typeof address;

const tasks = "/api/tasks";

/** O-3: a tasks address has a second form that names the user; every other address has one. */
export const addressForms = (path: string): readonly string[] =>
  path === tasks || path.startsWith(`${tasks}/`)
    ? [path, path.replace(tasks, "/api/{user_id}/tasks")]
    : [path];

/** Fills the `{names}` of a path. Throws where a value is missing. */
export const fillPath = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`The address ${path} needs a value for ${name}.`);
    return encodeURIComponent(value);
  });
