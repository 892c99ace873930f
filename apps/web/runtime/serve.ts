/**
 * The self-hosted production server, started by `launch start`: what lies under /api goes straight
 * to its handler, all else to Next. On Vercel, and in development, Next serves both. It listens on
 * the addresses that it is given as arguments, without any on 127.0.0.1.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { Server as NetServer } from "node:net";
import { fileURLToPath } from "node:url";
import next from "next";
import { readSession } from "../src/server/auth/better-auth.ts";
import { checkEnvironment, env } from "../src/server/env.ts";
import {
  malformedRequest,
  otherMethods,
  tooManyParameters,
  unknownAddress,
} from "../src/server/http/endpoint.ts";
import { handleNodeRequest } from "../src/server/http/node-adapter.ts";
import { docsPage } from "../src/server/http/pages/docs-page.ts";
import { settlePageRequest } from "../src/server/http/pages/page-request.ts";
import { stackOf } from "../src/server/http/request-log.ts";
import { pageMethods, targetOf } from "../src/server/http/request-target.ts";
import { settleAddress } from "../src/server/http/settle-address.ts";
import { strictTransport } from "../src/server/http/strict-transport.ts";
import { log } from "../src/server/log.ts";
import { changeWaiters } from "../src/server/tasks/change-waiters.ts";
import { readSingleKeys, singleKeysCookie } from "../src/ui/device/single-keys.ts";
import { readTheme, themeCookie } from "../src/ui/device/theme.ts";
import { createHttpServer } from "./http-server.ts";

checkEnvironment();
const { PORT = "3000" } = env();
const addresses = process.argv.slice(2);
if (addresses.length === 0) addresses.push("127.0.0.1");
// Next hangs a listener for upgrades on the server that it is given; ours must not have one, or
// Node would drop every request that merely offers an upgrade.
const httpServer = createServer();
const app = next({
  dev: false,
  dir: fileURLToPath(new URL("..", import.meta.url)),
  port: Number(PORT),
  httpServer,
});
await app.prepare();
const page = app.getRequestHandler();

const docs = docsPage({
  page,
  isSignedIn: async ({ headersDistinct }) =>
    (await readSession(new Headers({ cookie: headersDistinct.cookie?.join("; ") ?? "" }))) !== null,
  looksOf,
});

/** Whether this is the docs page, which is the same for everybody and costs much. */
function isDocs(method: string, url: string): boolean {
  const [path = ""] = url.split(/[?#]/);
  return (method === "GET" || method === "HEAD") && decoded(path) === "/docs";
}

/** The path decoded as Next does it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The cookies that change how a page looks without a session. */
function looksOf(cookies: string): string {
  const cookieOf = (name: string) =>
    cookies
      .split(/;\s*/)
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const theme = readTheme(cookieOf(themeCookie));
  return [
    theme === "system" ? [] : [`${themeCookie}=${theme}`],
    readSingleKeys(cookieOf(singleKeysCookie)) ? [] : [`${singleKeysCookie}=off`],
  ]
    .flat()
    .join("; ");
}

let stopping = false;

const serve: RequestListener = (incoming, outgoing) => {
  if (stopping) outgoing.shouldKeepAlive = false;
  settleAddress(incoming);
  for (const [name, value] of Object.entries(strict)) outgoing.setHeader(name, value);
  answer(incoming, outgoing).catch((error: unknown) => {
    log().error({ error: stackOf(error) });
    outgoing.destroy();
  });
};

const strict = strictTransport();
const ofPages = otherMethods(pageMethods);
const ofServer = otherMethods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = "GET", url = "", headersDistinct, httpVersion } = incoming;
  const unnamed = httpVersion === "1.0" ? [""] : [];
  const target = targetOf(method, url, headersDistinct.host ?? unnamed);
  switch (target.to) {
    case "api":
      incoming.url = target.url;
      return handleNodeRequest(incoming, outgoing);
    case "page":
      if (method === "OPTIONS") return handleNodeRequest(incoming, outgoing, ofPages.tell);
      incoming.url = target.url;
      settlePageRequest(incoming);
      return isDocs(method, target.url) ? docs(incoming, outgoing) : page(incoming, outgoing);
    case "server":
      return handleNodeRequest(incoming, outgoing, ofServer.tell);
    case "nowhere":
      return handleNodeRequest(incoming, outgoing, unknownAddress);
    case "crowded":
      return handleNodeRequest(incoming, outgoing, tooManyParameters);
    case "malformed":
      return handleNodeRequest(incoming, outgoing, malformedRequest);
    case "method":
      return handleNodeRequest(incoming, outgoing, ofPages.refuse);
  }
}

const servers = addresses.map((address) =>
  createHttpServer(serve, strict).listen(Number(PORT), address),
);

/** Milliseconds in which a request on an open connection is still answered. */
const exitDelayMs = 250;

// Requests in flight are finished; the launcher kills this process after ten seconds.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    changeWaiters().end();
    // HTTP's own `close` would cut connections at once on which a request may be under way.
    const ends = servers.map(
      (server) => new Promise((resolve) => NetServer.prototype.close.call(server, resolve)),
    );
    Promise.all(ends).then(() => process.exit(0));
    setTimeout(() => {
      for (const server of servers) server.closeIdleConnections();
    }, exitDelayMs);
  });
}
