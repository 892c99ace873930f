/**
 * The self-hosted production server, started by `launch start`: what lies under /api goes straight
 * to its handler, all else to Next. On Vercel, and in development, Next serves both.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { ReadableStream } from "node:stream/web";
import next from "next";
import { dispatch } from "./src/server/dispatch.ts";
import { checkEnvironment, env } from "./src/server/env.ts";

checkEnvironment();
const { BETTER_AUTH_URL, PORT = "3000" } = env();
// Next hangs a listener for upgrades on the server that it is given; ours must not have one, or
// Node would drop every request that merely offers an upgrade.
const httpServer = createServer();
const app = next({ dev: false, dir: import.meta.dirname, port: Number(PORT), httpServer });
await app.prepare();
const page = app.getRequestHandler();

async function api(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  // What the answer did not wait for is read away, or the connection would hang.
  outgoing.once("finish", () => incoming.resume());
  const response = await dispatch(toRequest(incoming));
  outgoing.statusCode = response.status;
  outgoing.setHeaders(response.headers);
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status !== 204) outgoing.setHeader("Content-Length", body.length);
  outgoing.end(incoming.method === "HEAD" ? undefined : body);
}

/** Methods that the Fetch standard forbids; no address has any of them. */
const forbidden = /^(?:TRACE|TRACK)$/i;

function toRequest(incoming: IncomingMessage): Request {
  const { method = "GET", url = "/", rawHeaders, socket } = incoming;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  // As Next does: Better Auth counts guesses by address.
  if (!headers.has("X-Forwarded-For")) headers.set("X-Forwarded-For", socket.remoteAddress ?? "");
  // Not destroyed when reading stops early: a body over the limit must still get its answer.
  // The cast: Node's stream and the browser's are one class with two declarations.
  const body = () =>
    ReadableStream.from(incoming.iterator({ destroyOnReturn: false })) as unknown as BodyInit;
  const bodiless = method === "GET" || method === "HEAD" || forbidden.test(method);
  return new Request(BETTER_AUTH_URL + url, {
    method: forbidden.test(method) ? `NO-${method}` : method,
    headers,
    ...(!bodiless && { body: body(), duplex: "half" }),
  });
}

let stopping = false;

const server = createServer((incoming, outgoing) => {
  if (stopping) outgoing.shouldKeepAlive = false;
  // RFC 9112, 3.2.2: a request may name the whole address.
  incoming.url = incoming.url?.replace(/^https?:\/\/[^/?#]*/i, "") || "/";
  const answer = /^\/+api(?:[/?#]|$)/.test(incoming.url) ? api : page;
  answer(incoming, outgoing).catch((error: unknown) => {
    console.error(error);
    outgoing.destroy();
  });
});
server.listen(Number(PORT));

/** Milliseconds in which whoever is about to send on an open connection is still answered. */
const grace = 250;

// What is in flight is finished; the launcher loses patience after ten seconds.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    // HTTP's own `close` would cut connections at once on which a request may be under way.
    NetServer.prototype.close.call(server, () => process.exit(0));
    setTimeout(() => server.closeIdleConnections(), grace);
  });
}
