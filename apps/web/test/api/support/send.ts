import { once } from "node:events";
import { type IncomingMessage, request, type Server } from "node:http";
import { addressForms, api, limits, type Operation, Problem, type Task } from "@tend/contracts";
import { beforeEach, expect } from "vitest";
import { createHttpServer } from "../../../runtime/http-server.ts";
import { elsewhere } from "../../elsewhere.ts";
import { someAddress } from "../../some-address.ts";
import { duringRequest } from "./owner-watch.ts";

type Handler = (request: Request) => Promise<Response>;
type RouteFile = Record<string, Handler>;

/** `/api/tasks/{id}` → the folder of its route file, as Next finds it. */
const folder = (form: string) => form.replaceAll("{", "[").replaceAll("}", "]");

const forms = Object.values<Operation>(api).flatMap(({ path }) => addressForms(path));

/** As in Next, names win over placeholders: "{" stands behind every letter. */
const addresses = [...new Set(forms)]
  .sort((a, b) => (a < b ? -1 : 1))
  .map((form) => ({ form, pattern: new RegExp(`^${form.replace(/\{\w+\}/g, "[^/]+")}$`) }));

/** The route file of an address form, by its real path: Vite's own rewriting knows no brackets. */
export const routeFile = (form: string): Promise<RouteFile> =>
  import(
    /* @vite-ignore */ new URL(`../../../src/app${folder(form)}/route.ts`, import.meta.url).href
  );

/**
 * The server under test: Next's route files, the server of `pnpm start`, or one in another process.
 */
export const servedBy = elsewhere
  ? "origin"
  : process.env.TEND_TEST_SERVER === "own"
    ? "own"
    : "next";

/** Whether the app is out of reach of stubs, clocks and spies. */
export const isElsewhere = servedBy === "origin";

/** Skips the tests of a file that reaches into the app, where that is elsewhere. */
export const needsOwnProcess = (): void =>
  beforeEach(({ skip }) => skip(isElsewhere, "The app is in another process."));

/**
 * Whether Next keeps this request from the handler, or fails at it: what the spec grants in edge
 * case 11. On Vercel it fails at an address that cannot be decoded and at a parameter named like a
 * property of every object, and loses `__proto__`.
 */
export function isSpoiltByNext(address: string): boolean {
  const { pathname, searchParams } = new URL(address, "http://tend.test");
  const isInherited = [...searchParams.keys()].some((name) => name in {});
  return isElsewhere && (isInherited || !isDecodable(pathname));
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== "";
  } catch {
    return false;
  }
}

/** `fetch` that ends in the app, by the server that is wanted. */
export const appFetch: typeof fetch = (input, init) => {
  const request = new Request(new URL(String(input), "http://tend.test"), init);
  return servedBy === "next" ? enter(request) : sendOverHttp(request);
};

/** The app's own route files, chosen by address as Next chooses them. */
async function enter(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const found = addresses.find(({ pattern }) => pattern.test(pathname))?.form;
  const handlers = await routeFile(found ?? "/api/[[...path]]");
  const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
  if (!handler) throw new Error(`No handler for ${request.method} ${pathname}`);
  return duringRequest(request.headers, () => handler(request));
}

let ownServer: Promise<Server> | undefined;

/** Where the server listens. */
async function addressOfServer(): Promise<{ host: string; port: number }> {
  if (elsewhere) return { host: "127.0.0.1", port: Number(new URL(elsewhere).port) };
  ownServer ??= startServer();
  const address = (await ownServer).address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return { host: "127.0.0.1", port: address.port };
}

