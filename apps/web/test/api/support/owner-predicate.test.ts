import { addressForms, api, fillPath, type Operation } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "./mint-token.ts";
import { checkOwner, guardedFunctions } from "./owner-predicate.ts";
import { duringRequest, statementCounts, takeFaults } from "./owner-watch.ts";
import { needsOwnProcess, send } from "./send.ts";

needsOwnProcess();

describe("[O-1] a statement that names its owner passes", () => {
  test.each([
    ["a read", "SELECT id FROM tasks WHERE owner_user_id = $1 AND id = $2::uuid"],
    ["an alias", "SELECT t.id FROM tasks AS t WHERE t.id = $2 AND t.owner_user_id = $1::text"],
    ["a bare alias", "SELECT t.id FROM tasks t WHERE t.owner_user_id = $1"],
    [
      "brackets around it",
      "SELECT id FROM tasks WHERE ((owner_user_id = $1) AND (a = 1 OR b = 2))",
    ],
    [
      "each branch of a union",
      "(SELECT id FROM tasks WHERE owner_user_id = $1) UNION ALL (SELECT id FROM task_tombstones WHERE owner_user_id = $2)",
    ],
    [
      "a join, each table by itself",
      "SELECT FROM tasks t JOIN task_counters c ON c.owner_user_id = $1 AND c.x = t.x WHERE t.owner_user_id = $1 LIMIT 1",
    ],
    ["a flip", "UPDATE tasks SET completed = NOT completed WHERE owner_user_id = $1 AND id = $2"],
    [
      "a CTE that writes",
      "WITH counter AS (INSERT INTO task_counters (owner_user_id, last_change) SELECT owner_user_id, 1 FROM tasks WHERE owner_user_id = $1 ON CONFLICT (owner_user_id) DO UPDATE SET last_change = task_counters.last_change + 1 RETURNING last_change) UPDATE tasks SET change = last_change FROM counter WHERE owner_user_id = $2 AND id = $3 RETURNING id",
    ],
    [
      "a deletion by subquery",
      "DELETE FROM tasks WHERE owner_user_id = $1 AND ctid = ANY(ARRAY(SELECT ctid FROM tasks WHERE owner_user_id = $2 LIMIT $3))",
    ],
    ["an insert", "INSERT INTO tasks (id, owner_user_id) VALUES ($1, $2), ($3, $4)"],
    [
      "an insert of rows made elsewhere",
      "INSERT INTO tasks (owner_user_id, id) SELECT $1, id FROM jsonb_to_recordset($2::jsonb) AS saved (id uuid) ON CONFLICT (owner_user_id, id) DO UPDATE SET id = excluded.id",
    ],
    [
      "the look-up that tells 403 from 404",
      "SELECT EXISTS (SELECT FROM tasks WHERE owner_user_id <> $1 AND id = $2::uuid) AS foreign",
    ],
    [
      "Prisma's ORM",
      'SELECT "public"."tasks"."id" FROM "public"."tasks" WHERE ("public"."tasks"."owner_user_id" = $1 AND "public"."tasks"."id" = $2) LIMIT $3 OFFSET $4',
    ],
    ["a function of the owner", "SELECT unbury($1, $2::uuid)"],
    ["the same in a FROM", "SELECT version FROM public.unbury($1::text, $2) AS version"],
    [
      "an outer join that adds its own rows only",
      "SELECT FROM users u LEFT JOIN tasks t ON t.owner_user_id = $1 AND t.x = u.x",
    ],
    [
      "a join of a join",
      "SELECT FROM (tasks t LEFT JOIN x ON x.id = t.id) JOIN y ON y.id = t.id AND t.owner_user_id = $1",
    ],
    [
      "ids that a subquery finds",
      "SELECT FROM tasks WHERE owner_user_id = $1 AND id IN (SELECT id FROM x)",
    ],
    ["another spelling", 'SELECT FROM "tasks" "T" WHERE "T".OWNER_USER_ID = $1 /* OR 1=1 */'],
    [
      "texts in every quote",
      "SELECT E'it\\'s', $a$FROM tasks$a$ AS tasks, 'it''s; DELETE FROM tasks'",
    ],
    ["a copy of one owner's", "COPY (SELECT FROM tasks WHERE owner_user_id = $1) TO STDOUT"],
    [
      "an insert of a column that is the owner",
      "INSERT INTO tasks (owner_user_id) SELECT u.id FROM users AS u WHERE u.id = $1",
    ],
    ["a table that is none of these", "DELETE FROM sessions WHERE title = 'FROM tasks' -- tasks"],
    ["a subquery that is called like one", "SELECT id FROM (SELECT 1 AS id) AS tasks ORDER BY id"],
  ])("%s", (_, sql) => {
    expect(checkOwner(sql).faults).toEqual([]);
  });
});

