import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@tend/db";
import { makeTask, makeUser } from "@tend/db/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { database } from "#server/database.ts";
import { heldOpen, hungAfter } from "../../../hung.ts";
import { cookieOf, fromHome, newUser } from "../../support/account.ts";
import { proxyTo } from "../../support/flaky-proxy.ts";
import { mintToken, seconds, tokenOf } from "../../support/mint-token.ts";
import { needsOwnProcess, type Sent, send } from "../../support/send.ts";

needsOwnProcess();

const file = join(tmpdir(), `tend-log-${crypto.randomUUID()}`);
let log: number;

beforeAll(() => {
  // As in production: every request has its line, on standard output, which here is a file.
  vi.stubEnv("NODE_ENV", "production");
  log = openSync(file, "a");
  Object.defineProperty(process.stdout, "fd", { value: log, configurable: true });
});

afterAll(() => {
  Object.defineProperty(process.stdout, "fd", { value: 1, configurable: true });
  vi.unstubAllEnvs();
  closeSync(log);
  rmSync(file);
});

/** The lines of the requests with these ids, once each has its own; and all that was written. */
const linesOf = (ids: readonly string[]) =>
  vi.waitFor(() => {
    const text = readFileSync(file, "utf8");
    const all = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const lines = all.filter(({ request_id }) => ids.includes(request_id));
    expect(lines.filter(({ status }) => status !== undefined)).toHaveLength(ids.length);
    return { text, lines };
  }, hungAfter);

