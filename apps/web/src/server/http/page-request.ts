import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { shortUserAgent } from "./user-agent.ts";

/**
 * Leaves of a request what a page is made of. Next would keep 10 MB of a body that no page reads,
 * take it for a call of a function that is not there, fail at a tree that its own router did not
 * write, and put into the log what the caller says.
 */
export function settlePageRequest(incoming: IncomingMessage): void {
  const { headers, method } = incoming;
  // A form that is sent before its page is alive gets the page anew.
  if (method === "POST") incoming.method = "GET";
  // Next looks in it for the names of robots, in a time that grows with the square of its length.
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

/** Beyond, to read it takes more stack than there is. A tree has three; a search may hold 200 more. */
const mostBrackets = 300;

function isRouterState(text: string): boolean {
  try {
    const json = decodeURIComponent(text);
    return json.split("[").length <= mostBrackets && Tree.safeParse(JSON.parse(json)).success;
  } catch {
    return false;
  }
}