const purgeOneOwner = `UPDATE task_counters SET sweep_at = now() + interval '1 hour' WHERE owner_user_id = (
  SELECT owner_user_id FROM task_counters WHERE sweep_at <= now()
  ORDER BY sweep_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING owner_user_id`;

test("[O-1] of everybody, it is asked only who is swept next", () => {
  expect(checkOwner(purgeOneOwner)).toEqual({
    mentions: 2,
    faults: [],
    owners: [],
    sweepsNext: true,
    asksForWaiters: false,
  });
});

const waiters =
  "SELECT owner_user_id, last_change FROM task_counters WHERE owner_user_id = ANY($1::text[])";

test("[O-1, T-20] of all who wait for changes, it is asked how far their counters are", () => {
  expect(checkOwner(waiters)).toMatchObject({ faults: [], asksForWaiters: true });
  for (const other of [
    waiters.replace("owner_user_id, last_change", "*"),
    waiters.replace("owner_user_id, last_change", "owner_user_id, last_change, task_count"),
    waiters.replace("task_counters", "tasks"),
    waiters.replace("= ANY", "<> ANY"),
    `${waiters} OR true`,
    waiters.replace(/ WHERE.*/, ""),
  ]) {
    expect(checkOwner(other).faults, other).toHaveLength(1);
  }
});

test("[O-1] each parameter that says who the owner is, is known", () => {
  const { faults, owners } = checkOwner(
    "WITH a AS (SELECT FROM tasks WHERE owner_user_id <> $4 AND id = $5::uuid), b AS (SELECT unbury($3, $6)) INSERT INTO tasks (id, owner_user_id) VALUES ($7, $1), ($8, $2)",
  );
  expect(faults).toEqual([]);
  expect(owners.toSorted()).toEqual([1, 2, 3, 4]);
});

