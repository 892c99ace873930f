import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@tend/db/embedded/start-embedded";
import { migrate } from "@tend/db/migrate";
import { Client } from "pg";
import { mintToken, seconds } from "../api/support/mint-token.ts";
import type { BenchUser } from "./generator.ts";

/** A PostgreSQL of the bench's own, migrated: the embedded one, as `pnpm start` has it. */
export async function openDatabase() {
  const folder = await mkdtemp(join(tmpdir(), "tend-bench-"));
  const { url, stop } = await startEmbedded({
    folder,
    programs: process.env.TEND_POSTGRES,
    connections: 100,
  });
  await migrate(url);
  const [version] = await withClient(url, async (client) => {
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows.map((row) => row.server_version);
  });
  return {
    name: `PostgreSQL ${version}`,
    url,
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The table that the bare server has for itself, as whoever writes such a server would make it. */
const bareTable = `
  CREATE SCHEMA bare;
  CREATE TABLE bare.tasks (
    owner_user_id text NOT NULL REFERENCES public.users (id), id uuid NOT NULL,
    title text NOT NULL, description text, completed boolean NOT NULL DEFAULT false, due_date date,
    version int NOT NULL DEFAULT 1, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz, due_time time(0),
    time_zone text, priority text NOT NULL DEFAULT 'none', tags text[] NOT NULL DEFAULT '{}',
    position text COLLATE "C" NOT NULL DEFAULT position_at(now()),
    PRIMARY KEY (owner_user_id, id));
  CREATE INDEX ON bare.tasks (owner_user_id, created_at, id);`;

const makeUsers = `
  INSERT INTO users (id, name, email, updated_at)
  SELECT gen_random_uuid(), 'Ada', $1 || n || '@example.com', now() FROM generate_series(1, $2::int) AS n`;

/** Tasks number $2 to $3 of each user whose email begins with $1, a minute apart. */
const makeTasks = `
  INSERT INTO tasks (owner_user_id, id, title, description, completed, due_date, created_at, change)
  SELECT users.id, gen_random_uuid(), 'Task ' || n || ' of mine', 'Some words about it',
    n % 4 = 0, CASE WHEN n % 3 = 0 THEN date '2026-01-01' + n % 365 END,
    timestamptz '2020-01-01' + n * interval '1 minute', n
  FROM users, generate_series($2::int, $3::int) AS n WHERE email LIKE $1 || '%'`;

export async function withClient<T>(url: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // The role's own limit, of a migrated database, is for requests.
    await client.query("SET statement_timeout = 0");
    return await run(client);
  } finally {
    await client.end();
  }
}

/** Users with tasks, in both tables alike, written down in a file with their tokens. */
export const makeScene = (
  url: string,
  secret: string,
  { users, tasks }: { users: number; tasks: number },
  file: string,
): Promise<BenchUser[]> =>
  withClient(url, async (client) => {
    await client.query(bareTable);
    await client.query(makeUsers, ["bench", users]);
    await client.query(makeTasks, ["bench", 1, tasks]);
    await client.query(
      `INSERT INTO task_counters (owner_user_id, last_change) SELECT id, $1::int FROM users
       ON CONFLICT (owner_user_id) DO UPDATE SET last_change = excluded.last_change`,
      [tasks],
    );
    await client.query(
      `INSERT INTO bare.tasks SELECT owner_user_id, id, title, description, completed, due_date,
         version, created_at, updated_at, deleted_at, due_time, time_zone, priority, tags, position FROM tasks`,
    );
    await client.query("VACUUM ANALYZE");
    const { rows } = await client.query<{ id: string; tasks: string[] }>(
      `SELECT owner_user_id AS id, (array_agg(id::text))[1:50] AS tasks FROM tasks GROUP BY 1`,
    );
    const made = rows.map(
      (user): BenchUser => ({
        ...user,
        token: mintToken({ sub: user.id, iat: seconds(), exp: seconds(4 * 3_600) }, { secret }),
      }),
    );
    await writeFile(file, JSON.stringify(made));
    return made;
  });

/** One user more; its tasks are added until there are so many. @returns its id, and what adds. */
export async function makeGrowing(client: Client, email: string) {
  await client.query(makeUsers, [email, 1]);
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM users WHERE email LIKE $1 || '%'`,
    [email],
  );
  const id = rows[0]?.id ?? "";
  let present = 0;
  return {
    id,
    async growTo(tasks: number) {
      for (; present < tasks; present += 10_000) {
        await client.query(makeTasks, [email, present + 1, Math.min(tasks, present + 10_000)]);
      }
      present = tasks;
      await client.query(
        `INSERT INTO task_counters (owner_user_id, last_change) VALUES ($1, $2)
         ON CONFLICT (owner_user_id) DO UPDATE SET last_change = excluded.last_change`,
        [id, tasks],
      );
      await client.query("VACUUM ANALYZE tasks");
    },
  };
}
