import { api, etagOf, type OperationId, openapi } from "@tend/contracts";
import { isCurrent } from "@tend/db";
import { readSession, runAuth } from "#server/auth/better-auth.ts";
import { assertUncommonPassword } from "#server/auth/common-passwords.ts";
import { deviceOf, forgetDevice, rememberDevice } from "#server/auth/device-cookie.ts";
import { signToken } from "#server/auth/jwt.ts";
import { sessionGuard, signInGuard } from "#server/auth/sign-in-guard.ts";
import { database } from "#server/database.ts";
import { env } from "#server/env.ts";
import { awaitChanges } from "#server/tasks/await-changes.ts";
import { batchTasks } from "#server/tasks/batch.ts";
import { listChanges } from "#server/tasks/changes.ts";
import { oncePerKey } from "#server/tasks/idempotency.ts";
import { listTasks } from "#server/tasks/list.ts";
import { purgeExpired } from "#server/tasks/retention.ts";
import type { StoredTask } from "#server/tasks/sql.ts";
import {
  completeTask,
  createTask,
  deleteTask,
  deleteTaskForGood,
  getTask,
  restoreTask,
  updateTask,
} from "#server/tasks/tasks.ts";
import type { RequestHeaders } from "./api-request.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { ProblemError } from "./problem.ts";

const etag = (task: StoredTask) => ({ ETag: etagOf(task) });

const ok = (task: StoredTask) => ({ status: 200 as const, body: task.json, headers: etag(task) });

/** @throws ProblemError no_session */
async function signedIn(caller: RequestHeaders) {
  const session = await readSession(caller);
  if (!session) throw new ProblemError("no_session");
  const guard = () => sessionGuard(session.user.email, session.session.id);
  return { ...session.user, guard };
}

/** The answer, with one cookie more. */
function withCookie<A extends { readonly headers: { readonly "Set-Cookie": string[] } }>(
  answer: A,
  cookie: string,
): A {
  return { ...answer, headers: { "Set-Cookie": [...answer.headers["Set-Cookie"], cookie] } };
}

/** The OpenAPI document, made once: it takes tens of milliseconds. */
let document: ReturnType<typeof openapi> | undefined;