test("[E-4] each request has one line with its id, and nothing else that a caller sent", async () => {
  const person = newUser({ name: "Loglady", password: "sesame-open-sesame" });
  const ids: string[] = [];
  const numbered = (): Record<string, string> => {
    const id = `log-${crypto.randomUUID()}`;
    ids.push(id);
    return { "X-Request-Id": id };
  };
  const account = await send("POST", "/api/auth/sign-up/email", {
    body: person,
    headers: numbered(),
  });
  const cookie = cookieOf(account);
  const { id } = account.body.user;
  await send("POST", "/api/auth/sign-in/email", {
    body: { email: person.email, password: "wrong-sesame" },
    headers: numbered(),
  });
  const issued = await send("GET", "/api/auth/token", {
    headers: { ...fromHome(cookie), ...numbered() },
  });
  const { token } = issued.body;
  const body = { title: "Buy a surprise", description: "For the party." };
  const made = await send("POST", `/api/${id}/tasks`, { token, body, headers: numbered() });
  const faulty = { ...body, surprise: 1 };
  await send("POST", "/api/tasks", { token, body: faulty, headers: numbered() });
  await send("PUT", `/api/tasks/${made.body.id}`, { token, body, headers: numbered() });
  await send("GET", "/api/tasks?sort=title&surprise=1", { token, headers: numbered() });
  await send("GET", `/api/tasks?token=${token}`, { headers: numbered() });
  await send("GET", "/api/tasks", { token: `${token}x`, headers: numbered() });
  await send("GET", "/api/surprise/party", { headers: numbered() });

  const { text, lines } = await linesOf(ids);
  expect(lines.map((line) => line.request_id)).toEqual(ids);
  expect(lines.map((line) => line.status)).toEqual([
    200, 401, 200, 201, 422, 200, 422, 401, 401, 404,
  ]);
  for (const line of lines) {
    expect(line).toEqual({
      level: "info",
      time: expect.any(String),
      request_id: expect.any(String),
      method: expect.stringMatching(/^[A-Z]+$/),
      route: expect.stringMatching(/^\/api\/[a-z{}_/*-]*$/),
      status: expect.any(Number),
      ms: expect.any(Number),
      ...(line.user !== undefined && { user: expect.stringMatching(/^[0-9a-f]{16}$/) }),
    });
  }
  const users = lines.map(({ user }) => user !== undefined);
  expect(users).toEqual([false, false, false, true, true, true, true, false, false, false]);
  expect(new Set(lines.flatMap(({ user }) => user ?? [])).size).toBe(1);
  const [, claims = "", signature = ""] = String(token).split(".");
  const [session = ""] = decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)).split(".");
  for (const secret of [claims, signature, session, person.password, person.email, id]) {
    expect(secret.length).toBeGreaterThan(10);
    expect(text).not.toContain(secret);
  }
  expect(text).not.toMatch(/sesame|surprise|party|Loglady/i);
});

test("[E-4, T-20] the time of a wait stands apart from that of its work", async () => {
  const token = tokenOf(await makeUser(database()));
  const ask = (headers: Record<string, string> = {}) =>
    send("GET", "/api/tasks/changes", { token, headers });
  const lineOf = async ({ headers }: Sent) =>
    (await linesOf([headers.get("X-Request-Id") ?? ""])).lines[0];
  const statements = vi.spyOn(database(), "$queryRaw");
  onTestFinished(() => statements.mockRestore());
  /** How often it was asked for whoever waits. */
  const looks = () =>
    statements.mock.calls.filter(([sql]) => String(sql).includes("= ANY(")).length;
  const begun = performance.now();
  const answer = ask({ Prefer: "wait=25" });
  await vi.waitUntil(() => looks() >= 2, hungAfter);
  await send("POST", "/api/tasks", { token, body: { title: "Worth the wait" } });
  const { ms, waited_ms } = await lineOf(await answer);
  const took = performance.now() - begun;
  // Between two looks lie 250 ms; each of the two figures is rounded.
  expect(waited_ms).toBeGreaterThanOrEqual(249);
  expect(ms + waited_ms).toBeLessThanOrEqual(took + 1);
  expect(await lineOf(await ask())).not.toHaveProperty("waited_ms");
});

test("500 [E-2, E-4] a defect is logged with its place, without what a person typed", async () => {
  const broken = connect(process.env.DATABASE_URL ?? "");
  const sound = globalThis.tendDatabase;
  const schema = `s_${crypto.randomUUID().replaceAll("-", "")}`;
  try {
    // On this connection a title must be a number, and PostgreSQL quotes what is none.
    for (const sql of [
      `CREATE SCHEMA ${schema}`,
      `CREATE TABLE ${schema}.tasks (LIKE public.tasks INCLUDING DEFAULTS)`,
      `ALTER TABLE ${schema}.tasks ALTER title TYPE integer USING 0`,
      `CREATE TABLE ${schema}.task_counters (LIKE public.task_counters INCLUDING ALL)`,
      `SET search_path TO ${schema}`,
    ]) {
      await broken.$executeRawUnsafe(sql);
    }
    globalThis.tendDatabase = broken;
    const token = mintToken({ sub: "someone", exp: seconds(300) });
    const { status, body, text } = await send("POST", "/api/tasks", {
      token,
      body: { title: "Buy\n    at the surprise party (of:1:1)", description: "A surprise." },
    });
    expect([status, body.code]).toEqual([500, "internal_error"]);
    expect(text).not.toMatch(/integer|prisma|surprise|party|22P02/i);
    const logged = await linesOf([body.request_id]);
    expect(logged.lines.map(({ level }) => level)).toEqual(["error", "info"]);
    expect(logged.lines[0].error).toContain("createTask");
    expect(JSON.stringify(logged.lines)).not.toMatch(/surprise|party/i);
    expect(logged.text).not.toContain(token);
  } finally {
    globalThis.tendDatabase = sound;
    await broken.$disconnect();
  }
});

describe("503 [E-2, E-4] the line of the request says why, without address or text", () => {
  /** The line of this answer, and nothing more. */
  const lineOf = async ({ status, body }: Sent) => {
    const { lines, text } = await linesOf([body.request_id]);
    expect([status, lines.length, lines[0].level, lines[0].status]).toEqual([503, 1, "warn", 503]);
    expect(text).not.toMatch(/surprise|party|sesame|127\.0\.0\.1|Invalid `/i);
    return lines[0];
  };

  test("nobody listens at the database's address", async () => {
    const gone = connect("postgresql://someone:sesame@127.0.0.1:1/surprise");
    const sound = globalThis.tendDatabase;
    try {
      globalThis.tendDatabase = gone;
      const token = mintToken({ sub: "someone", exp: seconds(300) });
      // More than there are connections: the others wait, and are refused with them.
      const create = () => send("POST", "/api/tasks", { token, body: { title: "Surprise party" } });
      for (const answer of await Promise.all(Array.from({ length: 12 }, create))) {
        const { cause } = await lineOf(answer);
        expect(cause).toEqual([{ name: "Error", code: "ECONNREFUSED" }]);
      }
      const body = { email: newUser().email, password: "open-sesame" };
      const { cause } = await lineOf(await send("POST", "/api/auth/sign-in/email", { body }));
      expect(cause).toEqual([{ name: "DatabaseNotReachable", code: "P1001" }]);
    } finally {
      globalThis.tendDatabase = sound;
      await gone.$disconnect();
    }
  });

  test("it does not answer, and too many of one user wait for it", async () => {
    const proxy = await proxyTo(process.env.DATABASE_URL ?? "");
    const silent = connect(proxy.url);
    const sound = globalThis.tendDatabase;
    try {
      proxy.hang();
      globalThis.tendDatabase = silent;
      const token = mintToken({ sub: "someone", exp: seconds(300) });
      const list = () => send("GET", "/api/tasks", { token });
      const answers = await Promise.all(Array.from({ length: 211 }, list));
      const lines = await Promise.all(answers.map(lineOf));
      expect(new Set(lines.map(({ cause }) => JSON.stringify(cause)))).toEqual(
        new Set([
          '[{"name":"overloaded","message":"200 requests of this user wait"}]',
          '[{"name":"overloaded","message":"no turn within 2 s"}]',
          '[{"name":"Error","message":"Connection terminated due to connection timeout"},{"name":"Error","message":"Connection terminated unexpectedly"}]',
        ]),
      );
    } finally {
      globalThis.tendDatabase = sound;
      await silent.$disconnect();
      await proxy.stop();
    }
  });

  test("another transaction holds the row", async () => {
    const user = await makeUser(database());
    const id = await makeTask(database(), user);
    const answer = await database().$transaction(async (holder) => {
      await holder.$queryRaw`SELECT FROM tasks WHERE owner_user_id = ${user.id} FOR UPDATE`;
      const body = { title: "Surprise party" };
      return send("PATCH", `/api/tasks/${id}`, { token: tokenOf(user), body });
    }, heldOpen);
    const { cause } = await lineOf(answer);
    expect(cause).toEqual([
      { name: "error", code: "55P03", message: "canceling statement due to lock timeout" },
    ]);
  });

  test("migrations are missing", async () => {
    const empty = connect(process.env.DATABASE_URL ?? "");
    const sound = globalThis.tendDatabase;
    try {
      await empty.$executeRaw`SET search_path TO nowhere`;
      globalThis.tendDatabase = empty;
      const { cause } = await lineOf(await send("GET", "/api/ready"));
      expect(cause).toEqual([
        {
          name: "database_unavailable",
          message: expect.stringContaining("migrations are missing"),
        },
      ]);
    } finally {
      globalThis.tendDatabase = sound;
      await empty.$disconnect();
    }
  });
});
