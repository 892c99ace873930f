import {
  addressForms,
  type Input,
  type Method,
  type Operation,
  type Output,
} from "@tend/contracts";
import { authenticate } from "#server/auth/jwt.ts";
import type { UserId } from "#server/auth/user-id.ts";
import { changeWaiters } from "#server/tasks/change-waiters.ts";
import { type Params, paramsOf, pattern } from "./address.ts";
import { type Handler, type JsonText, type RequestHeaders, web } from "./api-request.ts";
import { preflight } from "./cors.ts";
import { taskQueue } from "./limits/fair-queue.ts";
import { countRequest } from "./limits/rate-limit.ts";
import { assertAnswersRead } from "./limits/unread-answers.ts";
import { parse } from "./parse.ts";
import { ProblemError } from "./problem.ts";
import { mostParameters } from "./request-target.ts";
import { respond } from "./respond.ts";

/** What an operation is given to run on. */
export type Context<O extends Operation> = Input<O> & {
  /** The requested address, without its query: `/api/tasks`, or the form with the user. */
  readonly address: string;
  /** The headers of the request, for Better Auth. */
  readonly caller: RequestHeaders;
} & (O extends { security: "bearer" } ? { readonly userId: UserId } : unknown);

/** What an operation gives back: its body, or the JSON of it as PostgreSQL has written it. */
type Result<O extends Operation> = OrJson<Output<O>>;
type OrJson<R> = R extends { readonly status: infer Status; readonly body: infer Body }
  ? Omit<R, "body"> & { readonly status: Status; readonly body: Body | JsonText<Body> }
  : never;

/** Who asks, and for how long they can be answered. */
export interface Caller {
  readonly method: string;
  readonly signal: () => AbortSignal;
  /** When the token expires, by `Date.now()`. */
  readonly expiresAt: number;
}

/** How an operation takes its turns before the database; most take one. */
type Turns<O extends Operation, R> = (
  context: Context<O>,
  takeTurn: () => Promise<R>,
  caller: Caller,
) => Promise<R>;

/** A handler, with the row that it serves. */
export interface Endpoint extends Handler {
  readonly operation: Operation;
}

/**
 * The handler of one row of the table. Fixed order, no options: request id, CORS, authenticate,
 * rate limit, path user, parse, wait for a turn, run, parse the answer, respond. JSON from
 * PostgreSQL is not parsed: its statement names the fields. With `turns` an operation waits for
 * something between two turns, and holds none meanwhile.
 */
export function endpoint<O extends Operation, const R extends Result<O>>(
  operation: O,
  run: (context: Context<O>) => Promise<R>,
  turns: Turns<O, R> = (_context, takeTurn) => takeTurn(),
): Endpoint {
  const forms = addressForms(operation.path).map(pattern);
  const handle: Handler = (request, matched) =>
    respond(request, operation.path, async (notes) => {
      const { pathname, searchParams } = new URL(request.url);
      const { user_id, ...params } = matched ?? match(forms, pathname);
      const bearer = operation.security === "bearer";
      const proof = bearer ? authenticate(request.headers.get("Authorization")) : undefined;
      const userId = proof?.userId;
      if (userId !== undefined) {
        notes.userId = userId;
        countRequest(userId, notes.headers);
        if (user_id !== undefined && user_id !== userId) throw new ProblemError("forbidden");
      }
      notes.mark("auth");
      const input = await parse(operation, params, searchParams, request);
      notes.mark("parse");
      // `parse` has checked each part against this row, whose types O carries.
      const context = {
        ...input,
        address: pathname.replace(/\/$/, ""),
        caller: request.headers,
        userId,
      } as unknown as Context<O>;
      const takeTurn = (user: UserId) =>
        notes.work(() =>
          taskQueue.run(user, () => {
            assertAnswersRead(user);
            return run(context);
          }),
        );
      const { method } = request;
      const { body, ...result } = await (proof === undefined
        ? run(context)
        : notes.wait(() =>
            turns(context, () => takeTurn(proof.userId), {
              method,
              signal: () => request.signal,
              expiresAt: proof.expiresAt,
            }),
          ));
      notes.mark("run");
      if (userId !== undefined && operation.method !== "GET") changeWaiters().wake(userId);
      const status = Number(result.status);
      const schema = operation.success[status]?.schema;
      if (!schema) return { status, headers: { ...result.headers }, body: null };
      return {
        status,
        headers: { ...result.headers, "Content-Type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(schema.parse(body)),
      };
    });
  return Object.assign(handle, { operation });
}

/** The values of the placeholders, which Next does not hand on with the file that it has found. */
function match(forms: readonly RegExp[], pathname: string): Params {
  for (const form of forms) {
    const params = paramsOf(form, pathname);
    if (params) return params;
  }
  throw new ProblemError("address_not_found");
}

/** E-1: 405, with those that the address takes. */
const refuseMethod =
  (path: string, methods: readonly string[]): Handler =>
  (request) =>
    respond(request, path, () => {
      const allow = methods.join(", ");
      throw new ProblemError("method_not_allowed", {
        detail: `This address does not take that method. Use ${allow}.`,
        headers: { Allow: allow },
      });
    });

/** The handlers of one address; what it has not is 405. */
export function methodsOf(
  ...routes: readonly Endpoint[]
): Record<Method | "OPTIONS" | "refuse", Handler> {
  const methods = routes.map(({ operation }) => operation.method);
  const path = routes[0]?.operation.path ?? "";
  const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
  const refuse = refuseMethod(path, allow);
  const of = (method: Method) =>
    routes.find(({ operation }) => operation.method === method) ?? refuse;
  return {
    GET: of("GET"),
    POST: of("POST"),
    PUT: of("PUT"),
    PATCH: of("PATCH"),
    DELETE: of("DELETE"),
    OPTIONS: (request) => respond(request, path, () => preflight(allow)),
    refuse,
  };
}

/** The methods of one address, as Next's route files export them. */
export function serve(...routes: readonly Endpoint[]) {
  const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methodsOf(...routes);
  return {
    GET: web(GET),
    POST: web(POST),
    PUT: web(PUT),
    PATCH: web(PATCH),
    DELETE: web(DELETE),
    OPTIONS: web(OPTIONS),
  };
}

/** E-1: any address under /api that is none of ours. */
export const unknownAddress: Handler = (request) =>
  respond(request, "/api/*", () => {
    throw new ProblemError("address_not_found");
  });

/** E-1: a request that names no address. */
export const malformedRequest: Handler = (request) =>
  respond(request, "*", () => {
    throw new ProblemError("malformed_request");
  });

/** E-1: a page that is asked for with more parameters than Next is to compare. */
export const tooManyParameters: Handler = (request) =>
  respond(request, "*", () => {
    throw new ProblemError("malformed_request", {
      detail: `The address of a page takes at most ${mostParameters} parameters. Leave some out.`,
    });
  });

/**
 * E-1: handlers of an address without operations: `refuse` answers any other method with 405,
 * `tell` lists those it takes.
 */
export const otherMethods = (methods: readonly string[]): { refuse: Handler; tell: Handler } => {
  const headers = { Allow: methods.join(", ") };
  return {
    refuse: refuseMethod("*", methods),
    tell: (request) => respond(request, "*", () => ({ status: 204, headers, body: null })),
  };
};
