import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type OpenDatabase, openDatabase } from "../local.ts";
import { type FreshDatabase, freshDatabase } from "../testing.ts";
import { copyTables } from "./copy-tables.ts";
import { importPglite } from "./import-pglite.ts";
import { openCopy, openPglite } from "./pglite-folder.ts";
import { migrateSession, migrations, type Session } from "./runner.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "tend-import-"));

let target: FreshDatabase;
let client: Client;

/** An empty database for each test of the group. */
function withTarget(): void {
  beforeEach(async () => {
    target = await freshDatabase();
    client = await connected(target);
  });

  afterEach(async () => {
    await client?.end();
    await target?.stop();
  });
}

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

async function connected({ url }: { url: string }): Promise<Client> {
  const fresh = new Client({ connectionString: url });
  await fresh.connect();
  await fresh.query("SET statement_timeout = 0");
  return fresh;
}

/** Texts that a careless way loses or changes. */
const texts = [
  "👩🏽‍🚀 𝄞 e\u0301 é ﷽",
  "\u202eשלום\u202c مرحبا \u200f",
  "one\u2028two\u2029three\u0085four\r\nfive\tsix\u0001\u007f\u00a0\ufeff",
  `it's "so" \\ \\\\ \\x41 \\N {a,"b",NULL} $1 $$ %s ; -- /* NULL`,
  "NULL",
  " ",
];
const long = "\\\"'€𝄞{},\n\u2028 x".repeat(1000).slice(0, 9_990);

/** What the very first version of the schema can hold. */
const firstRows = `
  INSERT INTO users (id, name, email, image, email_verified, created_at) VALUES
    ('ada', ${escapeLiteral(texts.join(""))}, 'ada@example.com', '', true, '2026-01-02 03:04:05.678+00'),
    ('bob', '', 'bob@example.com', NULL, false, '4713-01-01 00:00:00+00 BC'),
    ('eve', 'Eve', 'eve@example.com', NULL, false, 'infinity');
  INSERT INTO sessions (id, user_id, token, expires_at, user_agent, updated_at)
    VALUES ('s', 'ada', 'secret', '294276-12-31 23:59:59.999+00', '', now());
  INSERT INTO accounts (id, user_id, account_id, provider_id, password, updated_at)
    VALUES ('a', 'ada', 'ada', 'credential', 'salt:hash', now());
  INSERT INTO verifications (id, identifier, value, expires_at) VALUES ('v', 'i', '{"a": 1}', now());
  INSERT INTO rate_limits VALUES ('r', '127.0.0.1', 3, 9223372036854775807);
  INSERT INTO tasks (owner_user_id, id, title, description, due_date) VALUES
    ${texts.map((text) => `('ada', gen_random_uuid(), ${escapeLiteral(text)}, '', '0001-01-01')`)};
  INSERT INTO tasks (owner_user_id, id, title, description, completed, due_date)
    SELECT owner, gen_random_uuid(), 'Task ' || n, CASE n WHEN 7 THEN ${escapeLiteral(long)} END, n % 3 = 0, '9999-12-31'
    FROM unnest(ARRAY['ada', 'bob']) AS owner, generate_series(1, 700) AS n`;

/** What came later: all tables are filled. */
const laterRows = `
  UPDATE tasks SET due_time = '23:59', time_zone = 'Europe/Berlin', priority = 'high', version = 7,
    tags = ARRAY['a"b', 'it''s', '\\', '👩🏽‍🚀', 'NULL', '{}'], change = 9007199254740993, deleted_at = now()
    WHERE owner_user_id = 'bob';
  INSERT INTO task_counters VALUES ('bob', 9007199254740993, 1, NULL)
    ON CONFLICT (owner_user_id) DO UPDATE SET last_change = excluded.last_change, forgotten_change = 1;
  INSERT INTO task_tombstones VALUES ('bob', gen_random_uuid(), 2, 5, now());
  INSERT INTO idempotency_keys VALUES
    ('bob', 'object', '\\x00ff5c27', '{"n": 1.10, "big": 12345678901234567890, "t": "\\u2028\\\\"}', now()),
    ('bob', 'null', '\\x', 'null', now()),
    ('bob', 'none', '\\x', NULL, now());
  INSERT INTO erased_users VALUES ('gone', now());
  INSERT INTO sign_in_failures VALUES ('account', 2, now(), NULL)`;

