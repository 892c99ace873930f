import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbedded } from "./embedded/start-embedded.ts";
import type { Database } from "./index.ts";
import { migrate } from "./migrate/runner.ts";
import { passwordLogin } from "./seed.ts";
import { databaseUrls } from "./urls.ts";

export interface FreshDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A migrated database of one's own: on the server of DATABASE_URL where that is set (its role must
 * be allowed to create databases), else on an embedded one that goes with it.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { url } = databaseUrls(process.env);
  if (url !== undefined) return createOn(url);
  const server = await startTestServer();
  await migrate(server.url);
  return server;
}

/** An embedded server that forgets all when it is stopped; its role may create databases. */
export async function startTestServer(): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "tend-test-"));
  const { url, stop } = await startEmbedded({
    folder,
    programs: process.env.TEND_POSTGRES,
    connections: 180,
    forTests: true,
  });
  return {
    url,
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
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
  await migrate(url.href);
  return { url: url.href, stop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
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
