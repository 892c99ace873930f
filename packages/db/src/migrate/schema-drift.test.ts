import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as wasm from "@prisma/schema-engine-wasm/schema_engine_bg";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing.ts";
import { migrations } from "./runner.ts";

const noFilters = { externalTables: [], externalEnums: [] };

let fresh: FreshDatabase;
let client: Client;
let schema: string;
let engine: wasm.SchemaEngine;

beforeAll(async () => {
  fresh = await freshDatabase();
  client = new Client({ connectionString: fresh.url });
  await client.connect();
  schema = await readFile(new URL("../../prisma/schema.prisma", import.meta.url), "utf8");
  await loadEngine();
});

beforeEach(async () => {
  engine = await wasm.SchemaEngine.new({ datamodels: [file(schema)] }, () => {}, adapter());
});

afterAll(async () => {
  await client?.end();
  await fresh?.stop();
});

const file = (content: string): [string, string] => ["schema.prisma", content];
const container = (content: string) => ({ files: [{ path: "schema.prisma", content }] });

/** The SQL that would bring the migrated database to this schema. */
async function drift(target: string): Promise<string> {
  const { stdout } = await engine.diff({
    from: { tag: "schemaDatasource", ...container(schema), configDir: "." },
    to: { tag: "schemaDatamodel", ...container(target) },
    script: true,
    exitCode: null,
    filters: noFilters,
  });
  return (stdout ?? "").trim();
}

test("the migrations make exactly what schema.prisma says", async () => {
  expect(await drift(schema)).toBe("-- This is an empty migration.");
});

test.each([
  ["a column more", "image         String?", "image String?\n  extra Int?", "ADD COLUMN"],
  ["a column fewer", "image         String?", "", 'DROP COLUMN "image"'],
  ["an index fewer", "@@index([owner_user_id, change, id])", "", "DROP INDEX"],
  ["another default", "@default(false)\n  due_date", "@default(true)\n  due_date", "SET DEFAULT"],
  ["null where there was none", "title         String\n", "title String?\n", "DROP NOT NULL"],
  ["another type", "version       Int ", "version BigInt ", "BIGINT"],
  [
    "another rule of deletion",
    "onDelete: Cascade)\n\n  @@id",
    "onDelete: NoAction)\n\n  @@id",
    "FOREIGN KEY",
  ],
])("this check sees %s", async (_, from, to, statement) => {
  expect(schema).toContain(from);
  expect(await drift(schema.replace(from, to))).toContain(statement);
});

test("Prisma's own engine finds our history of migrations in order, and knows a changed file", async () => {
  const diagnose = async (change: (sql: string) => string) => {
    const list = await migrations();
    return engine.diagnoseMigrationHistory({
      migrationsList: {
        baseDir: "/prisma/migrations",
        lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
        shadowDbInitScript: "",
        migrationDirectories: list.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: "migration.sql", content: { tag: "ok", value: change(sql) } },
        })),
      },
      optInToShadowDatabase: false,
      filters: noFilters,
    });
  };
  expect(await diagnose((sql) => sql)).toMatchObject({
    hasMigrationsTable: true,
    history: null,
    failedMigrationNames: [],
    editedMigrationNames: [],
  });
  const names = (await migrations()).map(({ name }) => name);
  expect((await diagnose((sql) => `${sql}\n`)).editedMigrationNames).toEqual(names);
});

/** Loads the engine by hand, since Node 20 does not import .wasm files. */
async function loadEngine(): Promise<void> {
  const index = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const bytes = await readFile(index.replace(/\.js$/, "_bg.wasm"));
  const imports = { "./schema_engine_bg.js": wasm as unknown as WebAssembly.ModuleImports };
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from(bytes)),
    imports,
  );
  (wasm as unknown as { __wbg_set_wasm(given: WebAssembly.Exports): void }).__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
}

/** PostgreSQL's types in the catalogue, as the engine counts them. adapter-pg lacks `"char"`. */
const types: Record<number, { engine: number; parse?: (text: string) => unknown }> = {
  16: { engine: 5, parse: (text) => text === "t" },
  18: { engine: 6 },
  19: { engine: 7 },
  20: { engine: 1 },
  21: { engine: 0, parse: Number },
  23: { engine: 0, parse: Number },
  25: { engine: 7 },
  26: { engine: 1 },
  1009: { engine: 71 },
  1043: { engine: 7 },
  1184: { engine: 10, parse: (text) => new Date(text).toISOString() },
};

/** A driver adapter for reading the catalogue, in the form that the engine calls. */
function adapter(): object {
  const common = {
    provider: "postgres",
    adapterName: "test",
    errorRegistry: { consumeError: () => undefined },
  };
  const ok = (value: unknown) => ({ ok: true, value });
  const query = async (sql: string, values: unknown[] = []) => {
    const { rows, fields } = await client.query<(string | null)[]>({
      text: sql,
      values,
      rowMode: "array",
      types: { getTypeParser: () => (text: string) => text },
    });
    const known = fields.map(({ name, dataTypeID }) => {
      const type = types[dataTypeID];
      if (!type) throw new Error(`The type ${dataTypeID} of ${name} is missing in this test.`);
      return type;
    });
    return {
      columnNames: fields.map(({ name }) => name),
      columnTypes: known.map((type) => type.engine),
      rows: rows.map((row) =>
        row.map((text, at) => (text === null ? null : (known[at]?.parse?.(text) ?? text))),
      ),
    };
  };
  const connection = {
    ...common,
    queryRaw: async ({ sql, args }: { sql: string; args: unknown[] }) => ok(await query(sql, args)),
    executeScript: async (script: string) => ok(await client.query(script)),
    getConnectionInfo: () => ok({ schemaName: "public", supportsRelationJoins: false }),
    dispose: async () => ok(undefined),
  };
  return { ...common, connect: async () => ok(connection) };
}
