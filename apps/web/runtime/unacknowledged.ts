import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/**
 * What was sent on this connection and not confirmed by the other side, as Linux tells; empty
 * elsewhere. The system takes megabytes ahead, so that Node sees no progress for minutes where
 * somebody reads slowly. Connections with both ports alike are told together.
 */
export async function unacknowledged({ localPort, remotePort }: Socket): Promise<string> {
  return (await sharedTable()).get(`${localPort} ${remotePort}`) ?? "";
}

let shared: ReturnType<typeof readTable> | undefined;

/** Read a few times a second at most, however many ask: with many connections it is long. */
function sharedTable(): ReturnType<typeof readTable> {
  if (!shared) {
    shared = readTable();
    setTimeout(() => {
      shared = undefined;
    }, 250).unref();
  }
  return shared;
}

/** By the local and the remote port, the queues of all such connections. */
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