/** Every row of every table as text, sorted; where `like` is given, of its tables and columns. */
async function contents(session: Session, like = session): Promise<Record<string, string[]>> {
  const { rows: tables } = await like.query<{ name: string; columns: string[] }>(`
    SELECT table_name::text AS name, array_agg(column_name::text ORDER BY column_name) AS columns
    FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name <> '_prisma_migrations'
    GROUP BY table_name ORDER BY table_name`);
  const all: Record<string, string[]> = {};
  for (const { name, columns } of tables) {
    const { rows } = await session.query<{ row: string }>(`
      SELECT given::text COLLATE "C" AS row
      FROM (SELECT ${columns.map(escapeIdentifier)} FROM ${escapeIdentifier(name)}) AS given ORDER BY 1`);
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}

const isEmpty = async () =>
  Object.values(await contents(client)).every((rows) => rows.length === 0);

describe("copyTables", () => {
  let source: FreshDatabase;
  let from: Client;

  withTarget();

  beforeEach(async () => {
    source = await freshDatabase();
    from = await connected(source);
  });

  afterEach(async () => {
    await from?.end();
    await source?.stop();
  });

  async function copy() {
    await from.query("BEGIN");
    await client.query("BEGIN");
    const counts = await copyTables(from, client);
    await client.query("COMMIT");
    await from.query("ROLLBACK");
    return counts;
  }

  test("every row of every table is there afterwards, as it was", async () => {
    await from.query(`${firstRows};${laterRows}`);
    const before = await contents(from);
    expect(Object.keys(before).filter((table) => before[table]?.length === 0)).toEqual([]);
    const counts = await copy();
    expect(await contents(client)).toEqual(before);
    expect([counts.get("users"), counts.get("tasks")]).toEqual([3, texts.length + 1400]);
    const { rows } = await client.query(
      "SELECT count(*)::integer AS count FROM tasks WHERE search @@ search_query(owner_user_id, 'task 700')",
    );
    expect(rows).toEqual([{ count: 2 }]);
  });

  test("tables of later are taken too: all types, to the microsecond, after those they refer to", async () => {
    const tables = `
      CREATE TABLE zoo (
        "Order" integer PRIMARY KEY, moment timestamptz, clock timestamp, amount numeric, ratio float8,
        span interval, doc json, words text[][], spare varchar(3), twice integer GENERATED ALWAYS AS ("Order" * 2) STORED
      );
      CREATE TABLE animals (zoo integer REFERENCES zoo, owner text REFERENCES users)`;
    for (const session of [from, client]) await session.query(tables);
    await from.query(`${firstRows};
      INSERT INTO zoo VALUES
        (1, '2026-03-29 01:59:59.123456+00', '0044-03-15 12:00:00.000001 BC', 0.10, 0.1::float8 + 0.2, '1 mon -2 days 00:00:00.000003',
         '{"a":  1, "a": 2}', '{{a,NULL},{"","\\""}}', ''),
        (2, '-infinity', NULL, 'NaN', 'Infinity', NULL, 'null', '{}', NULL);
      INSERT INTO animals VALUES (2, 'ada'), (NULL, NULL)`);
    await copy();
    expect(await contents(client)).toEqual(await contents(from));
  });

  test("a key that the target has already stays as it is there", async () => {
    await from.query("INSERT INTO rate_limits VALUES ('old', 'a', 1, 1), ('other', 'b', 1, 1)");
    await client.query("INSERT INTO rate_limits VALUES ('new', 'a', 2, 2)");
    await copy();
    expect((await contents(client)).rate_limits).toEqual(["(2,new,a,2)", "(1,other,b,1)"].sort());
  });
});

const noTarget = () => Promise.reject(new Error("The target was opened."));

describe("a folder that it refuses, before it is copied or the database is opened", () => {
  /** The part of PostgreSQL's control file that tells a machine of 64 bits from PGlite's. */
  async function folderOf({ floatsByValue }: { floatsByValue: number }): Promise<string> {
    const folder = mkdtempSync(join(temporary, "data-"));
    await mkdir(join(folder, "global"));
    const bytes = Buffer.alloc(8192);
    bytes.writeDoubleLE(1_234_567, 0xd0);
    bytes[0xf8] = floatsByValue;
    await writeFile(join(folder, "global", "pg_control"), bytes);
    return folder;
  }

  test.each([
    ["one that is not there", async () => join(temporary, "nothing"), /^There is no folder/],
    ["one without a database", async () => temporary, /is not the data folder of a PGlite/],
    ["one of a server", () => folderOf({ floatsByValue: 1 }), /is not the data folder of a PGlite/],
  ])("%s", async (_, make, words) => {
    await expect(importPglite(await make(), noTarget)).rejects.toThrow(words);
  });

  test("one that a living process has open; it says which, and which claim may be wrong", async () => {
    const folder = await folderOf({ floatsByValue: 0 });
    const claim = join(`${folder}.lock`, `${process.pid}_1_unknown_0`);
    mkdirSync(`${folder}.lock`);
    await writeFile(claim, "");
    await expect(importPglite(folder, noTarget)).rejects.toThrow(
      `${folder} is in use by process ${process.pid}. Stop that Tend first; if the process has nothing to do with this folder, delete ${claim}.`,
    );
  });
});

// PGlite is fetched from the registry, without which an ordinary run of the tests must do.
const whenLong = describe.skipIf(!process.env.TEND_TEST_LONG);
whenLong("over PGlite itself (TEND_TEST_LONG=1)", { timeout: 300_000 }, () => {
  const newest = join(temporary, "newest");
  const first = join(temporary, "first");
  const copies = join(temporary, "copies");

  withTarget();

  beforeAll(async () => {
    mkdirSync(copies);
    process.env.TMPDIR = copies;
    process.env.PATH = await pathWithPglite();
    await makeFolder(newest, async (session) => {
      await migrateSession(session);
      await session.query(`${firstRows};${laterRows}`);
    });
    await makeFolder(first, async (session) => {
      await migrateSession(session, (await migrations()).slice(0, 1));
      await session.query(firstRows);
    });
  });

  afterEach(() => {
    expect(readdirSync(copies).filter((name) => name.startsWith("tend-pglite-"))).toEqual([]);
  });

  const json = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
  const pnpm = (...args: string[]) => ["--yes", json("package.json").packageManager, ...args];

  /** The PATH that the command gives to its program. */
  async function pathWithPglite(): Promise<string> {
    const command = json("packages/db/package.json").scripts["import-pglite"];
    const [pinned = ""] = /--package=\S+/.exec(command) ?? [];
    const print = ["dlx", "node", "-p", "process.env.PATH"];
    const { stdout } = await promisify(execFile)("npx", pnpm("--silent", pinned, ...print));
    return stdout.trim();
  }

  async function makeFolder(folder: string, fill: (session: Session) => Promise<unknown>) {
    const { session, close } = await openPglite(folder);
    await fill(session).finally(close);
  }

  async function contentsOf(folder: string): Promise<Record<string, string[]>> {
    const { session, close } = await openCopy(folder);
    return contents(session).finally(close);
  }

  /** Names, sizes, times, rights and bytes of all files. */
  const stateOf = (folder: string) =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => {
        const { mode, mtimeMs, size } = statSync(path);
        const hash = createHash("sha256");
        if (statSync(path).isFile()) hash.update(readFileSync(path));
        return [path, mode, mtimeMs, size, hash.digest("hex")].join(" ");
      });

  /** The command as a person types it at the top of the repository. */
  function run(folder: string, env: Record<string, string> = { DATABASE_URL: target.url }) {
    const command = spawn("npx", pnpm("db:import-pglite", folder), {
      cwd: root,
      // A group of its own, to be killed as one.
      detached: true,
      env: { ...process.env, DIRECT_URL: "", ...env },
    });
    let output = "";
    for (const stream of [command.stdout, command.stderr]) {
      stream.on("data", (data) => {
        output += data;
      });
    }
    const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      command.once("error", reject);
      command.once("close", (code) => resolve({ code, output }));
    });
    const kill = (signal: "SIGINT" | "SIGKILL") => process.kill(-(command.pid ?? 0), signal);
    return { kill, ended };
  }

  const here = async (): Promise<OpenDatabase> => ({
    url: target.url,
    direct: target.url,
    embedded: false,
    stop: async () => {},
  });

  test("takes everything along, leaves the folder byte for byte, and does it once only", async () => {
    const before = stateOf(newest);
    const { code, output } = await run(newest).ended;
    expect(output).toContain(`3 users and ${texts.length + 1400} tasks are now in the database`);
    expect(code).toBe(0);
    const taken = await contents(client);
    expect(taken).toEqual(await contentsOf(newest));
    const again = await run(newest).ended;
    expect(again.output).toContain(`has data: 3 users, ${texts.length + 1400} tasks`);
    expect(again.code).toBe(1);
    expect(await contents(client)).toEqual(taken);
    expect(stateOf(newest)).toEqual(before);
  });

  test("brings data of the first version up to this one, and leaves the folder as it was", async () => {
    const before = stateOf(first);
    const source = await openCopy(first);
    try {
      expect(await run(first).ended).toMatchObject({ code: 0 });
      expect(await contents(client, source.session)).toEqual(await contents(source.session));
    } finally {
      await source.close();
    }
    const { rows } = await client.query<{ order: string[]; made: string[] }>(`
      SELECT array_agg(id ORDER BY position) AS order, array_agg(id ORDER BY created_at DESC, id DESC) AS made
      FROM tasks`);
    expect(rows[0]?.order).toEqual(rows[0]?.made);
    expect(stateOf(first)).toEqual(before);
  });

  test("fills the embedded database, in whose folder the former one lies", async () => {
    const env = { DATABASE_URL: "", TEND_DATA: join(temporary, "data") };
    const former = join(env.TEND_DATA, "postgres");
    await cp(newest, former, { recursive: true });
    const before = stateOf(former);
    expect(await run(former, env).ended).toMatchObject({ code: 0 });
    expect(stateOf(former)).toEqual(before);
    const embedded = await openDatabase(env);
    const reader = await connected(embedded);
    try {
      expect(await contents(reader)).toEqual(await contentsOf(newest));
    } finally {
      await reader.end();
      await embedded.stop();
    }
  });

  /** The command, when it has copied the users and waits for a table. */
  async function runHalfway(): Promise<ReturnType<typeof run>> {
    await client.query("BEGIN; LOCK TABLE task_tombstones IN ACCESS EXCLUSIVE MODE");
    const command = run(newest);
    await vi.waitFor(
      async () => {
        const { rows } = await client.query(`
          SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
          WHERE datname = current_database() AND relation = 'task_tombstones'::regclass AND NOT granted`);
        expect(rows).toHaveLength(1);
      },
      { timeout: 600_000, interval: 100 },
    );
    return command;
  }

  test("killed in the middle it leaves the database empty, and can be run again", async () => {
    const command = await runHalfway();
    command.kill("SIGKILL");
    await command.ended;
    await client.query("ROLLBACK");
    // A killed command cannot remove its copy.
    for (const name of readdirSync(copies)) rmSync(join(copies, name), { recursive: true });
    expect(await isEmpty()).toBe(true);
    expect(await run(newest).ended).toMatchObject({ code: 0 });
    expect(await contents(client)).toEqual(await contentsOf(newest));
  });

  test("Ctrl-C in the middle leaves the database empty and no copy", async () => {
    const command = await runHalfway();
    command.kill("SIGINT");
    expect((await command.ended).output).toContain("Stopped. Nothing was taken along.");
    await client.query("ROLLBACK");
    expect(await isEmpty()).toBe(true);
  });

  test("a folder behind a link, whose last process was killed, is read and left alone", async () => {
    const link = join(temporary, "link");
    await symlink(newest, link);
    const dead = spawn(process.execPath, ["-e", ""]);
    await once(dead, "exit");
    mkdirSync(`${newest}.lock`);
    await writeFile(join(`${newest}.lock`, `${dead.pid}_1_unknown_0`), "");
    const before = stateOf(newest);
    await importPglite(link, here);
    expect(await contents(client)).toEqual(await contentsOf(newest));
    expect(stateOf(newest)).toEqual(before);
    await rm(`${newest}.lock`, { recursive: true });
  });

  test.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    [
      "of a later version",
      (folder) =>
        makeFolder(folder, (session) =>
          session.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at)
            VALUES ('x', 'y', '29990101000000_later', now())`),
        ),
      /29990101000000_later, which this version of Tend does not know/,
    ],
    [
      "without Tend's tables",
      (folder) =>
        makeFolder(folder, (session) =>
          session.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public"),
        ),
      /holds a PostgreSQL database, but not the tables of Tend/,
    ],
    [
      "that is damaged",
      (folder) => rm(join(folder, "pg_wal"), { recursive: true }),
      /cannot be opened, and nothing was changed/,
    ],
  ])("refuses a folder %s, in words", async (_, change, words) => {
    const folder = join(mkdtempSync(join(temporary, "data-")), "postgres");
    await cp(newest, folder, { recursive: true });
    await change(folder);
    const before = stateOf(folder);
    await expect(importPglite(folder, here)).rejects.toThrow(words);
    expect(stateOf(folder)).toEqual(before);
    expect(await isEmpty()).toBe(true);
  });
});
