import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startEmbedded } from "./embedded.ts";

const module = new URL("./embedded.ts", import.meta.url).href;
const home = mkdtempSync(join(tmpdir(), "tend-embedded-"));
/** One database for the whole file, since making one takes seconds; each test makes its tables. */
const folder = join(home, "data");
const children: ChildProcess[] = [];
const open: { stop(): Promise<void> }[] = [];
let tables = 0;

beforeAll(() => {
  mkdirSync(folder);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ stop }) => stop()));
  await Promise.all(children.splice(0).map(kill));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function start(): Promise<{ url: string; stop(): Promise<void> }> {
  const embedded = await startEmbedded({ folder });
  open.push(embedded);
  return embedded;
}

/** Another process that starts the database, says its URL or why not, and then does `more`. */
function startElsewhere(more = "") {
  const code = `
    import pg from "pg";
    import { startEmbedded } from ${JSON.stringify(module)};
    try {
      const { url, stop } = await startEmbedded({ folder: ${JSON.stringify(folder)} });
      console.log(url);
      ${more}
    } catch (error) {
      console.log(error.message);
    }`;
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", code],
    { cwd: new URL("..", import.meta.url), stdio: ["pipe", "pipe", "inherit"] },
  );
  children.push(child);
  const said = once(child.stdout, "data").then(([line]) => String(line).trim());
  return { child, said };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // Without a listener the loss of the connection would end the process.
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  return use(client).finally(() => client.end());
}

const numbers = async (client: pg.Client, table: string) =>
  (await client.query<{ n: number }>(`SELECT n FROM ${table} ORDER BY n`)).rows.map(({ n }) => n);

test("a first start killed at any moment is made up for by the next", async () => {
  const { child } = startElsewhere();
  await vi.waitFor(() => expect(existsSync(join(`${folder}.new`, "base"))).toBe(true), {
    timeout: 100_000,
    interval: 2,
  });
  await kill(child);
  expect(readdirSync(folder)).toEqual([]);
  const { url } = await start();
  expect(
    await withClient(url, async (client) => (await client.query("SELECT 1 AS n")).rows),
  ).toEqual([{ n: 1 }]);
  expect(existsSync(`${folder}.new`)).toBe(false);
});

test("a restart keeps what was committed, and nothing else", async () => {
  const table = `t${++tables}`;
  const first = await start();
  const client = await connect(first.url);
  await client.query(`CREATE TABLE ${table} (n int); INSERT INTO ${table} VALUES (1)`);
  await client.query("BEGIN");
  await client.query(`INSERT INTO ${table} VALUES (2)`);
  await first.stop();
  const second = await start();
  expect(await withClient(second.url, (again) => numbers(again, table))).toEqual([1]);
});

test("kill -9 in mid-write, 4 rounds: every acknowledged row is there", async () => {
  const table = `t${++tables}`;
  const acknowledged: number[] = [];
  let next = 0;
  for (let round = 0; round < 4; round++) {
    const { child, said } = startElsewhere();
    const url = await said;
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(url)));
    await clients[0]?.query(`CREATE TABLE IF NOT EXISTS ${table} (n int PRIMARY KEY, fill text)`);
    expect(await numbers(clients[0] as pg.Client, table)).toEqual(
      expect.arrayContaining(acknowledged),
    );
    const enough = acknowledged.length + 100 + round * 37;
    const insert = `INSERT INTO ${table} VALUES ($1, repeat('x', 2000))`;
    const write = async (client: pg.Client) => {
      for (let n = ++next; ; n = ++next) {
        await client.query(insert, [n]);
        acknowledged.push(n);
        if (acknowledged.length === enough) child.kill("SIGKILL");
      }
    };
    const ends = await Promise.allSettled(clients.map(write));
    expect(ends.map(({ status }) => status)).toEqual(clients.map(() => "rejected"));
  }
  const { url } = await start();
  const kept = await withClient(url, (client) => numbers(client, table));
  expect(kept).toEqual(expect.arrayContaining(acknowledged));
  expect(acknowledged.length).toBeGreaterThan(600);
  expect(kept.length).toBeLessThanOrEqual(next);
});

test("a second process on one folder is refused with the first one's process id", async () => {
  await start();
  const { said } = startElsewhere();
  expect(await said).toContain(`in use by process ${process.pid}`);
});

test("a statement that breaks the engine is never half committed, and the next client is served", async () => {
  const table = `t${++tables}`;
  const { url } = await start();
  const [client, bystander] = [await connect(url), await connect(url)];
  await client.query(`CREATE TABLE ${table} (n int); INSERT INTO ${table} VALUES (1)`);
  const breaks = `INSERT INTO ${table} SELECT CASE WHEN n < 3 THEN n + 1 ELSE
    length((repeat('[', 200000) || repeat(']', 200000))::jsonb::text) END
    FROM generate_series(1, $1::int) n`;
  const dismissed = new Promise((resolve) => bystander.once("error", resolve));
  await expect(client.query(breaks, [3])).rejects.toMatchObject({ code: "57P02" });
  expect(await dismissed).toMatchObject({ code: "57P02" });
  expect(await withClient(url, (next) => numbers(next, table))).toEqual([1]);
});

test("stop() closes clients, may be called again, and leaves nothing that keeps Node alive", async () => {
  const { child, said } = startElsewhere(`
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    await client.query("BEGIN");
    await Promise.all([stop(), stop()]);
    await stop();`);
  expect(await said).toMatch(/^postgresql:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/);
  await once(child, "exit");
  expect(child.exitCode).toBe(0);
  expect(readdirSync(home)).toEqual(["data"]);
});

test("without a folder a database is in memory, and a new one each time", async () => {
  const memory = await startEmbedded({});
  open.push(memory);
  await withClient(memory.url, async (client) => {
    await client.query("CREATE TABLE tasks (n int)");
    expect(await numbers(client, "tasks")).toEqual([]);
  });
  const taken = startEmbedded({ folder, port: Number(new URL(memory.url).port) });
  await expect(taken).rejects.toThrow("cannot be used. Choose another");
  // The failed start gave its folder back.
  await start();
});

test("a folder with other things in it is refused and left as it was", async () => {
  const other = join(home, "other");
  mkdirSync(other);
  writeFileSync(join(other, "thesis.txt"), "years of work");
  await expect(startEmbedded({ folder: other })).rejects.toThrow("nothing was changed");
  expect(readdirSync(other)).toEqual(["thesis.txt"]);
  rmSync(other, { recursive: true });
});

test("a damaged database is refused with what to do", async () => {
  const damaged = join(home, "damaged");
  mkdirSync(damaged);
  writeFileSync(join(damaged, "PG_VERSION"), "9\n");
  await expect(startEmbedded({ folder: damaged })).rejects.toThrow(
    /of PostgreSQL 9\) cannot be opened\. Move that folder aside/,
  );
  rmSync(damaged, { recursive: true });
});
