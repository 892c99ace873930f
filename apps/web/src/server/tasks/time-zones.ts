import type { Fault } from "@tend/contracts";
import { Prisma } from "@tend/db";
import { type Connection, database } from "#server/database.ts";
import { ProblemError } from "#server/http/problem.ts";

/** Zones that the database knows. The contract admits only real zones, so the set stays small. */
const known = new Set<string>();

/** A zone that a request names, and where it does. */
export interface NamedZone {
  readonly path: Fault["path"];
  readonly zone: string | null | undefined;
}

/** T-16, T-17: refuses zones that Node knows and this PostgreSQL does not: their lists differ. */
export async function assertKnownZones(
  named: readonly NamedZone[],
  connection?: Connection,
): Promise<void> {
  const given = named.flatMap(({ path, zone }) =>
    zone ? [{ path, zone, key: zone.toLowerCase() }] : [],
  );
  const unchecked = [...new Set(given.map(({ key }) => key))].filter((key) => !known.has(key));
  if (unchecked.length > 0) {
    const rows = await (connection ?? database()).$queryRaw<{ zone: string }[]>(Prisma.sql`
      SELECT zone FROM unnest(${unchecked}::text[]) AS zone WHERE is_time_zone(zone)`);
    for (const { zone } of rows) known.add(zone);
  }
  const errors = given
    .filter(({ key }) => !known.has(key))
    .map(({ path }) => ({
      path,
      message: "Give another zone: the database does not know this one.",
    }));
  if (errors.length > 0) throw new ProblemError("validation_failed", { errors });
}