describe("[O-1] a statement without its owner is found, and named", () => {
  test.each([
    ["no condition", "SELECT id FROM tasks"],
    ["another condition", "SELECT id FROM tasks WHERE id = $1"],
    ["a condition that need not hold", "SELECT id FROM tasks WHERE owner_user_id = $1 OR id = $2"],
    ["the same in brackets", "SELECT FROM tasks WHERE (owner_user_id = $1 OR true) AND id = $2"],
    ["its negation", "SELECT id FROM tasks WHERE NOT (owner_user_id = $1)"],
    ["everybody else's tasks", "SELECT title FROM tasks WHERE owner_user_id <> $1 AND id = $2"],
    ["everybody else's ids", "SELECT FROM tasks WHERE owner_user_id <> $1"],
    ["an owner that is no parameter", "SELECT id FROM tasks WHERE owner_user_id = owner_user_id"],
    ["an owner in a list", "SELECT id FROM tasks WHERE owner_user_id = ANY($1)"],
    ["the alias of another table", "SELECT FROM tasks t, users u WHERE u.owner_user_id = $1"],
    [
      "one table of two in a join",
      "SELECT FROM tasks t JOIN task_tombstones d ON d.id = t.id WHERE t.owner_user_id = $1",
    ],
    [
      "a join that filters nothing",
      "SELECT FROM users u RIGHT JOIN tasks t ON t.owner_user_id = $1",
    ],
    [
      "one branch of a union",
      "SELECT id FROM tasks WHERE owner_user_id = $1 UNION ALL SELECT id FROM task_tombstones",
    ],
    ["a subquery", "SELECT (SELECT count(*) FROM tasks) FROM users WHERE owner_user_id = $1"],
    [
      "a predicate outside of the subquery",
      "SELECT id FROM (SELECT * FROM tasks) AS found WHERE owner_user_id = $1",
    ],
    ["a CTE", "WITH found AS (SELECT id FROM tasks) SELECT id FROM found WHERE owner_user_id = $1"],
    ["a change", "UPDATE tasks SET completed = NOT completed WHERE id = $1"],
    ["a change of owner", "UPDATE tasks SET owner_user_id = $2 WHERE owner_user_id = $1"],
    [
      "a change after a CTE that has one",
      "WITH c AS (SELECT 1 FROM task_counters WHERE owner_user_id = $1) UPDATE tasks SET x = 1 FROM c WHERE id = $2",
    ],
    ["a deletion", "DELETE FROM tasks WHERE id = $1 RETURNING owner_user_id"],
    ["a deletion by join", "DELETE FROM users USING tasks WHERE owner_user_id = users.id"],
    ["an insert for nobody", "INSERT INTO tasks (id) VALUES ($1)"],
    ["an insert of one row of two", "INSERT INTO tasks (owner_user_id) VALUES ($1), ('bob')"],
    ["an insert for whoever is found", "INSERT INTO tasks (owner_user_id) SELECT id FROM users"],
    [
      "a copy of everybody's",
      "INSERT INTO tasks (owner_user_id) SELECT owner_user_id FROM tasks WHERE id = $1",
    ],
    [
      "a conflict with somebody else's row",
      "INSERT INTO tasks (owner_user_id, id) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET x = 1",
    ],
    ["another schema's spelling", 'SELECT "t0"."id" FROM "public"."tasks" AS "t0" WHERE 1=1'],
    ["a function of somebody", "SELECT unbury((SELECT id FROM users LIMIT 1), id) FROM task_x"],
    ["what cannot be read", "TRUNCATE tasks"],
    ["the second of two statements", "SELECT 1; DELETE FROM idempotency_keys"],
    ["the negation of more", "SELECT FROM tasks WHERE NOT (owner_user_id = $1 AND id = $2)"],
    ["a CASE", "SELECT FROM tasks WHERE CASE WHEN $2 THEN owner_user_id = $1 ELSE true END"],
    ["what may be unknown", "SELECT FROM tasks WHERE (owner_user_id = $1) IS NOT FALSE"],
    ["another operator", "SELECT FROM tasks WHERE owner_user_id >= $1"],
    ["one owner of two", "SELECT FROM tasks WHERE owner_user_id IN ($1, $2)"],
    ["any that is found", "SELECT FROM tasks WHERE owner_user_id IN (SELECT id FROM users)"],
    ["an owner made of a parameter", "SELECT FROM tasks WHERE owner_user_id = lower($1)"],
    ["an owner cut short", "SELECT FROM tasks WHERE owner_user_id = $1::varchar(3)"],
    ["a filter of what is counted", "SELECT count(*) FILTER (WHERE owner_user_id = $1) FROM tasks"],
    ["a filter of groups", "SELECT FROM tasks GROUP BY 1 HAVING owner_user_id = $1"],
    [
      "an outer join that keeps all rows",
      "SELECT FROM tasks t LEFT JOIN users u ON t.owner_user_id = $1",
    ],
    ["a full join", "SELECT FROM tasks t FULL JOIN users u ON t.owner_user_id = $1"],
    [
      "the condition of a join beside it",
      "SELECT FROM tasks t LEFT JOIN (x JOIN y ON owner_user_id = $1) ON true",
    ],
    ["renamed columns", "SELECT FROM tasks AS t (id, owner_user_id) WHERE t.owner_user_id = $1"],
    [
      "renamed columns of a join",
      "SELECT FROM (tasks CROSS JOIN x) AS j (id, owner_user_id) WHERE owner_user_id = $1",
    ],
    [
      "the predicate of the query around it",
      "SELECT FROM tasks WHERE owner_user_id = $1 AND EXISTS (SELECT FROM tasks t WHERE tasks.owner_user_id = $1)",
    ],
    ["a sample", "SELECT FROM tasks TABLESAMPLE system (1)"],
    ["a whole table", "TABLE tasks"],
    [
      "a look at another's title",
      "SELECT FROM tasks WHERE owner_user_id <> $1 AND id = $2::uuid AND title = $3",
    ],
    [
      "a look at others in the order of their titles",
      "SELECT DISTINCT id, NULL::int FROM tasks WHERE owner_user_id <> $1 AND id = ANY($2::uuid[]) ORDER BY title",
    ],
    ["a new table", "SELECT 1 INTO tasks"],
    [
      "a change of owner among others",
      "UPDATE tasks SET (id, owner_user_id) = ($2, $3) WHERE owner_user_id = $1",
    ],
    ["a deletion at a cursor", "DELETE FROM tasks WHERE CURRENT OF mine"],
    ["an insert of defaults", "INSERT INTO tasks DEFAULT VALUES"],
    ["an insert that names no column", "INSERT INTO tasks VALUES ($1)"],
    [
      "an insert of one query of two",
      "INSERT INTO tasks (owner_user_id) SELECT $1 UNION ALL SELECT id FROM users",
    ],
    ["an insert behind a star", "INSERT INTO tasks (id, owner_user_id) SELECT x.*, $1 FROM x"],
    [
      "an insert of what is made of it",
      "INSERT INTO tasks (owner_user_id) SELECT f(a) FROM x WHERE g(a) = $1",
    ],
    [
      "a conflict by the name of its constraint",
      "INSERT INTO tasks (owner_user_id) VALUES ($1) ON CONFLICT ON CONSTRAINT tasks_pkey DO UPDATE SET x = 1",
    ],
    [
      "a conflict that gives away",
      "INSERT INTO tasks (owner_user_id) VALUES ($1) ON CONFLICT (owner_user_id) DO UPDATE SET owner_user_id = $2",
    ],
    ["a merge", "MERGE INTO tasks USING x ON owner_user_id = $1 WHEN MATCHED THEN DELETE"],
    [
      "a merge of theirs",
      "MERGE INTO x USING tasks t ON t.owner_user_id = $1 WHEN NOT MATCHED THEN INSERT VALUES (t.id)",
    ],
    ["a copy out", "COPY tasks TO STDOUT"],
    ["a copy of what is read", "COPY (SELECT FROM tasks) TO STDOUT"],
    ["what is explained", "EXPLAIN ANALYZE DELETE FROM tasks"],
    ["what is prepared", "PREPARE mine AS SELECT FROM tasks"],
    ["a cursor", "DECLARE mine CURSOR FOR SELECT FROM tasks"],
    ["a lock", "LOCK TABLE tasks"],
    ["a table that is dropped", "DROP TABLE public.tasks"],
    ["code", "DO $$ BEGIN DELETE FROM tasks; END $$"],
    ["a statement in a text", "SELECT query_to_xml('SELECT * FROM tasks', true, false, '')"],
    ["a function in a FROM", "SELECT FROM users u, LATERAL public.unbury(u.id, $1)"],
    ["a function of named arguments", "SELECT unbury(task => $1, owner => $2)"],
    ["a function that is called", "CALL unbury('bob', $1)"],
    ["a function of that name", "CREATE FUNCTION unbury(text) RETURNS int RETURN 1"],
    ["a name in escapes", 'SELECT FROM U&"t\\0061sks"'],
    ["what is no SQL", "SELECT FROM tasks WHERE"],
    ["a sweep that takes two", purgeOneOwner.replace("LIMIT 1", "LIMIT 2")],
    ["a sweep that takes from all", "SELECT owner_user_id FROM task_counters LIMIT 1"],
  ])("%s", (_, sql) => {
    const { faults } = checkOwner(sql);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).toMatch(/tasks|task_|idempotency_keys|unbury/);
  });
});

