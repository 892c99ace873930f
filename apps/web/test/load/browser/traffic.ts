import type { CDPSession } from "@playwright/test";

/** A request of the page, and what came of it so far. */
export interface Exchange {
  readonly url: URL;
  /** Whether it asks the server to wait until there is something to say. */
  readonly waits: boolean;
  isOver: boolean;
  /** Bytes of the answer's body, decoded; and of the whole answer as it came over the wire. */
  body: number;
  wire: number;
}

export interface Traffic {
  readonly exchanges: readonly Exchange[];
  /** Goes up with everything that is sent or comes. */
  readonly events: () => number;
}

/** Watches all requests of a page from now on. */
export async function watchTraffic(session: CDPSession): Promise<Traffic> {
  const exchanges: Exchange[] = [];
  const byId = new Map<string, Exchange>();
  let events = 0;
  const end = (requestId: string, wire: number) => {
    events++;
    const exchange = byId.get(requestId);
    if (exchange) Object.assign(exchange, { isOver: true, wire: exchange.wire + wire });
  };

  session.on("Network.requestWillBeSent", ({ requestId, request, type, redirectResponse }) => {
    // What a page leaves open when another takes its place is not always reported as over.
    if (type === "Document") for (const exchange of exchanges) exchange.isOver = true;
    // A redirect goes on under the same id.
    if (redirectResponse) end(requestId, redirectResponse.encodedDataLength);
    events++;
    const prefer = request.headers.Prefer ?? request.headers.prefer ?? "";
    const exchange: Exchange = {
      url: new URL(request.url),
      waits: prefer.includes("wait"),
      isOver: false,
      body: 0,
      wire: 0,
    };
    byId.set(requestId, exchange);
    exchanges.push(exchange);
  });
  session.on("Network.dataReceived", ({ requestId, dataLength }) => {
    events++;
    const exchange = byId.get(requestId);
    if (exchange) exchange.body += dataLength;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    end(requestId, encodedDataLength),
  );
  session.on("Network.loadingFailed", ({ requestId }) => end(requestId, 0));
  await session.send("Network.enable");
  return { exchanges, events: () => events };
}

/** What was sent and came, without the fetch of a token, and without the files of the app. */
export function sumOf(exchanges: readonly Exchange[]) {
  const counted = exchanges.filter(
    ({ url: { pathname, protocol } }) =>
      protocol.startsWith("http") &&
      pathname !== "/api/auth/token" &&
      !pathname.startsWith("/_next/static/"),
  );
  const sum = (of: "body" | "wire") =>
    counted.reduce((total, exchange) => total + exchange[of], 0) / 1_000;
  return {
    requests: counted.length,
    waiting: counted.filter(({ isOver, waits }) => waits && !isOver).length,
    bodyKb: sum("body"),
    wireKb: sum("wire"),
  };
}
