import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newestMigration } from "../index.ts";
import { type FreshDatabase, freshDatabase } from "../testing.ts";
import { migrate, migrations } from "./runner.ts";

const folder = new URL("../../prisma/migrations/", import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

let fresh: FreshDatabase;
let client: Client;

beforeAll(async () => {
  fresh = await freshDatabase();
  client = new Client({ connectionString: fresh.url });
  await client.connect();
});

beforeEach(() => empty());

afterAll(async () => {
  await client?.end();
  await fresh?.stop();
});

async function empty(): Promise<void> {
  await client.query("DROP SCHEMA public CASCADE");
  await client.query("CREATE SCHEMA public");
}

const tables = async () => {
  const { rows } = await client.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
  );
  return rows.map(({ tablename }) => tablename);
};

const history = async () => {
  const { rows } = await client.query(`SELECT * FROM "_prisma_migrations" ORDER BY started_at`);
  return rows;
};

test("applies every migration, oldest first, and records each as Prisma does", async () => {
  expect(await migrate(fresh.url)).toEqual(names);
  expect(await tables()).toEqual(
    "_prisma_migrations accounts erased_users idempotency_keys rate_limits sessions sign_in_failures task_counters task_tombstones tasks users verifications".split(
      " ",
    ),
  );
  const rows = await history();
  expect(rows.map((row) => row.migration_name)).toEqual(names);
  for (const row of rows) {
    const file = readFileSync(new URL(`${row.migration_name}/migration.sql`, folder));
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      checksum: createHash("sha256").update(file).digest("hex"),
      migration_name: row.migration_name,
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
    });
    expect(row.finished_at.getTime()).toBeGreaterThanOrEqual(row.started_at.getTime());
  }
});

test("applies nothing twice", async () => {
  await migrate(fresh.url);
  const before = await history();
  expect(await migrate(fresh.url)).toEqual([]);
  expect(await history()).toEqual(before);
});

test("five at once apply each migration once", async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(fresh.url)));
  expect(applied.flat()).toEqual(names);
  expect((await history()).map((row) => row.migration_name)).toEqual(names);
});

test("takes up a history that Prisma began, and skips what was rolled back there", async () => {
  await migrate(fresh.url);
  await client.query(`
    INSERT INTO "_prisma_migrations" (id, checksum, migration_name, rolled_back_at)
    VALUES ('x', 'y', '20200101000000_given_up', now())`);
  expect(await migrate(fresh.url)).toEqual([]);
});

test.each([
  [
    "a file that was changed after it was applied",
    `UPDATE "_prisma_migrations" SET checksum = repeat('0', 64)`,
    names[0],
    /changed after it was applied.*Restore its file/,
  ],
  [
    "a migration that this code does not know",
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at)
     VALUES ('x', 'y', '29990101000000_later', now())`,
    "29990101000000_later",
    /does not know.*Deploy a version that has it/,
  ],
  [
    "a migration that did not finish",
    `UPDATE "_prisma_migrations" SET finished_at = NULL`,
    names[0],
    /did not finish.*prisma migrate resolve/,
  ],
])("refuses %s, in words, and changes nothing", async (_, sql, name, words) => {
  await migrate(fresh.url);
  await client.query(sql);
  const before = [await tables(), await history()];
  const error = await migrate(fresh.url).catch((caught: Error) => caught);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toContain(name);
  expect((error as Error).message).toMatch(words);
  expect([await tables(), await history()]).toEqual(before);
});

test("a migration that fails changes nothing at all, says which, and can be run again", async () => {
  await client.query("CREATE TABLE tasks (id text)");
  const error = await migrate(fresh.url).catch((caught: Error) => caught);
  expect((error as Error).message).toContain(`${names[0]} failed, and nothing was changed`);
  expect((error as Error).cause).toMatchObject({ code: "42P07" });
  expect(await tables()).toEqual(["tasks"]);
  await client.query("DROP TABLE tasks");
  expect(await migrate(fresh.url)).toEqual(names);
});

test("says that a server is not there", async () => {
  await expect(migrate("postgresql://nobody@127.0.0.1:1/none")).rejects.toThrow(/ECONNREFUSED/);
});

test("the code knows its newest migration", async () => {
  expect(names.length).toBeGreaterThan(0);
  expect(newestMigration).toBe(names.at(-1));
  expect((await migrations()).map(({ name }) => name)).toEqual(names);
});

/** Applies all that come before the one of this name. @returns that one. */
async function migratedBefore(name: string) {
  const all = await migrations();
  const at = all.findIndex((migration) => migration.name.endsWith(name));
  for (const { sql } of all.slice(0, at)) await client.query(sql);
  const found = all[at];
  if (!found) throw new Error(`There is no migration ${name}.`);
  return found;
}

test("tasks from before the order by hand lie as they were made; new ones come on top", async () => {
  const { sql } = await migratedBefore("order_by_hand");
  await client.query(
    "INSERT INTO users (id, name, email) VALUES ('ada', 'Ada', 'ada@example.com')",
  );
  await client.query(`
    INSERT INTO tasks (owner_user_id, id, title, created_at)
    SELECT 'ada', gen_random_uuid(), n, timestamptz '2026-01-01' + n % 70 * interval '1 millisecond'
    FROM generate_series(1, 200) AS n`);
  const listed = async (by: string) => {
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM tasks ORDER BY ${by}`);
    return rows.map(({ id }) => id);
  };
  const asMade = await listed("created_at DESC, id DESC");
  await client.query(sql);
  expect(await listed("position")).toEqual(asMade);
  const { rows } = await client.query<{ id: string }>(
    "INSERT INTO tasks (owner_user_id, id, title) VALUES ('ada', gen_random_uuid(), 'new') RETURNING id",
  );
  expect(await listed("position")).toEqual([...rows.map(({ id }) => id), ...asMade]);
});

