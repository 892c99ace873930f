/**
 * The self-hosted production server, started by `launch start`: what lies under /api goes straight
 * to its handler, all else to Next. On Vercel, and in development, Next serves both.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import next from "next";
import type { Asked, AskedHeaders } from "./src/server/answer.ts";
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
  const { status, headers, body } = await dispatch(new Incoming(incoming));
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (status !== 204) outgoing.setHeader("Content-Length", Buffer.byteLength(body ?? ""));
  outgoing.writeHead(status);
  outgoing.end(incoming.method === "HEAD" ? undefined : body);
}

/** Node's request as handlers ask it: a Web `Request` would cost more than most of them do. */
class Incoming implements Asked {
  readonly #message: IncomingMessage;
  readonly method: string;
  readonly url: string;

  constructor(message: IncomingMessage) {
    this.#message = message;
    this.method = message.method ?? "GET";
    this.url = BETTER_AUTH_URL + message.url;
  }

  get headers(): AskedHeaders {
    const { headersDistinct, socket } = this.#message;
    // As Next does: Better Auth counts guesses by address.
    headersDistinct["x-forwarded-for"] ??= [socket.remoteAddress ?? ""];
    return {
      get: (name) => headersDistinct[name.toLowerCase()]?.join(", ") ?? null,
      *[Symbol.iterator]() {
        for (const [name, values = []] of Object.entries(headersDistinct)) {
          yield [name, values.join(name === "cookie" ? "; " : ", ")];
        }
      },
    };
  }

  get body(): AsyncIterable<Uint8Array> | null {
    if (this.method === "GET" || this.method === "HEAD") return null;
    // Not destroyed when reading stops early: a body over the limit must still get its answer.
    return this.#message.iterator({ destroyOnReturn: false });
  }
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
