import { connect } from "@tend/db";
import { afterEach, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { isElsewhere, send } from "../../support/send.ts";

const shared = database();
let other = shared;

afterEach(async () => {
  globalThis.tendDatabase = shared;
  if (other !== shared) await other.$disconnect();
  other = shared;
});

/** The app on a connection that sees, in place of the real tables, only these. */
async function seeOnly(create: (schema: string) => readonly string[]): Promise<void> {
  const schema = `s_${crypto.randomUUID().replaceAll("-", "")}`;
  other = connect(process.env.DATABASE_URL ?? "");
  // One query at a time keeps to one connection of the pool.
  for (const sql of [`CREATE SCHEMA ${schema}`, ...create(schema), `SET search_path TO ${schema}`])
    await other.$executeRawUnsafe(sql);
  globalThis.tendDatabase = other;
}

test("200 [C-2] the process is up; no token is asked for or looked at", async () => {
  for (const given of [{}, { token: "garbage" }]) {
    const { status, body, headers } = await send("GET", "/api/health", given);
    expect([status, body]).toEqual([200, { status: "ok" }]);
    expect(headers.get("Content-Type")).toBe("application/json");
  }
});

test("200 [C-2] it is ready once every migration is applied; no token is asked for", async () => {
  for (const given of [{}, { token: "garbage" }]) {
    const { status, body } = await send("GET", "/api/ready", given);
    expect([status, body]).toEqual([200, { status: "ready" }]);
  }
});

test.skipIf(isElsewhere).each([
  ["was not applied", (schema: string) => [table(schema)]],
  ["began and did not finish", (schema: string) => [table(schema), record(schema, "NULL")]],
  ["is missing, and so is every table", () => []],
])("503 [C-2] it is not ready where a migration %s, and says what to do", async (_, create) => {
  await seeOnly(create);
  const { status, body, headers } = await send("GET", "/api/ready");
  expect([status, body.code]).toEqual([503, "database_unavailable"]);
  expect(body.detail).toContain("pnpm db:migrate");
  expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
  expect((await send("GET", "/api/health")).status).toBe(200);
});

test.skipIf(isElsewhere)("200 [C-2] the check looks at what the database holds", async () => {
  await seeOnly((schema) => [table(schema), record(schema, "now()")]);
  expect((await send("GET", "/api/ready")).status).toBe(200);
});

const table = (schema: string) =>
  `CREATE TABLE ${schema}."_prisma_migrations" (LIKE public."_prisma_migrations" INCLUDING ALL)`;

const record = (schema: string, finished: string) =>
  `INSERT INTO ${schema}."_prisma_migrations" (id, checksum, migration_name, finished_at)
   SELECT id, checksum, migration_name, ${finished} FROM public."_prisma_migrations"`;
