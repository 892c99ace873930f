import type { Task } from "@tend/contracts";
import { connect, type Database, type Prisma } from "@tend/db";
import { type FreshDatabase, freshDatabase, makeUser } from "@tend/db/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tokenOf } from "../../support/mint-token.ts";
import { needsOwnProcess, type Sent, send } from "../../support/send.ts";
import { explainGeneric, type PlanNode, recordStatements } from "../../support/statements.ts";
import { analyzeTasks } from "../../support/stored.ts";

needsOwnProcess();

// A database of its own: what the planner expects of an owner depends on everybody's tasks.
let fresh: FreshDatabase;
let client: Database;
let statements: readonly Prisma.Sql[];
let token: string;

/** The most memory pages that a short list or one write may touch; an owner's tasks take more. */
const most = 60;

beforeAll(async () => {
  fresh = await freshDatabase();
  client = connect(fresh.url);
  statements = recordStatements(client);
  const owner = await makeUser(client);
  token = tokenOf(owner);
  for (let from = 1; from < 3_000; from += 500) {
    await client.$executeRaw`
      INSERT INTO tasks (owner_user_id, id, title, completed, due_date, priority, created_at, deleted_at)
      SELECT ${owner.id}, gen_random_uuid(), 'Task ' || md5(n::text), n % 3 = 0,
        CASE WHEN n % 5 > 0 THEN current_date - 349 + n % 700 END,
        CASE n % 7 WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' ELSE 'none' END,
        timestamptz '2026-01-01' + n * interval '1 second', CASE WHEN n % 10 = 0 THEN now() END
      FROM generate_series(${from}::int, ${from + 499}::int) AS n`;
  }
  // Other owners have few tasks: for an average owner, sorting what any index finds costs nothing.
  for (let number = 0; number < 3_000; number += 500) {
    await client.$executeRaw`
      WITH others AS (
        INSERT INTO users (id, name, email)
        SELECT gen_random_uuid(), 'Ben', n || '@example.com'
        FROM generate_series(${number + 1}::int, ${number + 500}::int) AS n RETURNING id)
      INSERT INTO tasks (owner_user_id, id, title, due_date)
      SELECT others.id, gen_random_uuid(), 'Task ' || md5(others.id || n), date '2026-01-01' + n
      FROM others, generate_series(1, 2) AS n`;
  }
  await analyzeTasks();
});

afterAll(async () => {
  await client?.$disconnect();
  await fresh?.stop();
});

/** The app's answer, and the first statement that it took. */
async function asked(method: string, path: string, body?: object) {
  const before = statements.length;
  const answer = await send(method, path, { token, ...(body && { body }) });
  return { answer, statement: statements[before] };
}

const nextOf = ({ headers }: Sent) =>
  /<([^>]+)>/.exec(headers.get("Link") ?? "")?.[1] ?? expect.unreachable("no next page");

/** The scans of tasks, each with its index and condition. */
const readsOf = (nodes: readonly PlanNode[]) =>
  nodes
    .filter((node) => /Scan$/.test(node["Node Type"]) && node["Relation Name"] === "tasks")
    .map((node) => [node["Node Type"], node["Index Name"], node["Index Cond"]]);

describe.each([
  ["created", "tasks_created_idx", undefined],
  ["title", "tasks_title_idx", undefined],
  ["due_date", "tasks_due_idx", (task: Task) => task.due_date !== null],
  ["priority", "tasks_priority_idx", (task: Task) => task.priority !== "none"],
  ["position", "tasks_position_idx", undefined],
])("200 [T-6] a list by %s is read off its index, whoever asks", (sort, index, hasValue) => {
  test.each([
    ["all", 2],
    ["pending", 1],
    ["completed", 1],
    ["trashed", 1],
  ])("%s", async (status, ranges) => {
    for (const order of ["asc", "desc"]) {
      const list = `/api/tasks?sort=${sort}&order=${order}&status=${status}`;
      const first = await asked("GET", `${list}&limit=20`);
      const later = await asked("GET", nextOf(first.answer));
      // Where tasks can be without the value, also a page of those alone.
      let page = await asked("GET", `${list}&limit=60`);
      while (hasValue?.(page.answer.body.at(-1))) page = await asked("GET", nextOf(page.answer));
      const last = await asked("GET", nextOf(page.answer).replace("limit=60", "limit=20"));
      for (const { answer, statement } of [first, later, last]) {
        expect(answer.body).toHaveLength(20);
        const { nodes, pages } = await explainGeneric(client, statement);
        const read = ["Index Scan", index, expect.stringMatching(/^\(+owner_user_id = \$\d/)];
        const reads = readsOf(nodes);
        expect(reads).toEqual(Array(reads.length).fill(read));
        expect([ranges, hasValue ? 2 * ranges : ranges]).toContain(reads.length);
        // What is sorted, if anything, is one page.
        expect(nodes.filter((node) => node["Actual Rows"] > 2 * 21)).toEqual([]);
        const sorts = nodes.filter((node) => /Sort$/.test(node["Node Type"]));
        expect(sorts.length).toBeLessThanOrEqual(reads.length > ranges ? 1 : 0);
        expect(pages).toBeLessThan(most);
      }
    }
  });
});

test.each([
  ["overdue", "asc"],
  ["today", "desc"],
  ["upcoming", "desc"],
  ["none", "asc"],
])("200 [T-17] what is %s in the order of days is read off their index", async (due, order) => {
  const path = `/api/tasks?due=${due}&time_zone=Etc/UTC&sort=due_date&order=${order}&limit=2`;
  const before = statements.length;
  const answer = await send("GET", path, { token });
  expect(answer.body.length).toBeGreaterThan(0);
  const statement = statements.slice(before).find(({ text }) => text.includes("sort_key"));
  const { nodes, pages } = await explainGeneric(client, statement);
  const read = ["Index Scan", "tasks_due_idx", expect.stringMatching(/^\(+owner_user_id = \$\d/)];
  expect(readsOf(nodes)).toEqual([read, read]);
  expect(nodes.filter((node) => /Sort$/.test(node["Node Type"]))).toEqual([]);
  expect(pages).toBeLessThan(most);
});

test("200 [T-4, T-5] one task is found by its id, whoever asks", async () => {
  const made = await asked("POST", "/api/tasks", { title: "It's new" });
  const path = `/api/tasks/${made.answer.body.id}`;
  const found = await asked("GET", path);
  const changed = await asked("PATCH", path, { title: "It's changed" });
  const completed = await asked("PATCH", `${path}/complete`);
  expect([made, found, changed, completed].map(({ answer }) => answer.status)).toEqual([
    201, 200, 200, 200,
  ]);
  const read = [
    "Index Scan",
    expect.stringMatching(/^tasks_(pkey|id_idx)$/),
    expect.stringMatching(/\bid = \$\d/),
  ];
  for (const [{ statement }, reads] of [
    [found, 1],
    [changed, 2],
    [completed, 2],
  ] as const) {
    const { nodes, pages } = await explainGeneric(client, statement);
    expect(readsOf(nodes)).toEqual(Array(reads).fill(read));
    expect(pages).toBeLessThan(most);
  }
  // The task is deleted, so that the statement makes it once more.
  await client.tasks.deleteMany({ where: { id: made.answer.body.id } });
  const { nodes, pages } = await explainGeneric(client, made.statement);
  expect(readsOf(nodes)).toEqual([]);
  expect(pages).toBeLessThan(most);
});