test("[C-6, T-11] the words of tasks from before stay as they are, and the table is not written anew", async () => {
  const { sql } = await migratedBefore("words_when_they_change");
  await client.query(
    "INSERT INTO users (id, name, email) VALUES ('ada', 'Ada', 'ada@example.com')",
  );
  const long = String.fromCodePoint(...Array.from({ length: 10_000 }, (_, n) => 0x4e00 + n));
  await client.query(
    `INSERT INTO tasks (owner_user_id, id, title, description, tags, priority) VALUES
       ('ada', gen_random_uuid(), 'Pay rent', NULL, '{home}', 'low'),
       ('ada', gen_random_uuid(), 'Read', $1, '{}', 'none')`,
    [long],
  );
  const state = async () => {
    const { rows } = await client.query(
      "SELECT xmin, ctid, search::text, pg_relation_filenode('tasks') AS file FROM tasks ORDER BY title",
    );
    return rows;
  };
  const before = await state();
  await client.query(sql);
  expect(await state()).toEqual(before);
  // Statements of the version before still work: an upsert, and a row without its words.
  await client.query(`
    INSERT INTO tasks (owner_user_id, id, title, tags, priority)
    SELECT owner_user_id, id, title, tags, 'high' FROM tasks WHERE title = 'Pay rent'
    ON CONFLICT (owner_user_id, id) DO UPDATE SET title = excluded.title, tags = excluded.tags,
      priority = excluded.priority`);
  const { rows } = await client.query<{ count: number }>(`
    SELECT count(*)::int AS count FROM tasks
    WHERE search @@ (search_query('ada', 'rent home') && search_sign('ada', '!', 'high'))`);
  expect(rows).toEqual([{ count: 1 }]);
});

