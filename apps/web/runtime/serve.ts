/**
 * The self-hosted production server, started by `launch start`: what lies under /api goes straight
 * to its handler, all else to Next. On Vercel, and in development, Next serves both. It listens on
 * the addresses that it is given as arguments, without any on 127.0.0.1.
 */
import { createServer, type RequestListener } from "node:http";
import { Server as NetServer } from "node:net";
import { fileURLToPath } from "node:url";
import next from "next";
import { checkEnvironment, env } from "../src/server/env.ts";
import { answerDirectly } from "../src/server/node-door.ts";

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

let stopping = false;

const serve: RequestListener = (incoming, outgoing) => {
  if (stopping) outgoing.shouldKeepAlive = false;
  // RFC 9112, 3.2.2: a request may name the whole address.
  incoming.url = incoming.url?.replace(/^https?:\/\/[^/?#]*/i, "") || "/";
  const answer = /^\/+api(?:[/?#]|$)/.test(incoming.url) ? answerDirectly : page;
  answer(incoming, outgoing).catch((error: unknown) => {
    console.error(error);
    outgoing.destroy();
  });
};
const servers = addresses.map((address) => createServer(serve).listen(Number(PORT), address));

/** Milliseconds in which whoever is about to send on an open connection is still answered. */
const grace = 250;

// What is in flight is finished; the launcher loses patience after ten seconds.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    // HTTP's own `close` would cut connections at once on which a request may be under way.
    const ends = servers.map(
      (server) => new Promise((resolve) => NetServer.prototype.close.call(server, resolve)),
    );
    Promise.all(ends).then(() => process.exit(0));
    setTimeout(() => {
      for (const server of servers) server.closeIdleConnections();
    }, grace);
  });
}