/** The handler of every row of the table: where results become statuses and headers. */
export const routes = {
  listTasks: endpoint(api.listTasks, async ({ userId, address, query }) => {
    const { body, next } = await listTasks(userId, query);
    if (next === null) return { status: 200, body };
    const given = Object.entries({ ...query, cursor: next }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const search = new URLSearchParams(given);
    return { status: 200, body, headers: { Link: `<${address}?${search}>; rel="next"` } };
  }),
  createTask: endpoint(api.createTask, async ({ userId, address, headers, body }) => {
    await purgeExpired();
    const request = ["createTask", body];
    return oncePerKey(userId, headers.idempotency_key, request, async (connection) => {
      const { task, created } = await createTask(userId, body, connection);
      return {
        status: created ? (201 as const) : (200 as const),
        body: task.json,
        headers: { Location: `${address}/${task.id}`, ...etag(task) },
      };
    });
  }),
  getTask: endpoint(api.getTask, async ({ userId, params, headers }) => {
    const task = await getTask(userId, params.id);
    const { if_none_match: held } = headers;
    if (held === "*" || held?.includes(task.version)) {
      return { status: 304, body: undefined, headers: etag(task) };
    }
    return ok(task);
  }),
  updateTask: endpoint(api.updateTask, async ({ userId, params, headers, body }) =>
    ok(await updateTask(userId, params.id, body, headers.if_match)),
  ),
  patchTask: endpoint(api.patchTask, async ({ userId, params, headers, body }) =>
    ok(await updateTask(userId, params.id, body, headers.if_match)),
  ),
  deleteTask: endpoint(api.deleteTask, async ({ userId, params, query, headers }) => {
    const remove = query.permanent === "true" ? deleteTaskForGood : deleteTask;
    await purgeExpired();
    await remove(userId, params.id, headers.if_match);
    return { status: 204, body: undefined };
  }),
  completeTask: endpoint(api.completeTask, async ({ userId, params, headers, body }) =>
    ok(await completeTask(userId, params.id, body, headers.if_match)),
  ),
  restoreTask: endpoint(api.restoreTask, async ({ userId, params, headers }) =>
    ok(await restoreTask(userId, params.id, headers.if_match)),
  ),
  listChanges: endpoint(
    api.listChanges,
    async ({ userId, query }) => ({ status: 200, ...(await listChanges(userId, query)) }),
    async ({ userId, query, headers }, takeTurn, { method, signal, expiresAt }) => {
      // A cursor of this moment is wanted now, and HEAD asks for headers alone.
      const waits = method !== "HEAD" && query.from === undefined;
      const waitMs = waits ? (headers.prefer?.wait ?? 0) * 1_000 : 0;
      if (waitMs === 0) return takeTurn();
      const patience = { waitMs, signal: signal(), expiresAt };
      const { page, applied } = await awaitChanges(userId, patience, takeTurn);
      return applied ? { ...page, headers: { "Preference-Applied": "wait" } } : page;
    },
  ),
  batchTasks: endpoint(api.batchTasks, async ({ userId, headers, body }) => {
    await purgeExpired();
    const request = ["batchTasks", body];
    const answer = await oncePerKey(
      userId,
      headers.idempotency_key,
      request,
      async (connection) => ({
        results: await batchTasks(userId, body, connection),
      }),
    );
    return { status: 200, body: answer };
  }),
  signUp: endpoint(api.signUp, async ({ caller, body }) => {
    await assertUncommonPassword(body);
    const answer = await runAuth(api.signUp, caller, body, { newPassword: body.password });
    return withCookie(answer, rememberDevice(caller, answer.body.user.id));
  }),
  signIn: endpoint(api.signIn, async ({ caller, body }) => {
    const { email } = body;
    const guard = (network: string) =>
      signInGuard(email, network, (userId) => deviceOf(caller, userId));
    const answer = await runAuth(api.signIn, caller, body, { guard });
    return withCookie(answer, rememberDevice(caller, answer.body.user.id));
  }),
  signOut: endpoint(api.signOut, ({ caller }) => runAuth(api.signOut, caller)),
  getSession: endpoint(api.getSession, ({ caller }) => runAuth(api.getSession, caller)),
  updateUser: endpoint(api.updateUser, ({ caller, body }) => runAuth(api.updateUser, caller, body)),
  listSessions: endpoint(api.listSessions, ({ caller }) => runAuth(api.listSessions, caller)),
  revokeSession: endpoint(api.revokeSession, ({ caller, body }) =>
    runAuth(api.revokeSession, caller, body),
  ),
  revokeOtherSessions: endpoint(api.revokeOtherSessions, ({ caller }) =>
    runAuth(api.revokeOtherSessions, caller),
  ),
  changePassword: endpoint(api.changePassword, async ({ caller, body }) => {
    const { name, email, guard } = await signedIn(caller);
    const { current_password: currentPassword, new_password: newPassword } = body;
    await assertUncommonPassword({ name, email, password: newPassword }, "new_password");
    const change = { currentPassword, newPassword, revokeOtherSessions: true };
    return runAuth(api.changePassword, caller, change, { guard });
  }),
  deleteUser: endpoint(api.deleteUser, async ({ caller, body }) => {
    const { id, guard } = await signedIn(caller);
    const answer = await runAuth(api.deleteUser, caller, body, { guard });
    return withCookie(answer, forgetDevice(caller, id));
  }),
  issueToken: endpoint(api.issueToken, async ({ caller }) => {
    const { body, headers } = await runAuth(api.getSession, caller);
    if (!body) throw new ProblemError("no_session");
    return { status: 200, body: { token: signToken(body.user.id) }, headers };
  }),
  getHealth: endpoint(api.getHealth, async () => ({ status: 200, body: { status: "ok" } })),
  getReadiness: endpoint(api.getReadiness, async () => {
    if (!(await isCurrent(database()))) {
      throw new ProblemError("database_unavailable", {
        detail: "The database answers, but migrations are missing. Run pnpm db:migrate.",
        headers: { "Retry-After": "30" },
      });
    }
    return { status: 200, body: { status: "ready" } };
  }),
  getOpenapi: endpoint(api.getOpenapi, async () => {
    document ??= openapi(env().BETTER_AUTH_URL);
    return { status: 200, body: document };
  }),
} satisfies { [Id in OperationId]: Endpoint };
