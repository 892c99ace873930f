import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { addressForms, api, limits, type Operation, Problem, type Task } from "@tend/contracts";
import { expect } from "vitest";
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
  import(/* @vite-ignore */ new URL(`../../src/app${folder(form)}/route.ts`, import.meta.url).href);

/** Which of the two doors these tests come through; `own` is that of `pnpm start`. */
export const door = process.env.TEND_DOOR === "own" ? "own" : "next";

/** `fetch` that ends in the app, by the door that is wanted. */
export const appFetch: typeof fetch = (input, init) => {
  const request = new Request(new URL(String(input), "http://tend.test"), init);
  return door === "own" ? knock(request) : enter(request);
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

let ownDoor: Promise<Server> | undefined;

async function openDoor(): Promise<Server> {
  const server = createServer(async (incoming, outgoing) => {
    // Anew each time: some tests load the app's modules again.
    const { answerDirectly } = await import("#server/node-door.ts");
    const asking = new Headers({ Authorization: incoming.headers.authorization ?? "" });
    await duringRequest(asking, () => answerDirectly(incoming, outgoing));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.unref();
}

/** Over HTTP, by Node's own client: it sends what `fetch` would refuse to. */
async function knock(asked: Request): Promise<Response> {
  ownDoor ??= openDoor();
  const address = (await ownDoor).address();
  if (address === null || typeof address === "string") throw new Error("The door has no port.");
  const { pathname, search } = new URL(asked.url);
  const body = Buffer.from(await asked.arrayBuffer());
  // Over HTTP nobody can send more than the length that they name, nor a length that is none.
  const named = asked.headers.get("Content-Length") ?? "";
  const length = /^\d{1,9}$/.test(named) && Number(named) > limits.body ? named : body.length;
  const outgoing = request({
    host: "127.0.0.1",
    port: address.port,
    method: asked.method,
    path: pathname + search,
    headers: { ...Object.fromEntries(asked.headers), "content-length": length },
    // A request that names more than it sends spoils its connection.
    agent: false,
  });
  // Whoever is refused before they have sent all cannot send the rest.
  outgoing.on("error", () => {});
  const answered = once(outgoing, "response");
  outgoing.end(body);
  const [incoming]: IncomingMessage[] = await answered;
  if (!incoming) throw new Error("The door gave no answer.");
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

/** The answer to HEAD has none once it goes over HTTP. */
export const hasBody = (method: string) => method !== "HEAD" || door === "next";

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

/** A task made through the API. */
export async function createTask(
  token: string,
  task: object = { title: "Pay rent" },
): Promise<Task> {
  const { status, body } = await send("POST", "/api/tasks", { token, body: task });
  expect(status).toBe(201);
  return body;
}