test("[T-11] tasks with signs behind words, tones of skin or Hangul are found anew, and no other is written", async () => {
  const { sql } = await migratedBefore("signs_tones_and_hangul");
  await client.query(
    "INSERT INTO users (id, name, email) VALUES ('ada', 'Ada', 'ada@example.com')",
  );
  const anew = ["Learn C++", "Ｃ＋＋", "Über+", "치과예약", "Yes 👍🏿", "e\u0301+", "x²⁺"];
  const others = ["Learn C", "+ 1", "# Heading", "Größe", "去超市", "Yes 👍", "#home"];
  await client.query(
    `INSERT INTO tasks (owner_user_id, id, title, priority)
     SELECT 'ada', gen_random_uuid(), title, 'low' FROM unnest($1::text[]) AS title`,
    [[...anew, ...others]],
  );
  await client.query(
    `INSERT INTO tasks (owner_user_id, id, title, description, tags) VALUES
       ('ada', gen_random_uuid(), 'By its tag', NULL, '{F#}'),
       ('ada', gen_random_uuid(), 'By its note', 'see C#', '{}')`,
  );
  const rows = async () => {
    const found = await client.query<{ title: string; xmin: string; version: number }>(
      "SELECT title, xmin::text, version, updated_at FROM tasks",
    );
    return new Map(found.rows.map(({ title, ...row }) => [title, JSON.stringify(row)]));
  };
  const before = await rows();
  await client.query(sql);
  const after = await rows();
  const written = [...before.keys()].filter((title) => before.get(title) !== after.get(title));
  expect(written.sort()).toEqual([...anew, "By its tag", "By its note"].sort());
  const { rows: wrong } = await client.query(`
    SELECT title FROM tasks
    WHERE search IS DISTINCT FROM search_vector(owner_user_id, title, description, tags, priority)
      OR version <> 1 OR updated_at <> created_at`);
  expect(wrong).toEqual([]);
  // The trigger is at work again.
  await client.query(
    "UPDATE tasks SET search = NULL, title = 'Learn D++' WHERE title = 'Learn C++'",
  );
  const found = async (q: string) => {
    const { rows } = await client.query<{ title: string }>(
      "SELECT title FROM tasks WHERE search @@ search_query('ada', $1) ORDER BY title",
      [q],
    );
    return rows.map(({ title }) => title);
  };
  expect(await found("D++")).toEqual(["Learn D++"]);
  expect(await found("c++")).toEqual(["Ｃ＋＋"]);
  expect(await found("예약")).toEqual(["치과예약"]);
  expect(await found("👍🏽")).toEqual(["Yes 👍", "Yes 👍🏿"]);
});

test("[T-19] tasks, and answers to keys, from before are counted; the version before goes on, and is", async () => {
  const { sql } = await migratedBefore("what_a_user_holds");
  await client.query(`
    INSERT INTO users (id, name, email) SELECT id, id, id FROM unnest(ARRAY['ada', 'bob', 'eve']) AS id;
    INSERT INTO task_counters (owner_user_id, last_change) VALUES ('ada', 7), ('eve', 1);
    INSERT INTO tasks (owner_user_id, id, title, deleted_at)
      SELECT owner, gen_random_uuid(), 'Note', CASE n WHEN 1 THEN now() END
      FROM unnest(ARRAY['ada', 'bob', 'ada']) AS owner, generate_series(1, 3) AS n;
    INSERT INTO idempotency_keys (owner_user_id, key, fingerprint, answer) VALUES
      ('ada', 'a', '', '{"status": 201}'), ('ada', 'b', '', '"é"'), ('ada', 'c', '', NULL)`);
  await client.query(sql);
  const counters = async () => {
    const { rows } = await client.query(`
      SELECT owner_user_id, last_change::int, task_count, answer_bytes::int FROM task_counters
      ORDER BY owner_user_id`);
    return rows.map((row) => Object.values(row));
  };
  expect(await counters()).toEqual([
    ["ada", 7, 6, 19],
    ["bob", 0, 3, 0],
    ["eve", 1, 0, 0],
  ]);
  await client.query(`
    WITH counter AS (
      INSERT INTO task_counters (owner_user_id, last_change, sweep_at) VALUES ('eve', 1, NULL)
      ON CONFLICT (owner_user_id) DO UPDATE SET last_change = task_counters.last_change + 1
      RETURNING last_change)
    INSERT INTO tasks (owner_user_id, id, title, change)
    SELECT 'eve', gen_random_uuid(), 'Note', last_change FROM counter`);
  await client.query(`
    WITH gone AS (DELETE FROM tasks WHERE owner_user_id = 'ada' AND deleted_at IS NULL RETURNING id)
    INSERT INTO task_tombstones (owner_user_id, id, version, change) SELECT 'ada', id, 1, 8 FROM gone`);
  expect(await counters()).toEqual([
    ["ada", 7, 2, 19],
    ["bob", 0, 3, 0],
    ["eve", 2, 1, 0],
  ]);
  await client.query("DELETE FROM users WHERE id = 'bob'");
  expect((await counters()).map(([owner]) => owner)).toEqual(["ada", "eve"]);
});

test("the limits that a database sets for requests do not end a migration", async () => {
  const name = client.escapeIdentifier(client.database ?? "");
  await client.query(`ALTER DATABASE ${name} SET statement_timeout = 1`);
  try {
    expect(await migrate(fresh.url)).toEqual(names);
  } finally {
    await client.query(`ALTER DATABASE ${name} RESET statement_timeout`);
  }
});
