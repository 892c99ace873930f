import { Client } from "pg";
import { migrate, migrations } from "./runner.ts";

/** The table whose comment holds production's address: no table more, and copies take it along. */
const place = "_prisma_migrations";

/**
 * Migrates the database of a deployment. Production leaves its address in the database. A database
 * that was left another address is a copy of production's: that alone is migrated for a preview.
 *
 * @returns the names of the migrations that this call applied.
 * @throws where a preview lacks migrations in a database that is not a copy of production's.
 */
export async function migrateDeployment(
  url: string,
  environment: "production" | "preview",
): Promise<readonly string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  const address = addressOf(url);
  await client.connect();
  try {
    if (environment === "production") {
      const applied = await migrate(url);
      await client.query(`COMMENT ON TABLE "${place}" IS ${client.escapeLiteral(address)}`);
      return applied;
    }
    const production = await productionOf(client);
    if (production !== null && production !== address) return await migrate(url);
    const missing = await missingIn(client);
    if (missing.length === 0) return [];
    const why =
      production === address
        ? `${address} is the database of production`
        : `${address} is no copy of the database of production, or production was not deployed yet`;
    throw new Error(
      `A preview migrates only a copy of the database of production. ${why}; it lacks ${missing.join(", ")}. Give previews a branch of the database (specs/runbook.md says how), or deploy production first.`,
    );
  } finally {
    await client.end();
  }
}

/** Without login and options; a database behind Neon's pooler is the same database. */
export function addressOf(url: string): string {
  const { host, port, database } = new Client({ connectionString: url });
  return `${host.replace(/^([^.]+)-pooler\./, "$1.")}:${port}/${database}`;
}

async function productionOf(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ address: string | null }>(
    "SELECT obj_description(to_regclass($1), 'pg_class') AS address",
    [place],
  );
  return rows[0]?.address ?? null;
}

async function missingIn(client: Client): Promise<readonly string[]> {
  const names = (await migrations()).map(({ name }) => name);
  const { rows } = await client.query("SELECT to_regclass($1) AS history", [place]);
  if (rows[0]?.history === null) return names;
  const { rows: finished } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM "${place}" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  const known = new Set(finished.map((row) => row.migration_name));
  return names.filter((name) => !known.has(name));
}
