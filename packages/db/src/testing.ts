import { randomBytes, randomUUID } from "node:crypto";
import { Client } from "pg";
import type { Database } from "./index.ts";
import { migrate } from "./migrate.ts";
import { passwordLogin } from "./seed.ts";
import { databaseUrls } from "./urls.ts";

export interface FreshDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A migrated database of one's own: on the server of DATABASE_URL where that is set (its role must
 * be allowed to create databases), else embedded and in memory.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { url } = databaseUrls(process.env);
  const fresh = url === undefined ? await inMemory() : await createOn(url);
  await migrate(fresh.url);
  return fresh;
}

async function inMemory(): Promise<FreshDatabase> {
  const { startEmbedded } = await import("./embedded.ts");
  return startEmbedded({});
}

async function createOn(server: string): Promise<FreshDatabase> {
  const name = `tend_test_${randomBytes(6).toString("hex")}`;
  const run = async (sql: string) => {
    const client = new Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Whether this is the embedded engine, which gives each transaction the whole of itself. */
export async function isEmbedded(database: Database): Promise<boolean> {
  const [row] = await database.$queryRaw<{ version: string }[]>`SELECT version()`;
  return row?.version.includes("PGlite") ?? false;
}

export interface TestUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A user like no other; with a password where one is given, so that it can sign in. */
export async function makeUser(
  database: Database,
  { password, ...given }: Partial<TestUser> & { password?: string } = {},
): Promise<TestUser> {
  const id = given.id ?? randomUUID();
  const user = { id, name: given.name ?? "Ada", email: given.email ?? `${id}@example.com` };
  await database.user.create({
    data: {
      ...user,
      ...(password !== undefined && { accounts: await passwordLogin(id, password) }),
    },
  });
  return user;
}

/** A task of that user, straight in the table. Returns its id. */
export async function makeTask(
  database: Database,
  owner: Pick<TestUser, "id">,
  given: { title?: string; description?: string; completed?: boolean; due_date?: Date } = {},
): Promise<string> {
  const id = randomUUID();
  await database.tasks.create({
    data: { owner_user_id: owner.id, id, ...given, title: given.title ?? "Water the plants" },
  });
  return id;
}
