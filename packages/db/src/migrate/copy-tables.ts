import { escapeIdentifier } from "pg";
import type { Session } from "./runner.ts";

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
}

/** Bounds the memory: the longest task is 40 kB. */
const rowsAtOnce = 500;

/**
 * Copies every row of every table between two databases of the same migrations, each session in a
 * transaction. A row of which the target has the key already stays as it is there.
 *
 * @returns how many rows each table of the source has.
 */
export async function copyTables(
  source: Session,
  target: Session,
): Promise<ReadonlyMap<string, number>> {
  const { rows: tables } = await target.query<Table>(tablesInOrder);
  const counts = new Map<string, number>();
  for (const table of tables) {
    counts.set(table.name, await copyTable(table, source, target));
    await target.query(`ANALYZE ${escapeIdentifier(table.name)}`);
  }
  return counts;
}

/** Each table after those it refers to. Columns that are generated are left to the server. */
const tablesInOrder = `
  WITH RECURSIVE place (id, depth) AS (
    SELECT oid, 0 FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'
    UNION ALL
    SELECT conrelid, depth + 1 FROM place
    JOIN pg_constraint ON contype = 'f' AND confrelid = id AND conrelid <> id
  )
  SELECT relname::text AS name, columns, types
  FROM (SELECT id, max(depth) AS depth FROM place GROUP BY id) AS last_place
  JOIN pg_class ON oid = id,
  LATERAL (
    SELECT array_agg(attname::text ORDER BY attnum) AS columns,
      array_agg(format_type(atttypid, atttypmod) ORDER BY attnum) AS types
    FROM pg_attribute
    WHERE attrelid = id AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  ) AS stored
  ORDER BY depth, relname`;

/**
 * Values travel as PostgreSQL's own text: no driver rounds or parses them, and no trigger of ours
 * computes or counts again what is copied.
 */
async function copyTable(
  { name, columns, types }: Table,
  source: Session,
  target: Session,
): Promise<number> {
  const table = escapeIdentifier(name);
  const names = columns.map(escapeIdentifier);
  const list = names.join(", ");
  const texts = names.map((column) => `${column}::text AS ${column}`).join(", ");
  const values = names.map((column, at) => `${column}::${types[at]}`).join(", ");
  const arrays = names.map((_, at) => `$${at + 1}::text[]`).join(", ");
  const insert = `
    INSERT INTO ${table} (${list}) SELECT ${values} FROM unnest(${arrays}) AS given (${list})
    ON CONFLICT DO NOTHING`;
  await target.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await source.query(`DECLARE reading CURSOR FOR SELECT ${texts} FROM ${table}`);
  let copied = 0;
  for (;;) {
    const { rows } = await source.query<Record<string, string | null>>(
      `FETCH ${rowsAtOnce} FROM reading`,
    );
    if (rows.length === 0) break;
    await target.query(
      insert,
      columns.map((column) => rows.map((row) => row[column])),
    );
    copied += rows.length;
  }
  await source.query("CLOSE reading");
  await target.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  return copied;
}
