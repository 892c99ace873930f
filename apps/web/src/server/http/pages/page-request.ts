import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { shortUserAgent } from "../user-agent.ts";

/**
 * Strips a request of what no page needs. Next would buffer 10 MB of a body, take it for a call of
 * a server function, fail at a router state that its own router did not write, and log what the
 * caller sent.
 */
export function settlePageRequest(incoming: IncomingMessage): void {
  const { headers, method } = incoming;
  // A form that is sent before its page is hydrated gets the page anew.
  if (method === "POST") incoming.method = "GET";
  // Next searches this header for names of robots, in a time that grows with its length squared.
  const agent = headers["user-agent"];
  if (agent !== undefined) headers["user-agent"] = shortUserAgent(agent);
  const tree = headers[routerState];
  if (tree !== undefined && !isRouterState(String(tree))) delete headers[routerState];
}

const routerState = "next-router-state-tree";

const Segment = z.union([
  z.string(),
  z.tuple([z.string(), z.string(), z.enum(["c", "oc", "d"]), z.array(z.string()).nullable()]),
]);

/** What Next's router says of the page that it shows; without it a page comes whole. */
const Tree = z.tuple([
  Segment,
  z.record(
    z.string(),
    z.lazy((): z.ZodType => Tree),
  ),
  z.tuple([z.string(), z.string()]).nullish(),
  z.enum(["refetch", "inside-shared-layout", "metadata-only"]).nullish(),
  z.number().nullish(),
  z.string().optional(),
]);

/**
 * Brackets that reading a state can take without a stack overflow. A state has three, and a search
 * may hold 200 more.
 */
const mostBrackets = 300;

function isRouterState(text: string): boolean {
  try {
    const json = decodeURIComponent(text);
    return json.split("[").length <= mostBrackets && Tree.safeParse(JSON.parse(json)).success;
  } catch {
    return false;
  }
}
