import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { env } from "#server/env.ts";
import { log } from "#server/log.ts";
import { clientAddress, makeProxyList } from "./client-address.ts";

const header = "x-forwarded-for";

/** replaces the addresses that the request names by the caller's. */
export function settleAddress({ headers, headersDistinct, socket }: IncomingMessage): void {
  const { [header]: forwarded = [] } = headersDistinct;
  const trusted = trustedProxies();
  const address = clientAddress(socket.remoteAddress, forwarded, trusted);
  if (forwarded.length > 0 && env().TRUSTED_PROXIES.length === 0) warnOnce();
  headers[header] = address;
  headersDistinct[header] = [address];
}

let made: BlockList | undefined;

function trustedProxies(): BlockList {
  made ??= makeProxyList(env().TRUSTED_PROXIES);
  return made;
}

let warned = false;

/** Warns an operator whose proxy is not listed, behind which all callers are counted as one. */
function warnOnce(): void {
  if (warned) return;
  warned = true;
  log().warn({
    hint: "A request came with X-Forwarded-For, which counts only from TRUSTED_PROXIES. Where a proxy is in front, set that to its address; else all callers are counted as one.",
  });
}
