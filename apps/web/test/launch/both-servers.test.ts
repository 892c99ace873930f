import { type ChildProcess, spawn } from "node:child_process";
import { request } from "node:http";
import { createRequire } from "node:module";
import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { createClient } from "@tend/contracts/client";
import { freshDatabase } from "@tend/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signUp } from "./load.ts";
import { answers, freePort, secret, until, web } from "./start.ts";

const nextProgram = createRequire(import.meta.url).resolve("next/dist/bin/next");
/** Next alone, as on Vercel, and a worker of `pnpm start`. */
const commands = {
  next: [nextProgram, "start", "-H", "127.0.0.1"],
  own: ["--import", "tsx", "runtime/serve.ts"],
};
type Server = keyof typeof commands;

const ends: (() => unknown)[] = [];
const ports: Record<Server, number> = { next: 0, own: 0 };
let person: Awaited<ReturnType<typeof signUp>>;

beforeAll(async () => {
  const database = await freshDatabase();
  ends.push(database.stop);
  for (const server of ["next", "own"] as const) ports[server] = await freePort();
  for (const server of ["next", "own"] as const) {
    const child: ChildProcess = spawn(process.execPath, commands[server], {
      cwd: web,
      stdio: "ignore",
      env: {
        ...process.env,
        NODE_ENV: "production",
        NEXT_TELEMETRY_DISABLED: "1",
        PORT: String(ports[server]),
        DATABASE_URL: database.url,
        BETTER_AUTH_SECRET: secret,
        BETTER_AUTH_URL: `http://127.0.0.1:${ports.own}`,
      },
    });
    ends.unshift(() => child.kill("SIGKILL"));
    await until(`${server} answers`, () => answers(ports[server]));
  }
  person = await signUp(`http://127.0.0.1:${ports.own}`);
});

afterAll(async () => {
  for (const end of ends) await end();
});

interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Headers of the connection and of the moment, not of the answer. */
const passing = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "ratelimit",
  "transfer-encoding",
]);

/** What Next's router and its compression add to Vary stands beside ours. */
const ofTheApi = (vary: readonly string[]) =>
  vary
    .flatMap((value) => value.split(", "))
    .filter((name) => !/^(rsc|next-.*|accept-encoding)$/i.test(name));

/** The answer of one server, byte for byte but for what passes. */
const ask = (server: Server, { method, path, headers, body }: ApiRequest) =>
  new Promise<object>((resolve, reject) => {
    const asking = request({ port: ports[server], host: "127.0.0.1", method, path, headers });
    asking.once("error", reject);
    asking.once("response", async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const kept = Object.entries(response.headersDistinct)
        .filter(([name]) => !passing.has(name))
        .map(([name, values = []]) => [name, name === "vary" ? ofTheApi(values) : values]);
      resolve({
        status: response.statusCode,
        headers: Object.fromEntries(kept.sort()),
        // A cursor is sealed anew each time.
        body: Buffer.concat(chunks)
          .toString()
          .replace(/(?<="next_cursor":)"[^"]+"/, '""'),
      });
    });
    asking.end(body);
  });

async function expectAlike(asked: ApiRequest): Promise<void> {
  const headers = { "X-Request-Id": "alike", ...asked.headers };
  const [next, own] = [
    await ask("next", { ...asked, headers }),
    await ask("own", { ...asked, headers }),
  ];
  expect(own, `${asked.method} ${asked.path}`).toEqual(next);
}

const json = { "Content-Type": "application/json" };

