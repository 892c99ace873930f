import { once } from "node:events";
import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** A PostgreSQL address whose connections can be cut and restored while the app runs. */
export interface FlakyProxy {
  /** The address of the database, by way of this proxy. */
  readonly url: string;
  /** How many bytes the app has sent to the database so far, but to say that a connection ends. */
  readonly sent: () => number;
  /** Cuts every connection and refuses new ones: the port is closed. */
  stop(): Promise<void>;
  /** Takes connections and says nothing; those that are open fall silent. */
  hang(): void;
  /** Cuts every connection, as a server that falls asleep; new ones wait until this has come. */
  sleep(awake: Promise<unknown>): void;
  /** Lets everything through again; connections that hung are cut. */
  mend(): Promise<void>;
}

/** The message of PostgreSQL's protocol with which a client leaves. */
const terminate = Buffer.from("X\0\0\0\x04");

export async function proxyTo(database: string): Promise<FlakyProxy> {
  const target = new URL(database);
  const sockets = new Set<Socket>();
  let hanging = false;
  let awake: Promise<unknown> | undefined;
  let sent = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server: Server = createServer((client) => {
    keep(client);
    if (awake) awake.then(() => join(client));
    else join(client);
  });
  const join = (client: Socket) => {
    if (hanging || client.destroyed) return;
    const upstream = keep(dial(Number(target.port || 5432), target.hostname));
    client.on("data", (bytes: Buffer) => {
      if (!bytes.equals(terminate)) sent += bytes.length;
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("data", (bytes) => {
        if (!hanging) to.write(bytes);
      });
      from.on("close", () => to.destroy());
    }
  };
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as { port: number };
  const url = new URL(database);
  url.hostname = "127.0.0.1";
  url.port = String(port);

  return {
    url: url.href,
    sent: () => sent,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
    hang() {
      hanging = true;
    },
    sleep(until) {
      awake = until;
      hanging = false;
      cut();
    },
    async mend() {
      if (hanging) cut();
      hanging = false;
      awake = undefined;
      if (!server.listening) await listen(port);
    },
  };
}
