import { BlockList, isIP } from "node:net";

/**
 * The header that holds the caller's address and nothing that a caller wrote: what counts by it
 * (sign-in guard, Better Auth) and shows it (list of sessions) reads no other. Vercel's network
 * writes its own; the self-hosted server writes the usual one anew.
 */
export const addressHeader = (): string =>
  process.env.VERCEL ? "x-vercel-forwarded-for" : "x-forwarded-for";

/**
 * The caller's address: going back from the peer of the connection through the trusted proxies, the
 * first that is none of them. What stands left of it may have been written by anybody.
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: readonly string[],
  trusted: BlockList,
): string {
  const chain = forwarded.flatMap((line) => line.split(","));
  let address = addressIn(peer ?? "") ?? "";
  while (chain.length > 0 && isTrusted(address, trusted)) {
    const before = addressIn(chain.pop() ?? "");
    // A proxy that does not say who is behind it stands for them.
    if (before === undefined) break;
    address = before;
  }
  return address;
}

/** One entry, without the port, brackets, quotes and zone that some proxies write. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim().replace(/^"(.*)"$/, "$1");
  const [, bare = text] = /^\[([^\]]*)\](?::\d*)?$/.exec(text) ?? /^([\d.]+):\d+$/.exec(text) ?? [];
  const address = bare.replace(/%.*$/, "").replace(/^::ffff:(?=[\d.]+$)/i, "");
  return isIP(address) ? address : undefined;
}

const isTrusted = (address: string, trusted: BlockList): boolean =>
  address !== "" && trusted.check(address, familyOf(address));

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** A list of addresses and networks, written as in TRUSTED_PROXIES. */
export function makeProxyList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}
