/** The transport of the self-hosted server: what a connection may hold, and how it ends. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { unacknowledged } from "./unacknowledged.ts";

/**
 * Longer than clients and proxies keep a connection idle: where they end it, no request is lost.
 */
const keepAliveTimeoutMs = 75_000;

/** Time for a whole request to arrive, also one that arrives byte by byte. */
const requestTimeoutMs = 120_000;

export interface HttpTimeouts {
  /** A peer that neither reads nor sends what is due is cut off when this has passed twice. */
  readonly stallTimeoutMs: number;
  /** Time in which the rest of a request that has its answer is read and discarded. */
  readonly lingerTimeoutMs: number;
}

const defaultTimeouts: HttpTimeouts = { stallTimeoutMs: 30_000, lingerTimeoutMs: 30_000 };

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

const statusOfError: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/**
 * Makes a server that reads on after an early answer, so that it arrives (RFC 9112, 9.6), and cuts
 * off peers that stall. `headers` are those of its own answers, to what is no HTTP or never ends.
 */
export function createHttpServer(
  listener: RequestListener,
  headers: Readonly<Record<string, string>> = {},
  { stallTimeoutMs, lingerTimeoutMs }: HttpTimeouts = defaultTimeouts,
): Server {
  /** The last exchange of each connection. */
  const exchanges = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();
  /** The progress of a connection when it last stalled. */
  const standstills = new WeakMap<Socket, string>();

  const serve: RequestListener = (incoming, outgoing) => {
    const { socket } = incoming;
    // What was sent behind a request that ends the connection is not carried out.
    if (socket.writableEnded) return void incoming.resume();
    exchanges.set(socket, { incoming, outgoing });
    outgoing.once("finish", () => {
      if (incoming.complete) return;
      incoming.resume();
      destroyUnlessClosed(socket, incoming);
    });
    listener(incoming, outgoing);
  };

  function destroyUnlessClosed(socket: Duplex, awaited: IncomingMessage | Duplex): void {
    const timer = setTimeout(() => socket.destroy(), lingerTimeoutMs);
    awaited.once("close", () => clearTimeout(timer));
  }

  /** Closing while a request is still being sent causes a reset, which overtakes the answer. */
  function closeAfterRequest(socket: Socket): void {
    const close = () => Socket.prototype.destroySoon.call(socket);
    const { incoming } = exchanges.get(socket) ?? {};
    if (incoming && !incoming.complete) {
      socket.end();
      incoming.once("close", close);
    } else close();
  }

  function refuse(status: string, socket: Duplex): void {
    // Node reports each further piece of a refused request as an error of its own.
    if (refused.has(socket)) return;
    const { outgoing } = exchanges.get(socket) ?? {};
    // An answer that has begun is not to be continued by this one.
    const isAnswering = outgoing && !outgoing.closed && outgoing.headersSent;
    if (!socket.writable || isAnswering) return void socket.destroy();
    refused.add(socket);
    const lines = [
      `HTTP/1.1 ${status}`,
      "Connection: close",
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "Content-Length: 0",
    ];
    socket.end([...lines, "", ""].join("\r\n"));
    destroyUnlessClosed(socket, socket);
  }

  async function judgeStandstill(socket: Socket): Promise<void> {
    const { incoming, outgoing } = exchanges.get(socket) ?? {};
    if (!incoming || !outgoing || outgoing.closed) return void socket.destroy();
    // A client that waits for an answer that has not begun does not stall.
    if (incoming.complete && socket.writableLength === 0) return;
    const { bytesRead, writableLength } = socket;
    const standstill = `${bytesRead} ${writableLength} ${await unacknowledged(socket)}`;
    if (standstills.get(socket) !== standstill) {
      standstills.set(socket, standstill);
      socket.setTimeout(stallTimeoutMs);
    } else if (writableLength > 0) socket.destroy();
    else refuse("408 Request Timeout", socket);
  }

  return (
    createServer(
      {
        keepAliveTimeout: keepAliveTimeoutMs,
        requestTimeout: requestTimeoutMs,
        requireHostHeader: false,
      },
      serve,
    )
      .on("connection", (socket: Socket) => {
        socket.destroySoon = () => closeAfterRequest(socket);
      })
      .setTimeout(stallTimeoutMs, (socket) => void judgeStandstill(socket))
      .on("clientError", (error: NodeJS.ErrnoException, socket) => {
        if (error.code === "ECONNRESET") socket.destroy();
        else refuse(statusOfError[error.code ?? ""] ?? "400 Bad Request", socket);
      })
      // A request that expects anything but 100-continue is answered like any other.
      .on("checkExpectation", serve)
  );
}
