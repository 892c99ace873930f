import { connect, type Prisma } from "@tend/db";
import { makeUser } from "@tend/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken, seconds } from "../../support/mint-token.ts";
import { needsOwnProcess, type Sent, send } from "../../support/send.ts";
import { explain, recordStatements } from "../../support/statements.ts";
import { analyzeTasks } from "../../support/stored.ts";

needsOwnProcess();

const client = connect(process.env.DATABASE_URL ?? "");
let statements: readonly Prisma.Sql[];

beforeAll(() => {
  statements = recordStatements(client);
});

afterAll(() => client.$disconnect());

const explainLast = () => explain(client, statements.at(-1));

test.each([
  ["created", "tasks_created_idx"],
  ["title", "tasks_title_idx"],
  ["due_date", "tasks_due_idx"],
  ["priority", "tasks_priority_idx"],
  ["position", "tasks_position_idx"],
])("200 [T-6] the last pages by %s cost what page 1 costs", async (sort, index) => {
  const user = await makeUser(client);
  const token = mintToken({ sub: user.id, iat: seconds(), exp: seconds(300) });
  for (let from = 1; from < 10_000; from += 500) {
    await client.$executeRaw`
      INSERT INTO tasks (owner_user_id, id, title, due_date, priority, created_at)
      SELECT ${user.id}, gen_random_uuid(), 'Task ' || md5(n::text),
        CASE WHEN n % 3 > 0 THEN date '2026-01-01' + n % 700 END,
        (ARRAY['none', 'low', 'medium', 'high'])[1 + n % 4],
        timestamptz '2026-01-01' + n / 3 * interval '1 second'
      FROM generate_series(${from}::int, ${from + 499}::int) AS n`;
  }
  await analyzeTasks();

  for (const order of ["asc", "desc"]) {
    const list = `/api/tasks?sort=${sort}&order=${order}`;
    await send("GET", `${list}&limit=100`, { token });
    const first = await explainLast();

    let page: Sent = await send("GET", `${list}&limit=500`, { token });
    const next = () => /<([^>]+)>/.exec(page.headers.get("Link") ?? "")?.[1] ?? "";
    // Of the last 500 rows a sort of all is as cheap as their order in the index: chance decides.
    for (let number = 2; number <= 16; number++) page = await send("GET", next(), { token });
    page = await send("GET", next().replace("limit=500", "limit=100"), { token });
    expect([page.status, page.body.length]).toEqual([200, 100]);
    const late = await explainLast();

    for (const { nodes } of [first, late]) {
      const scans = nodes.filter((node) => node["Relation Name"] === "tasks");
      expect(scans.length).toBeGreaterThan(0);
      for (const node of scans) {
        expect([node["Node Type"], node["Index Name"]]).toEqual(["Index Scan", index]);
      }
      expect(nodes.every((node) => !node["Rows Removed by Filter"])).toBe(true);
    }
    // How a person's rows lie among others' is chance: one page each, and as many of the index.
    for (const { pages } of [first, late]) {
      expect(pages).toBeGreaterThan(0);
      expect(pages).toBeLessThanOrEqual(2 * 101);
    }
  }
});