async function startServer(): Promise<Server> {
  const server = createHttpServer(async (incoming, outgoing) => {
    // The module is imported for each request, since some tests load the app's modules anew.
    const { handleNodeRequest } = await import("#server/http/node-adapter.ts");
    const asking = new Headers({ Authorization: incoming.headers.authorization ?? "" });
    await duringRequest(asking, () => handleNodeRequest(incoming, outgoing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.unref();
}

/** Over HTTP, by Node's own client: it sends what `fetch` would refuse to. */
async function sendOverHttp(given: Request): Promise<Response> {
  const { pathname, search } = new URL(given.url);
  const body = Buffer.from(await given.arrayBuffer());
  // Over HTTP nobody can send more than the length that they name, nor a length that is none.
  const named = given.headers.get("Content-Length") ?? "";
  const isTooLong = /^\d{1,9}$/.test(named) && Number(named) > limits.body;
  const length = isTooLong ? Math.max(Number(named), body.length) : body.length;
  const outgoing = request({
    ...(await addressOfServer()),
    method: given.method,
    path: pathname + search,
    headers: {
      // Elsewhere sign-ups are counted by address, as they are in production.
      ...(elsewhere && { "x-forwarded-for": someAddress() }),
      ...Object.fromEntries(given.headers),
      "content-length": length,
    },
    // A request that names more than it sends spoils its connection.
    agent: false,
    signal: given.signal,
  });
  // A client that is refused before it has sent all cannot send the rest.
  outgoing.on("error", () => {});
  const answered = once(outgoing, "response");
  outgoing.end(body);
  const [incoming]: IncomingMessage[] = await answered;
  if (!incoming) throw new Error("The server gave no answer.");
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { statusCode: status = 0, headersDistinct } = incoming;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const isEmpty = status === 204 || status === 304;
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers });
}

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  readonly body: any;
}

interface Given {
  readonly token?: string;
  readonly body?: unknown;
  /** A body as it is, not made into JSON. */
  readonly raw?: BodyInit;
  readonly headers?: Record<string, string>;
}

/** Whether an answer has a body: over HTTP, that to HEAD has none. */
export const hasBody = (method: string) => method !== "HEAD" || servedBy === "next";

/** Sends one request, and checks what holds of every answer of this API. */
export async function send(method: string, path: string, given: Given = {}): Promise<Sent> {
  const response = await appFetch(path, {
    method,
    headers: {
      ...(given.token !== undefined && { Authorization: `Bearer ${given.token}` }),
      ...("body" in given && { "Content-Type": "application/json" }),
      ...given.headers,
    },
    ...("body" in given && { body: JSON.stringify(given.body) }),
    ...(given.raw !== undefined && { body: given.raw, duplex: "half" }),
  });
  const text = await response.text();
  const { status, headers } = response;
  if (isSpoiltByNext(path)) return { status, headers, text, body: undefined };
  const body = text === "" ? undefined : JSON.parse(text);
  expect(headers.get("X-Request-Id"), "E-4").toMatch(/^[\w.:+/=-]{1,128}$/);
  expect(headers.get("Vary"), "C-1").toContain("Origin");
  if (status >= 400) expect(headers.get("Content-Type"), "E-1").toBe("application/problem+json");
  if (status >= 400 && hasBody(method)) {
    expect(Problem.strict().parse(body), "E-1").toEqual(body);
    expect(body.status).toBe(status);
    expect(body.request_id).toBe(headers.get("X-Request-Id"));
    expect(body.errors !== undefined, "E-1: errors stand with 422").toBe(
      body.code === "validation_failed",
    );
  }
  if (status === 405) expect(headers.get("Allow")).toMatch(/[A-Z]/);
  if (status === 429 || status === 503) expect(headers.get("Retry-After")).toMatch(/^\d+$/);
  return { status, headers, text, body };
}

/** Repeats a request that waited too long for a turn or a lock (C-6), as on a busy machine. */
export async function insist(ask: () => Promise<Sent>): Promise<Sent> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
  }
}

/** A task made through the API. */
export async function createTask(
  token: string,
  task: object = { title: "Pay rent" },
): Promise<Task> {
  const { status, body } = await send("POST", "/api/tasks", { token, body: task });
  expect(status).toBe(201);
  return body;
}
