import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

/** The page as it was rendered once, in the pieces between which its nonce stands. */
interface Rendered {
  readonly headers: readonly (readonly [string, string])[];
  readonly policy: string;
  readonly pieces: readonly string[];
}

interface Given {
  /** What renders pages. */
  readonly page: RequestListener;
  /** Whether the caller has a session. Where it rejects, the page is rendered for this caller. */
  readonly isSignedIn: (incoming: IncomingMessage) => Promise<boolean>;
  /** The cookies that the page differs by, in one form for each of its few looks. */
  readonly looksOf: (cookies: string) => string;
}

/**
 * C-3: serves /docs. Without a session it differs by its look and its nonce alone, and takes Next
 * 0.1 s of a processor, so it is rendered once for each look. Next's own router, which asks for
 * parts of a page, gets it whole and loads it.
 */
export function docsPage({ page, isSignedIn, looksOf }: Given) {
  const known = new Map<string, Promise<Rendered>>();

  function rendered(look: string): Promise<Rendered> {
    const found = known.get(look) ?? render(page, look);
    known.set(look, found);
    // One that failed is tried again by the next request.
    found.catch(() => known.delete(look));
    return found;
  }

  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { cookie } = incoming.headers;
    const isStranger = cookie === undefined || !(await isSignedIn(incoming).catch(() => true));
    const made = isStranger && (await rendered(looksOf(cookie ?? "")).catch(() => null));
    if (made) await send(made, incoming, outgoing);
    else await page(incoming, outgoing);
  };
}

/** By HTTP, as a browser has it, on a port that only this process knows. */
async function render(page: RequestListener, cookie: string): Promise<Rendered> {
  const server = createServer(page).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    // A server that listens on TCP has such an address.
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/docs`, {
      headers: { "accept-encoding": "identity", connection: "close", ...(cookie && { cookie }) },
    });
    const policy = answer.headers.get("content-security-policy") ?? "";
    const [, nonce] = /'nonce-([^']+)'/.exec(policy) ?? [];
    if (answer.status !== 200 || nonce === undefined) throw new Error("/docs was not rendered.");
    const ofThisAnswer = /^(?:date|connection|keep-alive|content-length|transfer-encoding)$/;
    return {
      headers: [...answer.headers].filter(([name]) => !ofThisAnswer.test(name)),
      policy,
      pieces: (await answer.text()).split(nonce),
    };
  } finally {
    server.close();
  }
}

async function send(
  { headers, policy, pieces }: Rendered,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const nonce = randomBytes(16).toString("base64");
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(
    String(incoming.headers["accept-encoding"] ?? ""),
  );
  const text = Buffer.from(pieces.join(nonce));
  const body = takesGzip ? await compress(text, { level: 3 }) : text;
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  outgoing.setHeader(
    "Content-Security-Policy",
    policy.replace(/'nonce-[^']+'/, `'nonce-${nonce}'`),
  );
  outgoing.appendHeader("Vary", "Accept-Encoding");
  if (takesGzip) outgoing.setHeader("Content-Encoding", "gzip");
  outgoing.setHeader("Content-Length", body.length);
  outgoing.end(incoming.method === "HEAD" ? undefined : body);
}
