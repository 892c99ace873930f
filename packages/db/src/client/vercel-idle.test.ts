import { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing.ts";
import { closeBeforeFreezing } from "./vercel-idle.ts";

const name = Symbol.for("@vercel/request-context");

let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
});

afterAll(async () => {
  Reflect.deleteProperty(globalThis, name);
  await fresh?.stop();
});

test("[C-7] on Vercel a function stays awake until its idle connections are closed, and no longer", async () => {
  const pool = new Pool({ connectionString: fresh.url, idleTimeoutMillis: 150 });
  closeBeforeFreezing(pool);
  // Without a platform nothing is waited for, and nothing breaks.
  await pool.query("SELECT 1");

  const awaited: Promise<void>[] = [];
  const context = { waitUntil: (work: Promise<void>) => void awaited.push(work) };
  Object.defineProperty(globalThis, name, { configurable: true, value: { get: () => context } });
  await pool.query("SELECT 1");
  await pool.query("SELECT 1");
  expect(awaited).toHaveLength(2);
  await awaited[0];
  expect(pool.totalCount, "the next request of the same function took over").toBe(1);
  await awaited[1];
  expect(pool.totalCount).toBe(0);
  await pool.end();
});
