import { type Database, Prisma } from "@tend/db";
import { heldOpen } from "../../hung.ts";

/** One node of a plan, as EXPLAIN gives it. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Relation Name"?: string;
  readonly "Rows Removed by Filter"?: number;
  readonly "Actual Rows": number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

/** Has the app of this process use this client. @returns its statements, as they come. */
export function recordStatements(client: Database): readonly Prisma.Sql[] {
  const statements: Prisma.Sql[] = [];
  // The app calls on this client what it calls on any: the extension adds and removes no method.
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

interface Explained {
  readonly "QUERY PLAN": readonly [{ readonly Plan: PlanNode }];
}

const explaining = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)";

/** How PostgreSQL runs a statement: each node of its plan, and the memory pages it touches. */
export async function explain(client: Database, statement: Prisma.Sql | undefined) {
  if (!statement) throw new Error("No such statement was sent.");
  return secondOf(() =>
    client.$queryRawUnsafe<Explained[]>(`${explaining} ${statement.text}`, ...statement.values),
  );
}

/** As `explain`, with the generic plan that a prepared statement may get. Its writes are undone. */
export async function explainGeneric(client: Database, statement: Prisma.Sql | undefined) {
  if (!statement) throw new Error("No such statement was sent.");
  const name = `generic_${crypto.randomUUID().replaceAll("-", "")}`;
  const values = statement.values.length > 0 ? `(${statement.values.map(literal).join()})` : "";
  return client.$transaction(async (transaction) => {
    await transaction.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`;
    await transaction.$executeRawUnsafe(`PREPARE ${name} AS ${statement.text}`);
    const explained = await secondOf(async () => {
      await transaction.$executeRaw`SAVEPOINT before`;
      const rows = await transaction.$queryRawUnsafe<Explained[]>(
        `${explaining} EXECUTE ${name} ${values}`,
      );
      await transaction.$executeRaw`ROLLBACK TO SAVEPOINT before`;
      return rows;
    });
    await transaction.$executeRawUnsafe(`DEALLOCATE ${name}`);
    return explained;
  }, heldOpen);
}

/** As the driver sends it: a text, whose type PostgreSQL takes from the statement. */
function literal(value: unknown): string {
  if (value === null) return "NULL";
  const text = Array.isArray(value) ? `{${value.join()}}` : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/** The result of the second run: the first may also touch pages of the catalogue. */
async function secondOf(run: () => Promise<Explained[]>) {
  await run();
  const [row] = await run();
  if (!row) throw new Error("EXPLAIN gave nothing.");
  const plan = row["QUERY PLAN"][0].Plan;
  return { nodes: nodesOf(plan), pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] };
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
