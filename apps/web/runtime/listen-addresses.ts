/** The addresses that HOST stands for: whether they can be had, and how they are described. */
import { lookup } from "node:dns/promises";
import { createServer, isIP, isIPv6 } from "node:net";

/** Reached from this machine alone. */
const loopback = ["127.0.0.1", "::1"];

/** What each wildcard stands for, in words; and an address of it that a client can ask. */
const wildcards: Readonly<Record<string, { readonly means: string; readonly asked: string }>> = {
  "0.0.0.0": { means: "every IPv4 address of this machine", asked: "127.0.0.1" },
  // Either family may be switched off; the name leads to the other one.
  "::": { means: "every address of this machine", asked: "localhost" },
};

const leaveOut = "leave HOST out: then Tend listens for this machine only.";

const bracketed = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** What people open: localhost where it leads here, since browsers trust it as they trust https. */
export function originOf(host: string | undefined, port: number): string {
  const isLocal = host === undefined || host === "127.0.0.1" || host in wildcards;
  return new URL(`http://${isLocal ? "localhost" : bracketed(host)}:${port}`).origin;
}

/** Where the launcher asks whether the server is up. */
export const askedAt = (address: string, port: number): string =>
  `http://${bracketed(wildcards[address]?.asked ?? address)}:${port}`;

/** The addresses, in words: "127.0.0.1 and ::1, for this machine only". */
export function describeAddresses(addresses: readonly string[]): string {
  const list = addresses
    .map((address) => {
      const wildcard = wildcards[address];
      return wildcard ? `${wildcard.means} (${address})` : address;
    })
    .join(" and ");
  const isPrivate = addresses.every((address) => /^(127\.|::1$)/.test(address));
  return isPrivate ? `${list}, for this machine only; HOST=0.0.0.0 opens it to others` : list;
}

interface ListenOptions {
  readonly host: string | undefined;
  readonly port: number;
  readonly mode: "dev" | "start";
}

/**
 * The addresses to listen on, each found to be free.
 * @throws Error that says what is in the way and what to do
 */
export async function listenAddresses(options: ListenOptions): Promise<string[]> {
  const addresses = await resolveHost(options.host);
  const free: string[] = [];
  for (const address of addresses) {
    const error = await tryToListen(options.port, address);
    if (!error) free.push(address);
    else if (address !== "::1" || addresses.length === 1 || !isAbsent(error)) {
      throw new Error(explainListenError(error, { ...options, address }));
    }
  }
  // Next's development server takes one. The others are looked at all the same: whoever opens
  // localhost may be led to any of them, and would meet another program there.
  return options.mode === "dev" ? free.slice(0, 1) : free;
}

async function resolveHost(host: string | undefined): Promise<readonly string[]> {
  if (host === undefined) return loopback;
  if (isIP(host)) return [host];
  const found = await lookup(host, { all: true, order: "ipv4first" }).catch(() => []);
  // An address with a zone (fe80::1%eth0) is the link's alone, and no browser opens it.
  const addresses = found.map(({ address }) => address).filter((address) => !address.includes("%"));
  if (addresses.length > 0) return [...new Set(addresses)];
  throw new Error(
    `HOST=${host} stands for no address. Give an IP address or a name of this machine, or ${leaveOut}`,
  );
}

function tryToListen(port: number, address: string): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, address, () => server.close(() => resolve(undefined)));
  });
}

const isAbsent = ({ code }: NodeJS.ErrnoException): boolean =>
  code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";

/** Why there is no listening on this address, and what to do. */
export function explainListenError(
  error: NodeJS.ErrnoException,
  { host, address, port, mode }: ListenOptions & { readonly address: string },
): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} is taken by another program on ${address}. Stop that program, or choose another port: PORT=${port + 1} pnpm ${mode}`;
  }
  if (error.code === "EACCES") {
    return `Port ${port} is not for this user: the system keeps it back. Choose another one above 1023: PORT=8080 pnpm ${mode}`;
  }
  const fault = isAbsent(error)
    ? `this machine does not have the address ${address}.`
    : `the address ${address} cannot be listened on (${error.code}).`;
  return `HOST=${host ?? ""}: ${fault} Give one that it has, 0.0.0.0 for every one, or ${leaveOut}`;
}
