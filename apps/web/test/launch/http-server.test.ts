import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createHttpServer } from "../../runtime/http-server.ts";
import { hungAfter } from "../hung.ts";
import { secret, until } from "./start.ts";

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const short = { stallTimeoutMs: 150, lingerTimeoutMs: 500 };

/** Starts a server with these time limits; `open` sends bytes on a connection of their own. */
async function start(listener: RequestListener, timeouts = short) {
  const server = createHttpServer(listener, { "X-All": "yes" }, timeouts);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const open = (bytes: string): Socket => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    ends.push(() => socket.destroy());
    socket.on("error", () => {});
    socket.write(bytes);
    return socket;
  };
  return { server, open };
}

const post = "POST / HTTP/1.1\r\nHost: tend\r\nContent-Length: 1000\r\n\r\n";
const get = "GET / HTTP/1.1\r\nHost: tend\r\n\r\n";

/** More bytes than the system buffers. */
const long = Buffer.alloc(24 * 1024 * 1024, "x");

/** All that arrives, until the other side ends the connection. */
async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  await new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
  return text;
}

/** Calls `what` at each such interval until the connection is closed. */
function every(socket: Socket, milliseconds: number, what: () => void): void {
  const timer = setInterval(what, milliseconds);
  ends.push(() => clearInterval(timer));
  socket.once("close", () => clearInterval(timer));
}

test("[C-10] an answer that nobody reads is let go, with its connection", async () => {
  const answers: ServerResponse[] = [];
  const { server, open } = await start((_, outgoing) => {
    answers.push(outgoing);
    outgoing.end(long);
  });
  for (let number = 0; number < 5; number++) open(get).pause();
  await until("they have been asked for", () => answers.length === 5);
  await Promise.all(answers.map((answer) => answer.closed || once(answer, "close")));
  const count = () => new Promise((resolve) => server.getConnections((_, open) => resolve(open)));
  await until("no connection is left", async () => (await count()) === 0);
});

test("[C-10] an answer that is read slowly arrives whole", async ({ skip }) => {
  skip(process.platform !== "linux", "Only Linux tells how far a connection is.");
  let length = 0;
  let allowed = 0;
  const readTo = (end: number) => {
    allowed = end;
    socket.resume();
  };
  const timeouts = { ...short, stallTimeoutMs: 1_500 };
  const { server, open } = await start((_, outgoing) => {
    outgoing.end(long).once("close", () => readTo(Number.POSITIVE_INFINITY));
  }, timeouts);
  // A reader by turns with the server, and not by the clock: after each standstill that the server
  // has judged it reads a part, more than the sixteenth of its buffer from which the system asks
  // for more.
  let standstills = 0;
  server.on("connection", (accepted: Socket) => {
    const { setTimeout } = accepted;
    accepted.setTimeout = (...limit) => {
      standstills++;
      readTo(standstills < 4 ? length + 1024 * 1024 : Number.POSITIVE_INFINITY);
      return setTimeout.apply(accepted, limit);
    };
  });
  const socket = open(get);
  socket.on("data", (chunk) => {
    length += chunk.length;
    if (length > allowed) socket.pause();
  });
  await until("it has come to its end", () => length > long.length || socket.readableEnded);
  expect(length).toBeGreaterThan(long.length);
  expect(standstills).toBeGreaterThanOrEqual(4);
});

test("[C-10] an answer that has not begun is waited for, and so is the next request", async () => {
  const waiting: ServerResponse[] = [];
  const { server, open } = await start((_, outgoing) => void waiting.push(outgoing));
  const socket = open(get);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  for (const _ of "two") {
    const [idle]: Socket[] = await once(server, "timeout");
    waiting.pop()?.end("here");
    await until("it has arrived", () => text.endsWith("here"));
    // The limit is that of an idle connection, not of an exchange that stalls.
    expect(idle?.timeout).toBeGreaterThan(60_000);
    text = "";
    socket.write(get);
  }
});

