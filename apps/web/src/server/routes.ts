import { api, type OperationId, openapi } from "@tend/contracts";
import { isCurrent } from "@tend/db";
import { runAuth } from "./auth.ts";
import { database } from "./database.ts";
import { env } from "./env.ts";
import { ProblemError } from "./problem.ts";
import { type Route, route } from "./route.ts";
import {
  completeTask,
  createTask,
  deleteTask,
  getTask,
  listTasks,
  type TaskRow,
  updateTask,
} from "./tasks.ts";
import { signToken } from "./token.ts";

const etag = ({ version }: TaskRow) => ({ ETag: `"${version}"` });

/** Made once: it takes tens of milliseconds. */
let document: ReturnType<typeof openapi> | undefined;

/** The handler of every row of the table: where results become statuses and headers. */
export const routes = {
  listTasks: route(api.listTasks, async ({ userId, address, query }) => {
    const { tasks, next } = await listTasks(userId, query);
    if (next === null) return { status: 200, body: tasks };
    const { status, sort, order, limit } = query;
    const search = new URLSearchParams({ status, sort, limit: String(limit), cursor: next });
    if (order) search.set("order", order);
    return { status: 200, body: tasks, headers: { Link: `<${address}?${search}>; rel="next"` } };
  }),
  createTask: route(api.createTask, async ({ userId, address, body }) => {
    const { task, created } = await createTask(userId, body);
    return {
      status: created ? 201 : 200,
      body: task,
      headers: { Location: `${address}/${task.id}`, ...etag(task) },
    };
  }),
  getTask: route(api.getTask, async ({ userId, params }) => {
    const task = await getTask(userId, params.id);
    return { status: 200, body: task, headers: etag(task) };
  }),
  updateTask: route(api.updateTask, async ({ userId, params, body }) => {
    const task = await updateTask(userId, params.id, body);
    return { status: 200, body: task, headers: etag(task) };
  }),
  deleteTask: route(api.deleteTask, async ({ userId, params }) => {
    await deleteTask(userId, params.id);
    return { status: 204, body: undefined };
  }),
  completeTask: route(api.completeTask, async ({ userId, params, body }) => {
    const task = await completeTask(userId, params.id, body);
    return { status: 200, body: task, headers: etag(task) };
  }),
  signUp: route(api.signUp, ({ caller, body }) => runAuth(api.signUp, caller, body)),
  signIn: route(api.signIn, ({ caller, body }) => runAuth(api.signIn, caller, body)),
  signOut: route(api.signOut, ({ caller }) => runAuth(api.signOut, caller)),
  getSession: route(api.getSession, ({ caller }) => runAuth(api.getSession, caller)),
  updateUser: route(api.updateUser, ({ caller, body }) => runAuth(api.updateUser, caller, body)),
  issueToken: route(api.issueToken, async ({ caller }) => {
    const { body, headers } = await runAuth(api.getSession, caller);
    if (!body) throw new ProblemError("no_session");
    return { status: 200, body: { token: await signToken(body.user.id) }, headers };
  }),
  getHealth: route(api.getHealth, async () => ({ status: 200, body: { status: "ok" } })),
  getReadiness: route(api.getReadiness, async () => {
    if (!(await isCurrent(database()))) {
      throw new ProblemError("database_unavailable", {
        detail: "The database answers, but migrations are missing. Run pnpm db:migrate.",
        headers: { "Retry-After": "30" },
      });
    }
    return { status: 200, body: { status: "ready" } };
  }),
  getOpenapi: route(api.getOpenapi, async () => {
    document ??= openapi(env().BETTER_AUTH_URL);
    return { status: 200, body: document };
  }),
} satisfies { [Id in OperationId]: Route };
