import type { IncomingMessage, ServerResponse } from "node:http";
import type { Asked, AskedHeaders, Handler } from "./answer.ts";
import { dispatch } from "./dispatch.ts";
import { env } from "./env.ts";

/** The self-hosted door: a request under /api goes straight to its handler, without Next. */
export async function answerDirectly(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: Handler = dispatch,
): Promise<void> {
  // What the answer did not wait for is read away, or the connection would hang.
  outgoing.once("finish", () => incoming.resume());
  const { status, headers, body } = await handle(new Incoming(incoming));
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (body !== null) outgoing.setHeader("Content-Length", Buffer.byteLength(body));
  outgoing.writeHead(status);
  outgoing.end(incoming.method === "HEAD" ? null : body);
}

/** Node's request as handlers ask it: a Web `Request` would cost more than most of them do. */
class Incoming implements Asked {
  readonly #message: IncomingMessage;
  readonly method: string;
  readonly url: string;
  readonly headers: AskedHeaders;

  constructor(message: IncomingMessage) {
    const { method = "GET", url = "/", headersDistinct, socket } = message;
    this.#message = message;
    this.method = method;
    this.url = env().BETTER_AUTH_URL + url;
    // As Next does: Better Auth counts guesses by address.
    headersDistinct["x-forwarded-for"] ??= [socket.remoteAddress ?? ""];
    this.headers = {
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
