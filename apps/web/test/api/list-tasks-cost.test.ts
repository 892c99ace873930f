import { connect, type Database, Prisma } from "@tend/db";
import { makeUser } from "@tend/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken, seconds } from "./mint-token.ts";
import { type Sent, send } from "./send.ts";
import { analyzeTasks } from "./stored.ts";

/** The statements that the app sent, as it sent them. */
const statements: Prisma.Sql[] = [];
const client = connect(process.env.DATABASE_URL ?? "");

beforeAll(() => {
  globalThis.tendDatabase = client.$extends({
    query: {
      $queryRaw({ args, query }) {
        if (args instanceof Prisma.Sql) statements.push(args);
        return query(args);
      },
    },
  }) as unknown as Database;
});

afterAll(() => client.$disconnect());

interface Node {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Rows Removed by Filter"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How PostgreSQL ran the last statement, and how many pages of memory it touched. */
async function explainLast() {
  const { text, values } = statements.at(-1) as Prisma.Sql;
  const explain = async () => {
    const [row] = await client.$queryRawUnsafe<{ "QUERY PLAN": [{ Plan: Node }] }[]>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      ...values,
    );
    return (row as { "QUERY PLAN": [{ Plan: Node }] })["QUERY PLAN"][0].Plan;
  };
  // The first run may touch pages of the catalogue besides.
  await explain();
  const plan = await explain();
  return { nodes: nodesOf(plan), pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] };
}

test.each([
  ["created", "tasks_created_idx", "tasks_created_idx"],
  ["title", "tasks_title_idx", "tasks_title_idx"],
  ["due_date", "tasks_due_date_asc_idx", "tasks_due_date_desc_idx"],
])("200 [T-6] the last pages by %s cost what page 1 costs", async (sort, asc, desc) => {
  const user = await makeUser(client);
  const token = mintToken({ sub: user.id, iat: seconds(), exp: seconds(300) });
  for (let from = 1; from < 10_000; from += 500) {
    await client.$executeRaw`
      INSERT INTO tasks (owner_user_id, id, title, due_date, created_at)
      SELECT ${user.id}, gen_random_uuid(), 'Task ' || md5(n::text),
        CASE WHEN n % 3 > 0 THEN date '2026-01-01' + n % 700 END,
        timestamptz '2026-01-01' + n / 3 * interval '1 second'
      FROM generate_series(${from}::int, ${from + 499}::int) AS n`;
  }
  await analyzeTasks();

  for (const [order, index] of [
    ["asc", asc],
    ["desc", desc],
  ] as const) {
    const list = `/api/tasks?sort=${sort}&order=${order}`;
    await send("GET", `${list}&limit=100`, { token });
    const first = await explainLast();

    let page: Sent = await send("GET", `${list}&limit=500`, { token });
    const next = () => /<([^>]+)>/.exec(page.headers.get("Link") ?? "")?.[1] ?? "";
    for (let number = 2; number <= 19; number++) page = await send("GET", next(), { token });
    page = await send("GET", next().replace("limit=500", "limit=100"), { token });
    expect([page.status, page.body.length]).toEqual([200, 100]);
    const late = await explainLast();

    for (const { nodes } of [first, late]) {
      const scans = nodes.filter((node) => /Scan$/.test(node["Node Type"]) && !node.Plans);
      expect(scans.map((node) => [node["Node Type"], node["Index Name"]])).toEqual([
        ["Index Scan", index],
        ["Index Scan", index],
      ]);
      expect(nodes.every((node) => !node["Rows Removed by Filter"])).toBe(true);
    }
    expect(first.pages).toBeGreaterThan(0);
    expect(late.pages).toBeLessThanOrEqual(2 * first.pages);
  }
});
