import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newestMigration } from "../index.ts";
import { type FreshDatabase, freshDatabase } from "../testing.ts";
import { addressOf, migrateDeployment } from "./deployment.ts";
import { migrations } from "./runner.ts";

let fresh: FreshDatabase;
let client: Client;
let elsewhere: string;
let names: readonly string[];

beforeAll(async () => {
  fresh = await freshDatabase();
  client = new Client({ connectionString: fresh.url });
  await client.connect();
  // A copy of a database has its content and another address: so does this URL.
  const url = new URL(fresh.url);
  url.hostname = url.hostname === "localhost" ? "127.0.0.1" : "localhost";
  elsewhere = url.href;
  names = (await migrations()).map(({ name }) => name);
});

beforeEach(() => client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public"));

afterAll(async () => {
  await client?.end();
  await fresh?.stop();
});

/** As if the newest migration had been written after production was deployed. */
const forgetNewest = () =>
  client.query(`DELETE FROM "_prisma_migrations" WHERE migration_name = $1`, [newestMigration]);

const appliedNames = async () => {
  const { rows } = await client.query(`SELECT migration_name FROM "_prisma_migrations" ORDER BY 1`);
  return rows.map((row) => row.migration_name);
};

test("[C-7] production is migrated, as often as it is deployed", async () => {
  expect(await migrateDeployment(fresh.url, "production")).toEqual(names);
  expect(await migrateDeployment(fresh.url, "production")).toEqual([]);
});

test("[C-7] a preview refuses the database of production, and changes nothing", async () => {
  await migrateDeployment(fresh.url, "production");
  await forgetNewest();
  const before = await appliedNames();
  const attempt = migrateDeployment(fresh.url, "preview");
  await expect(attempt).rejects.toThrow(/is the database of production; it lacks 2026\d+_/);
  expect(await appliedNames()).toEqual(before);
});

test("[C-7] a pooler's address is that of its database", () => {
  expect(addressOf("postgresql://ada@ep-cool-1-pooler.eu-central-1.aws.neon.tech/tend")).toBe(
    "ep-cool-1.eu-central-1.aws.neon.tech:5432/tend",
  );
});

test("[C-7] a preview migrates a copy of the database of production", async () => {
  await migrateDeployment(elsewhere, "production");
  // As if all migrations had been written since.
  await client.query(`
    CREATE SCHEMA kept;
    ALTER TABLE "_prisma_migrations" SET SCHEMA kept;
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public;
    ALTER TABLE kept."_prisma_migrations" SET SCHEMA public;
    DROP SCHEMA kept;
    DELETE FROM "_prisma_migrations"`);
  expect(await migrateDeployment(fresh.url, "preview")).toEqual(names);
});

test("[C-7] a preview refuses a database that production never was in", async () => {
  await expect(migrateDeployment(fresh.url, "preview")).rejects.toThrow(
    /no copy of the database of production, or production was not deployed yet/,
  );
  const { rows } = await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
  expect(rows).toEqual([]);
});

test("[C-7] a preview that lacks nothing is let through, wherever its database is", async () => {
  await migrateDeployment(fresh.url, "production");
  expect(await migrateDeployment(fresh.url, "preview")).toEqual([]);
  await client.query(`COMMENT ON TABLE "_prisma_migrations" IS NULL`);
  expect(await migrateDeployment(fresh.url, "preview")).toEqual([]);
});
