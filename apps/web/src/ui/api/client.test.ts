import { ApiError, UnreachableError } from "@tend/contracts/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApi } from "./client.ts";
import { readToken } from "./token.ts";

const minute = 60_000;

/** A JWT as the server makes it; the number tells two of the same second apart. */
function makeToken(number: number): string {
  const iat = Math.floor(Date.now() / 1000);
  const bytes = new TextEncoder().encode(JSON.stringify({ sub: "ü>?", iat, exp: iat + 900 }));
  const payload = btoa(String.fromCharCode(...bytes));
  return `header.${payload.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.${number}`;
}

const problem = (status: number, code: string) =>
  Response.json({ status, code, detail: `Detail of ${code}.` }, { status });

/** A server that gives tokens to a live session, and lists tasks for tokens not revoked. */
function makeServer() {
  const valid = new Set<string>();
  const server = {
    signedIn: true,
    reachable: true,
    /** The answer to a request for a token, where that is not a token. */
    tokenFailure: undefined as (() => Response) | undefined,
    refusesAll: false,
    tokensMade: 0,
    listRequests: 0,
    revokeAll: () => valid.clear(),
    fetch: (async (input, init): Promise<Response> => {
      if (!server.reachable) throw new TypeError("Failed to fetch");
      const path = String(input);
      if (path === "/api/auth/token") {
        if (!server.signedIn) return problem(401, "no_session");
        if (server.tokenFailure) return server.tokenFailure();
        const token = makeToken(++server.tokensMade);
        valid.add(`Bearer ${token}`);
        return Response.json({ token });
      }
      server.listRequests++;
      const sent = new Headers(init?.headers).get("Authorization");
      const known = sent !== null && valid.has(sent) && !server.refusesAll;
      return known ? Response.json([]) : problem(401, "invalid_token");
    }) satisfies typeof fetch,
  };
  return server;
}

let server: ReturnType<typeof makeServer>;
let onSignedOut: ReturnType<typeof vi.fn<() => void>>;
let api: ReturnType<typeof createApi>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-24T09:30:00.500Z") });
  server = makeServer();
  onSignedOut = vi.fn<() => void>();
  api = createApi({ fetch: server.fetch, onSignedOut });
});

afterEach(() => {
  vi.useRealTimers();
});

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe("the token", () => {
  test("is fetched once for callers at the same time, and kept for those after", async () => {
    await Promise.all([api.listTasks(), api.listTasks(), api.listTasks()]);
    await api.listTasks();
    expect(server).toMatchObject({ tokensMade: 1, listRequests: 4 });
  });

  test("is renewed a minute before its end", async () => {
    await api.listTasks();
    later(14 * minute - 1);
    await api.listTasks();
    expect(server.tokensMade).toBe(1);
    later(1);
    await api.listTasks();
    expect(server).toMatchObject({ tokensMade: 2, listRequests: 3 });
  });

  test("is not asked for by an operation that needs none", async () => {
    await api.getHealth().catch(() => {});
    expect(server.tokensMade).toBe(0);
  });

  test("is asked for again after a failure", async () => {
    server.reachable = false;
    await expect(api.listTasks()).rejects.toBeInstanceOf(UnreachableError);
    server.reachable = true;
    await api.listTasks();
    expect(server.tokensMade).toBe(1);
  });

  test("tells its times, with any characters in its payload", () => {
    const read = readToken(makeToken(1));
    expect(read.expiresAt).toEqual(new Date("2026-11-24T09:45:00.000Z"));
    expect(read.lifetime).toBe(15 * minute);
  });
});

describe("a refused token", () => {
  test("is replaced and the request sent again", async () => {
    await api.listTasks();
    server.revokeAll();
    const { status } = await api.listTasks();
    expect(status).toBe(200);
    expect(server).toMatchObject({ tokensMade: 2, listRequests: 3 });
  });

  test("is replaced once for callers at the same time", async () => {
    await api.listTasks();
    server.revokeAll();
    await Promise.all([api.listTasks(), api.listTasks()]);
    expect(server.tokensMade).toBe(2);
  });

  test("is an error when the new one is refused too", async () => {
    server.refusesAll = true;
    const error = await api.listTasks().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ problem: { code: "invalid_token" } });
    expect(server).toMatchObject({ tokensMade: 2, listRequests: 2 });
    expect(onSignedOut).not.toHaveBeenCalled();
  });
});

describe("a token that cannot be renewed for a while", () => {
  const noNetwork = () => {
    throw new TypeError("Failed to fetch");
  };
  const away = () => problem(503, "database_unavailable");
  const nothing = () => Response.json({});
  test.each([
    ["without a network", noNetwork, UnreachableError],
    ["with a database that is away, which it says", away, ApiError],
    ["with something in between that gives no token", nothing, UnreachableError],
  ])("is no end of the session, %s", async (_, failure, kind) => {
    await api.listTasks();
    server.revokeAll();
    server.tokenFailure = failure;
    const error = await api.listTasks().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).not.toMatchObject({ problem: { code: "invalid_token" } });
    expect(onSignedOut).not.toHaveBeenCalled();
    server.tokenFailure = undefined;
    expect((await api.listTasks()).status).toBe(200);
  });
});

test("a first token that something in between withholds is no defect of the app", async () => {
  server.tokenFailure = () => Response.json({});
  await expect(api.listTasks()).rejects.toBeInstanceOf(UnreachableError);
});

describe("a session that has ended", () => {
  test("leads to signing in, before the first request", async () => {
    server.signedIn = false;
    await expect(api.listTasks()).rejects.toMatchObject({ problem: { code: "no_session" } });
    expect(onSignedOut).toHaveBeenCalledOnce();
    expect(server.listRequests).toBe(0);
  });

  test("leads to signing in when the token was refused", async () => {
    await api.listTasks();
    server.revokeAll();
    server.signedIn = false;
    await expect(api.listTasks()).rejects.toBeInstanceOf(ApiError);
    expect(onSignedOut).toHaveBeenCalledOnce();
  });
});
