import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { verifiedUserId } from "#server/auth/user-id.ts";
import { hungAfter } from "../../../../test/hung.ts";
import { handleNodeRequest } from "../node-adapter.ts";
import { assertAnswersRead } from "./unread-answers.ts";

let server: Server;
let answered = 0;

/** A server that gives this user so many megabytes each time; gives connections to it. */
async function start(userId: string, megabytes: number) {
  const body = "x".repeat(megabytes * 1024 * 1024);
  const answer = async () => {
    answered++;
    return { status: 200, headers: {}, body, userId: verifiedUserId(userId) };
  };
  server = createServer((incoming, outgoing) => handleNodeRequest(incoming, outgoing, answer));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return () => connect(port, "127.0.0.1");
}

const get = (headers = "") => `GET / HTTP/1.1\r\nHost: tend\r\n${headers}\r\n`;

beforeEach(() => {
  answered = 0;
  vi.stubEnv("BETTER_AUTH_SECRET", "s".repeat(32));
  vi.stubEnv("BETTER_AUTH_URL", "http://localhost:3000");
  vi.stubEnv("DATABASE_URL", "postgresql://localhost/tend");
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

test("[C-10] an answer counts while it is still being encoded", async () => {
  const open = await start("ada", 40);
  const ada = verifiedUserId("ada");
  const sockets = [open(), open()];
  for (const socket of sockets) socket.write(get("Accept-Encoding: br\r\n"));
  // Looked at as soon as the second is there: of 80 MB little is encoded by then.
  while (answered < 2) await setImmediate();
  await setImmediate();
  expect(() => assertAnswersRead(ada)).toThrow(/still to be read/);
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(() => assertAnswersRead(ada), hungAfter);
});

test("[C-10] answers that wait behind one that nobody reads go with the connection", async () => {
  const open = await start("bob", 8);
  const bob = verifiedUserId("bob");
  const socket = open();
  socket.write(get().repeat(10));
  await vi.waitFor(() => expect(answered).toBe(10), hungAfter);
  await setImmediate();
  expect(() => assertAnswersRead(bob)).toThrow(/still to be read/);
  socket.destroy();
  await vi.waitFor(() => assertAnswersRead(bob), hungAfter);
});
