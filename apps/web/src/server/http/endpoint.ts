import { createHash } from "node:crypto";
import {
  addressForms,
  type Fault,
  headerName,
  type Input,
  type Method,
  type Operation,
  type Output,
} from "@tend/contracts";
import { type Cause, causesOf, isBusy, isUnreachable } from "@tend/db";
import { z } from "zod";
import { authenticate } from "#server/auth/jwt.ts";
import type { UserId } from "#server/auth/user-id.ts";
import { log } from "#server/log.ts";
import {
  type ApiRequest,
  type ApiResponse,
  type Handler,
  type JsonText,
  type RequestHeaders,
  web,
} from "./api-request.ts";
import { readJson } from "./body.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { taskQueue } from "./fair-queue.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import { countRequest } from "./rate-limit.ts";
import { strictTransport } from "./strict-transport.ts";
import { assertAnswersRead } from "./unread-answers.ts";

/** What an operation is given to run on. */
export type Context<O extends Operation> = Input<O> & {
  /** The address that was asked, without its query: `/api/tasks`, or the form with the user. */
  readonly address: string;
  /** The headers of the request, for Better Auth. */
  readonly caller: RequestHeaders;
} & (O extends { security: "bearer" } ? { readonly userId: UserId } : unknown);

/** What an operation gives back: its body, or the JSON of it as PostgreSQL has written it. */
type Result<O extends Operation> = OrJson<Output<O>>;
type OrJson<R> = R extends { readonly status: infer Status; readonly body: infer Body }
  ? Omit<R, "body"> & { readonly status: Status; readonly body: Body | JsonText<Body> }
  : never;

/** A handler, with the row that it serves. */
export interface Endpoint extends Handler {
  readonly operation: Operation;
}

/**
 * The handler of one row of the table. Fixed order, no options: request id, CORS, authenticate,
 * rate limit, path user, parse, wait for a turn, run, parse the answer, respond. What PostgreSQL has written needs no
 * parsing: its statement names the fields.
 */