test("[E-1, O-2] both servers answer alike: every operation, form and kind of caller", async () => {
  const { client } = person;
  const bearer = { Authorization: `Bearer ${person.token()}` };
  for (let number = 1; number <= 5; number++) {
    await client.createTask({ body: { title: `Task "${number}" \u2028 \\ é 😀` } });
  }
  const { body: tasks } = await client.listTasks();
  const { id = "", owner_user_id: user_id = "" } = tasks[0] ?? {};
  for (const operation of Object.values<Operation>(api)) {
    const { method, body } = operation;
    for (const form of addressForms(operation.path)) {
      const path = fillPath(form, { user_id, id });
      const foreign = fillPath(form, { user_id: "somebody", id });
      const missing = fillPath(form, { user_id, id: crypto.randomUUID() });
      const stale = { "If-Match": '"77"' };
      const given = { method, path, ...(body && { body: "{", headers: json }) };
      await expectAlike({ ...given });
      await expectAlike({ ...given, headers: { Authorization: "Bearer nonsense" } });
      await expectAlike({ ...given, headers: { Origin: "https://evil.example" } });
      await expectAlike({ method: "OPTIONS", path, headers: { Origin: "null" } });
      if (operation.security !== "bearer") continue;
      await expectAlike({ ...given, path: foreign, headers: { ...json, ...bearer, ...stale } });
      await expectAlike({
        ...given,
        path: `${path}?nope=1&nope=2`,
        headers: { ...json, ...bearer },
      });
      // What the first server has done, the second could not do again.
      const repeatable = body || method === "GET";
      if (repeatable) await expectAlike({ ...given, headers: { ...json, ...bearer } });
      if (path !== missing) {
        const some = {
          ...given,
          ...(body && { body: '{"title":"x"}' }),
          headers: { ...json, ...bearer },
        };
        await expectAlike({ ...some, path: missing });
        await expectAlike({ ...some, path, headers: { ...json, ...bearer, ...stale } });
      }
    }
  }
});

test("[T-6, T-3] both servers show the same tasks, pages and versions", async () => {
  const bearer = { Authorization: `Bearer ${person.token()}` };
  const { body: tasks } = await person.client.listTasks();
  const { id = "", owner_user_id: user_id = "", version } = tasks[0] ?? {};
  for (const method of ["GET", "HEAD"]) {
    for (const path of [
      "/api/tasks",
      `/api/${user_id}/tasks?sort=title&order=desc`,
      "/api/tasks?status=completed",
      "/api/tasks?limit=501",
      "/api/tasks?q=task",
      `/api/tasks/${id}`,
      `/api/tasks/${id.toUpperCase()}`,
      "/api/health",
      "/api/ready",
      "/api/openapi.json",
      "/api/nothing/here/at/all",
    ]) {
      await expectAlike({ method, path, headers: bearer });
    }
  }
  await expectAlike({
    method: "GET",
    path: `/api/tasks/${id}`,
    headers: { ...bearer, "If-None-Match": `"${version}"` },
  });
});

test.each(["next", "own"] as const)(
  "[T-20] at %s, whoever goes away while they wait makes room for others",
  async (server) => {
    const { token } = await signUp(`http://127.0.0.1:${ports.own}`);
    const client = createClient({ origin: `http://127.0.0.1:${ports[server]}`, token });
    const { next_cursor: cursor } = (await client.listChanges({ query: { from: "now" } })).body;
    const ask = (seconds: number, signal?: AbortSignal) =>
      client.listChanges(
        { query: { cursor }, headers: { prefer: `wait=${seconds}` } },
        signal && { signal },
      );
    /** Whether there was room to wait; where there was none, at once. */
    const hasRoom = async () => (await ask(1)).headers.has("Preference-Applied");
    let hasTimePassed = false;
    /** Waits until the signal, and asks again where another had the last place. */
    const hold = async ({ signal }: AbortController) => {
      while (!signal.aborted) {
        const answer = await ask(25, signal).catch(() => undefined);
        hasTimePassed ||= answer?.headers.has("Preference-Applied") ?? false;
      }
    };
    const [staying, going] = [new AbortController(), new AbortController()];
    const stays = hold(staying);
    const waits = Array.from({ length: 49 }, () => hold(going));
    await until("so many wait as may", async () => !(await hasRoom()));
    going.abort();
    await Promise.all(waits);
    await until("there is room again", hasRoom);
    // Who came with them waits on: their time has not made the room.
    expect(hasTimePassed).toBe(false);
    staying.abort();
    await stays;
  },
);
