import type { Client } from "pg";

interface Changed {
  readonly name: string;
  /** Whether the programs know it at all. */
  readonly known: boolean;
}

/** Those of indexed columns whose order is another one than when the indexes were made. */
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

/** What makes their indexes anew, and puts down by which version of the order. */
export const rebuild = (database: string, changed: readonly Changed[]): readonly string[] => [
  `REINDEX DATABASE ${database}`,
  ...changed.map(({ name }) => `ALTER COLLATION ${name} REFRESH VERSION`),
];
