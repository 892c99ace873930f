import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/**
 * Bytes sent on this connection and not acknowledged by the peer, as Linux tells; empty elsewhere.
 * The kernel buffers megabytes, so that Node sees no progress for minutes where a peer reads
 * slowly. Connections with the same two ports are counted together.
 */
export async function unacknowledged({ localPort, remotePort }: Socket): Promise<string> {
  return (await sharedTable()).get(`${localPort} ${remotePort}`) ?? "";
}

let shared: ReturnType<typeof readTable> | undefined;

/** The table, read a few times a second at most: with many connections it is long. */
function sharedTable(): ReturnType<typeof readTable> {
  if (!shared) {
    shared = readTable();
    setTimeout(() => {
      shared = undefined;
    }, 250).unref();
  }
  return shared;
}

/** The send queues of all connections, by local and remote port. */
async function readTable(): Promise<ReadonlyMap<string, string>> {
  const files = ["tcp", "tcp6"].map((name) => `/proc/self/net/${name}`);
  const texts = await Promise.all(files.map((file) => readFile(file, "latin1").catch(() => "")));
  const line = /:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) \w\w ([0-9A-F]+):/g;
  const table = new Map<string, string>();
  for (const [, local = "", remote = "", queue = ""] of texts.join("\n").matchAll(line)) {
    const ports = `${Number.parseInt(local, 16)} ${Number.parseInt(remote, 16)}`;
    table.set(ports, `${table.get(ports) ?? ""} ${queue}`);
  }
  return table;
}