test.each([
  ["of which nothing comes", () => {}],
  ["of which some came", (socket: Socket) => void socket.write("x".repeat(99))],
])("408 [C-10] a body %s any more, where nobody reads it", async (_, send) => {
  const { open } = await start(() => {});
  const socket = open(post);
  send(socket);
  const text = await readAll(socket);
  expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\nX-All: yes\r\n/);
});

test("408 request_timeout [E-1, C-10] a body that stops coming, on any request of a connection", async () => {
  process.env.BETTER_AUTH_SECRET ??= secret;
  process.env.BETTER_AUTH_URL ||= "http://tend.test";
  process.env.DATABASE_URL ||= "postgresql://nowhere.invalid/tend";
  const { handleNodeRequest } = await import("#server/http/node-adapter.ts");
  const { open } = await start((incoming, outgoing) => void handleNodeRequest(incoming, outgoing));
  const health = "GET /api/health HTTP/1.1\r\nHost: tend\r\n\r\n";
  const head = "Host: tend\r\nContent-Type: application/json\r\n";
  const signIn = `POST /api/auth/sign-in/email HTTP/1.1\r\n${head}`;
  for (const [before, body] of [
    ["", "Content-Length: 70\r\n\r\n"],
    ["", 'Content-Length: 70\r\n\r\n{"email":'],
    ["", 'Transfer-Encoding: chunked\r\n\r\n9\r\n{"email":\r\n'],
    [health, 'Content-Length: 70\r\n\r\n{"email":'],
  ]) {
    const text = await readAll(open(`${before}${signIn}${body}`));
    const answer = text.slice(text.indexOf("HTTP/1.1 408 "));
    expect(answer, body).toMatch(/^HTTP\/1\.1 408 .*\r\nConnection: close\r\n.*"request_timeout"/s);
    expect(answer).toMatch(/\r\nContent-Type: application\/problem\+json\r\n/);
    expect(answer).toMatch(/\r\nX-Request-Id: /);
  }
});

test("200 [C-10] a body that comes slowly is read to its end", async () => {
  const { open } = await start(async (incoming, outgoing) => {
    let length = 0;
    for await (const chunk of incoming) length += chunk.length;
    outgoing.end(`${length} bytes`);
  });
  const socket = open(post);
  every(socket, 10, () => void (socket.writable && socket.write("x".repeat(5))));
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 .*1000 bytes/s);
});

test("[C-10] who never stops sending is read for a while, and then closed", async () => {
  const refused: string[] = [];
  const { open } = await start((incoming, outgoing) => {
    refused.push(incoming.url ?? "");
    if (incoming.url === "/close") outgoing.shouldKeepAlive = false;
    outgoing.writeHead(413, { "Content-Length": 4 }).end("much");
  });
  const endless = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: tend\r\nContent-Length: 999999999\r\n\r\n`;
  for (const bytes of [endless("/keep"), endless("/close"), "GARBAGE\r\n\r\n"]) {
    const socket = open(bytes);
    every(socket, 5, () => void (socket.writable && socket.write("x")));
    const text = await readAll(socket);
    expect(text).toMatch(/^HTTP\/1\.1 (413 .*\r\n\r\nmuch|400 .*\r\n\r\n)$/s);
    // Node reports each piece of garbage anew.
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  }
  expect(refused).toEqual(["/keep", "/close"]);
});

test("[C-10] what stands behind a request that ends the connection is not carried out", async () => {
  const carriedOut: string[] = [];
  const { open } = await start((incoming, outgoing) => {
    carriedOut.push(incoming.url ?? "");
    outgoing.shouldKeepAlive = false;
    outgoing.end("early");
  });
  const socket = open(post);
  await once(socket, "data");
  socket.write(`${"x".repeat(1000)}DELETE /all HTTP/1.1\r\nHost: tend\r\n\r\n`);
  await readAll(socket);
  expect(carriedOut).toEqual(["/"]);
});

test(
  "[C-10] an answer that has begun is not continued by a 408",
  async () => {
    const { open } = await start((_, outgoing) => void outgoing.write("begun"));
    const text = await readAll(open(post));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toContain("408");
  },
  hungAfter,
);
