import type { Client } from "pg";

interface Changed {
  readonly name: string;
  /** Whether the installed programs know the collation. */
  readonly known: boolean;
}

/** The collations of indexed columns whose order has changed since the indexes were made. */
export async function changedCollations(client: Client): Promise<readonly Changed[]> {
  const { rows } = await client.query<Changed>(`
    SELECT format('%I.%I', nspname, collname) AS name,
      pg_collation_actual_version(pg_collation.oid) IS NOT NULL AS known
    FROM pg_collation JOIN pg_namespace ON pg_namespace.oid = collnamespace
    WHERE collversion IS NOT NULL
      AND collversion IS DISTINCT FROM pg_collation_actual_version(pg_collation.oid)
      AND pg_collation.oid IN (SELECT unnest(indcollation) FROM pg_index)`);
  return rows;
}

/** The statements that rebuild the indexes and record the version of each collation. */
export const rebuild = (database: string, changed: readonly Changed[]): readonly string[] => [
  `REINDEX DATABASE ${database}`,
  ...changed.map(({ name }) => `ALTER COLLATION ${name} REFRESH VERSION`),
];
