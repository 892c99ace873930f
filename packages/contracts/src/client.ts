import { address, addressForms, fillPath, type OperationId } from "./address.ts";
import type { Api } from "./api.ts";
import { headerName } from "./header-name.ts";
import type { Answer, Request } from "./operation.ts";
import type { Problem } from "./problem.ts";

/** An error that the API answered: what its problem body says. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly problem: Problem;
  /** Seconds, from the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** The API gave no answer of its own: no network, or something in between answered. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  constructor(cause: unknown) {
    super("The server cannot be reached. Check the connection and try again.", { cause });
  }
}

export interface Answered<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
}

type Arguments<R> = object extends R
  ? [request?: R, options?: RequestOptions]
  : [request: R, options?: RequestOptions];

/** One method for each row of the table. Rejects with ApiError or UnreachableError. */
export type Client = {
  readonly [Id in OperationId]: (
    ...args: Arguments<Request<Api[Id]>>
  ) => Promise<Answered<Answer<Api[Id]>>>;
};

export interface ClientOptions {
  /** Gives the API token; not asked for operations that take none. */
  readonly token?: () => Promise<string> | string;
  /** Where the API is. Default: the page's own origin. */
  readonly origin?: string;
  /** O-3: use the address form that names this user. */
  readonly userId?: string;
  readonly fetch?: typeof fetch;
}

interface AnyRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** The typed client that the table of operations describes. */
export function createClient(options: ClientOptions = {}): Client {
  const call = async (
    id: OperationId,
    { params, query, headers: given = {}, body }: AnyRequest = {},
    init: RequestOptions = {},
  ): Promise<Answered<unknown>> => {
    const { method, path } = address[id];
    const [own = path, named] = addressForms(path);
    const form = options.userId !== undefined && named !== undefined ? named : own;
    const headers = new Headers({ Accept: "application/json" });
    if (named !== undefined && options.token) {
      headers.set("Authorization", `Bearer ${await options.token()}`);
    }
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) headers.set(headerName(name), value);
    }
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const target = fillPath(form, { ...params, user_id: options.userId ?? "" });
    return send(
      `${options.origin ?? ""}${target}${search(query)}`,
      { ...init, method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) },
      options.fetch,
    );
  };
  const methods = Object.keys(address).map((id) => [
    id,
    (request?: AnyRequest, init?: RequestOptions) => call(id as OperationId, request, init),
  ]);
  // The keys are those of the table, and `call` reads each answer as the row of its key.
  return Object.fromEntries(methods) as Client;
}

async function send(
  url: string,
  init: RequestInit,
  fetcher: typeof fetch = fetch,
): Promise<Answered<unknown>> {
  let response: Response;
  let text: string;
  try {
    response = await fetcher(url, init);
    text = await response.text();
  } catch (cause) {
    // A `fetch` that asks the API for something first fails as the API answered.
    if (cause instanceof ApiError) throw cause;
    throw new UnreachableError(cause);
  }
  let body: unknown;
  try {
    // Nothing else of this API is empty.
    body = text === "" && [204, 304].includes(response.status) ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new UnreachableError(cause);
  }
  if (response.ok || response.status === 304)
    return { status: response.status, body, headers: response.headers };
  if (!isProblem(body)) throw new UnreachableError(new Error(`Status ${response.status}`));
  const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
  throw new ApiError(body, Number.isFinite(wait) ? wait : undefined);
}

/** The cursor of the next page, from the Link header of a listTasks answer (T-6). */
export function nextCursor(headers: Headers): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(headers.get("Link") ?? "")?.[1];
  if (target === undefined) return undefined;
  return new URL(target, "http://any.invalid").searchParams.get("cursor") ?? undefined;
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "code" in body && "detail" in body;

function search(query: AnyRequest["query"] = {}): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