export function endpoint<O extends Operation, const R extends Result<O>>(
  operation: O,
  run: (context: Context<O>) => Promise<R>,
): Endpoint {
  const forms = addressForms(operation.path).map(pattern);
  const handle = (request: ApiRequest) =>
    answer(request, operation.path, async (notes) => {
      const { pathname, searchParams } = new URL(request.url);
      const { user_id, ...params } = match(forms, pathname);
      const bearer = operation.security === "bearer";
      const userId = bearer ? authenticate(request.headers.get("Authorization")) : undefined;
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
      const { body, ...result } = await (userId === undefined
        ? run(context)
        : taskQueue.run(userId, async () => {
            assertAnswersRead(userId);
            return run(context);
          }));
      notes.mark("run");
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

/** The handlers of one address; what it has not is 405. */
export function methodsOf(
  ...routes: readonly Endpoint[]
): Record<Method | "OPTIONS" | "refuse", Handler> {
  const methods = routes.map(({ operation }) => operation.method);
  const path = routes[0]?.operation.path ?? "";
  const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
  const refuse = (request: ApiRequest) =>
    answer(request, path, () => {
      throw new ProblemError("method_not_allowed", {
        detail: `This address does not take that method. Use ${allow.join(", ")}.`,
        headers: { Allow: allow.join(", ") },
      });
    });
  const of = (method: Method) =>
    routes.find(({ operation }) => operation.method === method) ?? refuse;
  return {
    GET: of("GET"),
    POST: of("POST"),
    PUT: of("PUT"),
    PATCH: of("PATCH"),
    DELETE: of("DELETE"),
    OPTIONS: (request) => answer(request, path, () => preflight(allow)),
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
  answer(request, "/api/*", () => {
    throw new ProblemError("address_not_found");
  });

/** E-1: a request that names no address. */
export const malformedRequest: Handler = (request) =>
  answer(request, "*", () => {
    throw new ProblemError("malformed_request");
  });

/** E-1: what is no operation and has these methods: refuses any other, or tells which they are. */
export const otherMethods = (methods: readonly string[]): { refuse: Handler; tell: Handler } => {
  const allow = methods.join(", ");
  return {
    refuse: (request) =>
      answer(request, "*", () => {
        throw new ProblemError("method_not_allowed", {
          detail: `This address does not take that method. Use ${allow}.`,
          headers: { Allow: allow },
        });
      }),
    tell: (request) =>
      answer(request, "*", () => ({ status: 204, headers: { Allow: allow }, body: null })),
  };
};

/** What is learned of a request on its way, for the headers of its answer and its line in the log. */
class Notes {
  userId: UserId | undefined;
  readonly headers: Record<string, string> = {};
  readonly #timings: string[] = [];
  readonly #start = performance.now();
  #last = this.#start;

  /** Ends one stage. */
  mark(stage: string): void {
    const now = performance.now();
    this.#timings.push(`${stage};dur=${(now - this.#last).toFixed(1)}`);
    this.#last = now;
  }

  /** Milliseconds so far. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }

  /** The Server-Timing header. */
  get timing(): string {
    return [...this.#timings, `total;dur=${this.elapsed.toFixed(1)}`].join(", ");
  }
}

/** E-1, E-4, C-1: runs it, makes a problem of what it throws, and completes and logs the answer. */
async function answer(
  request: ApiRequest,
  path: string,
  run: (notes: Notes) => ApiResponse | Promise<ApiResponse>,
): Promise<ApiResponse> {
  const notes = new Notes();
  const requestId = requestIdOf(request);
  let found: ApiResponse;
  let cause: readonly Cause[] | undefined;
  try {
    found = await run(notes);
  } catch (error) {
    const problem = refusal(error, requestId);
    found = problemResponse(problem, requestId);
    if (found.status === 503) cause = causeOf(problem);
  }
  const { status, body } = found;
  const headers = {
    "Cache-Control": isCompressible(path, found) ? "no-store" : "no-store, no-transform",
    ...found.headers,
    ...corsHeaders(request),
    ...notes.headers,
    "X-Request-Id": requestId,
    "X-Content-Type-Options": "nosniff",
    ...strictTransport(),
    ...(process.env.NODE_ENV === "development" && { "Server-Timing": notes.timing }),
  };
  log()[cause ? "warn" : "info"]({
    request_id: requestId,
    method: request.method,
    route: path,
    status,
    ms: Math.round(notes.elapsed),
    ...(notes.userId !== undefined && { user: pseudonym(notes.userId) }),
    ...(cause && { cause }),
  });
  return { status, headers, body, userId: notes.userId };
}

/**
 * What compresses an answer makes its ETag weak or gives it another name; and the length of one with
 * a token, or that a cookie opened, could tell of what is in it.
 */
const isCompressible = (path: string, { headers }: ApiResponse): boolean =>
  !headers.ETag && !path.startsWith("/api/auth/");

/** E-4: tells the lines of one user from those of others, and not who that is. */
const pseudonym = (userId: UserId): string =>
  createHash("sha256").update(userId).digest("hex").slice(0, 16);

/** What went wrong, as a problem; a defect is logged and says nothing of the inside. */
function refusal(error: unknown, requestId: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isUnreachable(error)) {
    return new ProblemError(isBusy(error) ? "took_too_long" : "database_unavailable", {
      headers: { "Retry-After": "2" },
      cause: error,
    });
  }
  log().error({ request_id: requestId, error: stackOf(error) });
  return new ProblemError("internal_error");
}

/** Why it cannot be served now, in words that quote nobody: those of an operation are its own. */
const causeOf = ({ code, message, cause = message }: ProblemError): readonly Cause[] =>
  typeof cause === "string" ? [{ name: code, message: cause }] : causesOf(cause);

/** Where it failed, without the message: that may quote what a person typed, even lines of a stack. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = "" } = error;
  const afterMessage = stack.indexOf(message) + message.length;
  const frames = stack.includes(message) ? stack.slice(afterMessage).split("\n") : [];
  return [name, ...frames.filter((line) => /^\s+at /.test(line))].join("\n");
}

const saneRequestId = /^[\w.:+/=-]{1,128}$/;

function requestIdOf({ headers }: ApiRequest): string {
  const given = headers.get("X-Request-Id") ?? "";
  return saneRequestId.test(given) ? given : crypto.randomUUID();
}

/** `/api/tasks/{id}` as a pattern that names its parts. */
export const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`);

function match(forms: readonly RegExp[], pathname: string): Record<string, string> {
  for (const form of forms) {
    const found = form.exec(pathname);
    if (found) {
      const params = Object.entries(found.groups ?? {});
      return Object.fromEntries(params.map(([name, text]) => [name, decode(text)]));
    }
  }
  throw new ProblemError("address_not_found");
}

/** What cannot be decoded stays as it is: it then equals no id. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function parse(
  operation: Operation,
  params: Record<string, string>,
  search: URLSearchParams,
  request: ApiRequest,
) {
  // O-2: an id that is no UUID is the id of no task.
  const path = operation.params?.safeParse(params);
  if (path && !path.success) throw new ProblemError("task_not_found");
  const body = operation.body && (await readJson(request, operation.bodyTypes));
  if (operation.body && body === undefined && !operation.bodyOptional) {
    throw new ProblemError("malformed_json", { detail: "The body is empty. Send a JSON object." });
  }
  const query = operation.security === "bearer" ? parseQuery(operation, search) : undefined;
  const headers = operation.headers && parseHeaders(operation.headers, request.headers);
  const parsed = body === undefined ? undefined : operation.body?.safeParse(body);
  const errors = [
    ...(query?.errors ?? []),
    ...(headers?.error ? faults("headers", headers.error) : []),
    ...(parsed?.error ? faults("body", parsed.error) : []),
  ];
  if (errors.length > 0) throw new ProblemError("validation_failed", { errors });
  return { params: path?.data, query: query?.data, headers: headers?.data, body: parsed?.data };
}

function parseHeaders(schema: z.ZodObject, headers: RequestHeaders) {
  const given = Object.keys(schema.shape).flatMap((name) => {
    const value = headers.get(headerName(name));
    return value === null ? [] : [[name, value]];
  });
  return schema.safeParse(Object.fromEntries(given));
}

const noQuery = z.strictObject({});

function parseQuery(operation: Operation, search: URLSearchParams) {
  const names = [...search.keys()];
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  const { data, error } = (operation.query ?? noQuery).safeParse(Object.fromEntries(search));
  const errors = [
    ...repeated.map((name) => ({ path: ["query", name], message: "Give this parameter once." })),
    ...(error ? faults("query", error) : []),
  ];
  return { data, errors };
}

/** Every fault at once, each unknown name one of its own. */
function faults(place: "body" | "query" | "headers", error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const path = [place, ...issue.path.map((step) => (typeof step === "symbol" ? "" : step))];
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((name) => ({ path: [...path, name], message: "There is no such field." }))
      : [{ path, message: issue.message }];
  });
}