test("[O-1] what the database itself does with these tables is known here, and names the owner", async () => {
  const found = await database().$queryRaw<{ name: string; body: string; trigger: boolean }[]>`
    SELECT proname AS name, prosrc AS body, prorettype = 'trigger'::regtype AS trigger FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosrc ~ '\\y(tasks|task_\\w+|idempotency_keys)\\y'
    UNION ALL
    SELECT viewname, definition, false FROM pg_views WHERE schemaname = 'public'`;
  const called = found.filter(({ trigger }) => !trigger);
  expect(called.map(({ name }) => name)).toEqual([...guardedFunctions]);
  for (const { body } of called) {
    const statements = body.match(/\b(SELECT|INSERT|UPDATE|DELETE)\b/g) ?? [];
    expect(body.match(/"owner_user_id" = owner\b/g)).toHaveLength(statements.length);
  }
  // Statements of a trigger know the owner of each changed row, and touch that owner's rows alone.
  const triggers = found.filter(({ trigger }) => trigger);
  expect(triggers.map(({ name }) => name).sort()).toEqual([
    "count_tasks",
    "forget_tombstones",
    "uncount_tasks",
  ]);
  for (const { body } of triggers) {
    expect(body).toContain('FROM "changed" GROUP BY "owner_user_id"');
    expect(
      body.match(
        /"task_\w+"\."owner_user_id" = "gone"\."owner_user_id"|ON CONFLICT \("owner_user_id"\)/g,
      ),
    ).toHaveLength(body.match(/\b(?:INSERT INTO|DELETE FROM|UPDATE) "/g)?.length ?? 0);
  }
});

describe("[O-1] the statements of every operation are read while it runs", () => {
  const operations = Object.entries<Operation>(api).filter(([, row]) => row.security === "bearer");

  test.each(operations)("%s", async (_, { method, path, bodyExample }) => {
    for (const form of addressForms(path)) {
      const user = await makeUser(database());
      const id = await makeTask(database(), user);
      const before = statementCounts();
      await send(method, fillPath(form, { user_id: user.id, id }), {
        token: tokenOf(user),
        ...(bodyExample !== undefined && { body: bodyExample }),
      });
      const after = statementCounts();
      expect(after.checked).toBeGreaterThan(before.checked);
      expect(after.outside, "all belong to the request").toBe(before.outside);
    }
  });

  test("many at once, more than there are connections", async () => {
    const users = await Promise.all(Array.from({ length: 30 }, () => makeUser(database())));
    const before = statementCounts();
    await Promise.all(users.map((user) => send("GET", "/api/tasks", { token: tokenOf(user) })));
    const after = statementCounts();
    expect(after).toEqual({ checked: before.checked + 30, outside: before.outside });
  });

  const asked = (user: { id: string }) => new Headers({ Authorization: `Bearer ${tokenOf(user)}` });

  test("one without an owner is held against the test, with its text", async () => {
    const user = await makeUser(database());
    await duringRequest(asked(user), async () => {
      await database().$queryRaw`SELECT id FROM tasks WHERE completed LIMIT 1`;
    });
    expect(takeFaults()).toEqual([
      "No owner_user_id = $n for tasks in: SELECT id FROM tasks WHERE completed LIMIT 1",
    ]);
  });

  test("one with another owner than the asker, in a transaction too", async () => {
    const user = await makeUser(database());
    const other = await makeUser(database());
    await duringRequest(asked(user), () =>
      database().$transaction(
        (connection) =>
          connection.$queryRaw`SELECT id FROM tasks WHERE owner_user_id = ${other.id}`,
      ),
    );
    expect(takeFaults()).toEqual([
      "The owner is not who asks, in: SELECT id FROM tasks WHERE owner_user_id = $1",
    ]);
  });
});
