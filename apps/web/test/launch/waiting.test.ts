import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import type { Changes } from "@tend/contracts";
import { createClient } from "@tend/contracts/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answers, freePort, makeFolder, tokenAt, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ReturnType<typeof folder.start>;
let port: number;
let token: string;

const origin = () => `http://127.0.0.1:${port}`;

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  server = folder.start({ PORT: String(port), WEB_CONCURRENCY: "2", LIVE_WAIT: "60" });
  await until("the server answers", () => answers(port));
  token = await tokenAt(origin(), "sign-up", `${randomBytes(6).toString("hex")}@example.com`);
});

afterAll(() => folder.end());

interface Answer {
  readonly status: number | undefined;
  readonly applied: string | undefined;
  readonly body: Changes;
}

/** Begins to wait for changes, on a connection of its own; resolves once the server has begun. */
async function beginWaiting(cursor: string): Promise<() => Promise<Answer>> {
  const asking = request(`${origin()}/api/tasks/changes?cursor=${cursor}`, { agent: false });
  asking.setHeader("Authorization", `Bearer ${token}`);
  asking.setHeader("Prefer", "wait=60");
  asking.setHeader("Expect", "100-continue");
  asking.flushHeaders();
  await once(asking, "continue");
  const answered = once(asking, "response");
  asking.end();
  return async () => {
    const [response]: IncomingMessage[] = await answered;
    if (!response) throw new Error("There was no answer.");
    const applied = response.headers["preference-applied"];
    return {
      status: response.statusCode,
      applied: applied === undefined ? undefined : String(applied),
      body: JSON.parse(await text(response)),
    };
  };
}

test("200 [T-20] a write on one of two workers wakes those who wait at either", async () => {
  const client = createClient({ origin: origin(), token: () => token });
  const { body } = await client.listChanges({ query: { from: "now" } });
  const waits = await Promise.all(Array.from({ length: 40 }, () => beginWaiting(body.next_cursor)));
  const { body: task } = await client.createTask({ body: { title: "Seen everywhere" } });
  for (const wait of waits) {
    const { status, applied, body: changes } = await wait();
    expect([status, applied]).toEqual([200, "wait"]);
    expect(changes.changes).toEqual([{ type: "saved", id: task.id, task }]);
  }
});

test("200 [T-20, C-6] SIGTERM answers who waits, at once, and says that it was cut short", async () => {
  const client = createClient({ origin: origin(), token: () => token });
  const { body } = await client.listChanges({ query: { from: "now" } });
  const waits = await Promise.all(Array.from({ length: 40 }, () => beginWaiting(body.next_cursor)));
  server.child.kill("SIGTERM");
  for (const wait of waits) {
    const { status, applied, body: changes } = await wait();
    expect([status, applied, changes.next_cursor]).toEqual([200, undefined, body.next_cursor]);
  }
  // None of them was killed: the launcher would say so by its exit code.
  expect(await server.ended).toBe(0);
});
