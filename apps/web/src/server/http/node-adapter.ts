import type { IncomingMessage, ServerResponse } from "node:http";
import { env } from "#server/env.ts";
import type { ApiRequest, Handler, RequestHeaders } from "./api-request.ts";
import { encode, encodingFor, isEncodable } from "./content-encoding.ts";
import { countUnread, whenRead } from "./limits/unread-answers.ts";
import { ProblemError } from "./problem.ts";
import { routeRequest } from "./router.ts";

/** The self-hosted server: a request under /api goes straight to its handler, without Next. */
export async function handleNodeRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: Handler = routeRequest,
): Promise<void> {
  const { status, headers, body, userId } = await handle(new NodeRequest(incoming, outgoing));
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  const isHead = incoming.method === "HEAD";
  const { socket } = incoming;
  const hold = (content: string | Buffer | null) => {
    if (userId === undefined || content === null || isHead) return () => {};
    return countUnread(userId, Buffer.byteLength(content));
  };
  // The answer counts from here on, since the next request may run while it is being encoded.
  let release = hold(body);
  let content: string | Buffer | null = body;
  if (isEncodable(body, headers["Cache-Control"])) {
    outgoing.setHeader("Vary", [headers.Vary ?? [], "Accept-Encoding"].flat().join(", "));
    const encoding = encodingFor(incoming.headers["accept-encoding"]);
    if (encoding) outgoing.setHeader("Content-Encoding", encoding);
    // How long it would be, an answer to HEAD need not say.
    if (encoding && isHead) content = null;
    else if (encoding && !socket.destroyed) {
      try {
        content = await encode(encoding, body);
      } finally {
        release();
      }
      release = hold(content);
    }
  }
  if (content !== null) outgoing.setHeader("Content-Length", Buffer.byteLength(content));
  whenRead(outgoing, socket, release);
  outgoing.writeHead(status);
  outgoing.end(isHead ? null : content);
}

/** Node's request as handlers read it: a Web `Request` would cost more than most of them do. */
class NodeRequest implements ApiRequest {
  readonly #message: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;

  constructor(message: IncomingMessage, outgoing: ServerResponse) {
    const { method = "GET", url = "/", headersDistinct } = message;
    this.#message = message;
    this.#outgoing = outgoing;
    this.method = method;
    this.url = env().BETTER_AUTH_URL + url;
    this.headers = {
      get: (name) => headersDistinct[name.toLowerCase()]?.join(", ") ?? null,
      *[Symbol.iterator]() {
        for (const [name, values = []] of Object.entries(headersDistinct)) {
          yield [name, values.join(name === "cookie" ? "; " : ", ")];
        }
      },
    };
  }

  get signal(): AbortSignal {
    const gone = new AbortController();
    whenRead(this.#outgoing, this.#message.socket, () => gone.abort());
    return gone.signal;
  }

  get body(): AsyncIterable<Uint8Array> | null {
    if (this.method === "GET" || this.method === "HEAD") return null;
    return bodyOf(this.#message);
  }
}

/** @throws ProblemError request_timeout, where the server says that nothing comes any more. */
function bodyOf(message: IncomingMessage): AsyncIterable<Uint8Array> {
  // Not destroyed when reading stops early: a body over the limit must still get its answer.
  const chunks = message.iterator({ destroyOnReturn: false });
  const stopped = new Promise<never>((_, reject) => {
    message.once("timeout", () =>
      reject(new ProblemError("request_timeout", { headers: { Connection: "close" } })),
    );
  });
  stopped.catch(() => {});
  const iterator = {
    next: () => Promise.race([chunks.next(), stopped]),
    return: async () => {
      // `return` is not awaited: after a timeout it may never settle.
      void chunks.return?.();
      return { done: true as const, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
