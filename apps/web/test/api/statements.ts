import { type Database, Prisma } from "@tend/db";

/** One node of a plan, as EXPLAIN gives it. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly "Rows Removed by Filter"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

/** From now on the app of this process asks this client. @returns its statements, as they come. */
export function recordStatements(client: Database): readonly Prisma.Sql[] {
  const statements: Prisma.Sql[] = [];
  // The app asks this client only what it asks any: the extension adds no method and takes none.
  globalThis.tendDatabase = client.$extends({
    client: {
      query(statement: Prisma.Sql) {
        statements.push(statement);
        return client.query(statement);
      },
    },
    query: {
      $queryRaw({ args, query }) {
        if (args instanceof Prisma.Sql) statements.push(args);
        return query(args);
      },
    },
  }) as unknown as Database;
  return statements;
}

/** How PostgreSQL runs a statement: every node of its plan, and how many pages of memory it touches. */
export async function explain(client: Database, statement: Prisma.Sql | undefined) {
  if (!statement) throw new Error("No such statement was sent.");
  const run = async () => {
    const [row] = await client.$queryRawUnsafe<{ "QUERY PLAN": [{ Plan: PlanNode }] }[]>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.text}`,
      ...statement.values,
    );
    if (!row) throw new Error("EXPLAIN gave nothing.");
    return row["QUERY PLAN"][0].Plan;
  };
  // The first run may touch pages of the catalogue besides.
  await run();
  const plan = await run();
  return { nodes: nodesOf(plan), pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] };
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
