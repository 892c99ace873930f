import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { migrate } from "../migrate/runner.ts";
import { placesIn } from "./data-folder.ts";
import { findPrograms } from "./programs.ts";
import { type Embedded, startEmbedded } from "./start-embedded.ts";

const module = new URL("./start-embedded.ts", import.meta.url).href;
/** One database for the whole file; each test makes its own tables. */
const home = mkdtempSync(join(tmpdir(), "tend embedded ü-"));
const folder = join(home, "data");
const programs = findPrograms(process.env.TEND_POSTGRES);
const places = placesIn(folder, programs.major);
const children: ChildProcess[] = [];
const open: Embedded[] = [];
let tables = 0;

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

async function start(more: Partial<Parameters<typeof startEmbedded>[0]> = {}): Promise<Embedded> {
  const { TEND_POSTGRES } = process.env;
  const embedded = await startEmbedded({
    folder,
    programs: TEND_POSTGRES,
    connections: 10,
    ...more,
  });
  open.push(embedded);
  return embedded;
}

/** Another process that starts the database and says its URL, or why not. */
function startElsewhere(env: Record<string, string> = {}, before: readonly string[] = []) {
  const code = `
    import { startEmbedded } from ${JSON.stringify(module)};
    try {
      const { url, stop } = await startEmbedded({
        folder: ${JSON.stringify(folder)}, programs: process.env.TEND_POSTGRES, connections: 10 });
      process.on("SIGTERM", () => stop());
      console.log(url);
    } catch (error) {
      console.log(error.message);
    }`;
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", code];
  const [file = "", ...args] = [...before, ...node];
  const child = spawn(file, args, {
    cwd: new URL("../..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  children.push(child);
  return { child, said: once(child.stdout, "data").then(([line]) => String(line).trim()) };
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

const postmaster = (data = places.data) =>
  Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);

/** Repeats the attempt until it does not throw. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 600_000; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

describe("[C-9] whom it lets in", () => {
  test("the folder is shut to everybody else", async () => {
    await start();
    const modes = readdirSync(folder).map((name) => [
      name,
      statSync(join(folder, name)).mode & 0o777,
    ]);
    expect(Object.fromEntries(modes)).toMatchObject({
      [String(programs.major)]: 0o700,
      lock: 0o600,
      password: 0o600,
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(home)).toEqual(["data"]);
  });

  test("by the password alone, as a role that is no superuser and owns its database", async () => {
    const { url } = await start();
    const [row] = await withClient(url, async (client) => {
      const { rows } = await client.query(`
        SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication,
          pg_get_userbyid(datdba) AS owner, current_setting('listen_addresses') AS listens,
          current_setting('fsync') AS fsync, current_setting('max_connections') AS connections
        FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`);
      return rows;
    });
    expect(row).toEqual({
      ...{ rolname: "tend", owner: "tend", listens: "127.0.0.1", fsync: "on", connections: "30" },
      ...{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false },
    });
    const given = new URL(url).password;
    for (const login of ["tend", "tend:wrong", "postgres", `postgres:${given}`]) {
      const other = url.replace(/\/\/[^@]+/, `//${login}`);
      await expect(connect(other)).rejects.toThrow(
        /password authentication failed|no pg_hba.conf entry|must be a string/,
      );
    }
  });

  test("the superuser cannot log in, wherever from", async () => {
    const { url } = await start();
    const { rows } = await withClient(url, (client) =>
      client.query("SELECT rolname FROM pg_roles WHERE rolcanlogin OR (rolsuper AND rolcanlogin)"),
    );
    expect(rows).toEqual([{ rolname: "tend" }]);
  });

  test("the limits of a migrated database hold: a heavy statement is cancelled", async () => {
    const { url } = await start();
    await migrate(url);
    const heavy = withClient(url, (client) =>
      client.query("SELECT count(*) FROM generate_series(1, 1e12)"),
    );
    await expect(heavy).rejects.toMatchObject({ code: "57014" });
    await withClient(url, async (holder) => {
      await holder.query("BEGIN; LOCK TABLE tasks");
      const waiting = withClient(url, (client) => client.query("SELECT FROM tasks"));
      await expect(waiting).rejects.toMatchObject({ code: "55P03" });
    });
  });

  test("a password file that is gone is made again", async () => {
    const first = await start();
    await first.stop();
    const before = readFileSync(places.password, "utf8");
    rmSync(places.password);
    const { url } = await start();
    expect(readFileSync(places.password, "utf8")).not.toBe(before);
    await withClient(url, (client) => client.query("SELECT 1"));
  });
});

describe("[C-9] what is kept", () => {
  test("a restart keeps what was committed, and nothing else", async () => {
    const table = `t${++tables}`;
    const first = await start();
    const client = await connect(first.url);
    await client.query(`CREATE TABLE ${table} (n int); INSERT INTO ${table} VALUES (1)`);
    await client.query("BEGIN");
    await client.query(`INSERT INTO ${table} VALUES (2)`);
    await Promise.all([first.stop(), first.stop()]);
    const second = await start();
    expect(await withClient(second.url, (again) => numbers(again, table))).toEqual([1]);
  });

  test.each(["launcher", "postmaster", "both"])(
    "kill -9 of the %s in mid-write: every acknowledged row is there",
    async (victim) => {
      const table = `t${++tables}`;
      const { child, said } = startElsewhere();
      const url = await said;
      const clients = await Promise.all(Array.from({ length: 4 }, () => connect(url)));
      await clients[0]?.query(`CREATE TABLE ${table} (n int PRIMARY KEY, fill text)`);
      const acknowledged: number[] = [];
      let next = 0;
      const write = async (client: pg.Client) => {
        for (let n = ++next; ; n = ++next) {
          await client.query(`INSERT INTO ${table} VALUES ($1, repeat('x', 2000))`, [n]);
          acknowledged.push(n);
          if (acknowledged.length !== 150) continue;
          const server = postmaster();
          if (victim !== "postmaster") child.kill("SIGKILL");
          if (victim !== "launcher") process.kill(server, "SIGKILL");
        }
      };
      const ends = await Promise.allSettled(clients.map(write));
      expect(ends.map(({ status }) => status)).toEqual(clients.map(() => "rejected"));
      // A launcher that lives starts the server again; else the next start does.
      const again = victim === "postmaster" ? url : (await start()).url;
      const kept = await eventually(() => withClient(again, (client) => numbers(client, table)));
      expect(kept).toEqual(expect.arrayContaining(acknowledged));
      expect(kept.length).toBeLessThanOrEqual(next);
    },
  );

  test("a first start killed at any moment is made up for by the next", async () => {
    const other = placesIn(join(home, "killed"), programs.major);
    const code = `import { startEmbedded } from ${JSON.stringify(module)};
      await startEmbedded({ folder: ${JSON.stringify(other.folder)}, programs: process.env.TEND_POSTGRES, connections: 1 });`;
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "--eval", code],
      { cwd: new URL("../..", import.meta.url), stdio: "inherit" },
    );
    children.push(child);
    await eventually(async () => expect(existsSync(join(other.draft, "base"))).toBe(true));
    await kill(child);
    // What the killed start had begun holds the folder until it is over.
    const { url } = await eventually(() => start({ folder: other.folder }));
    await withClient(url, (client) => client.query("SELECT 1"));
    expect(readdirSync(other.folder).sort()).toEqual(
      expect.arrayContaining([String(programs.major), "lock", "password"]),
    );
    expect(existsSync(other.draft)).toBe(false);
  });
});

describe("[C-9] a server that ends", () => {
  test("is started again on its port", async () => {
    const heard: string[] = [];
    const { url } = await start({ say: (line) => heard.push(line) });
    const server = postmaster();
    process.kill(server, "SIGKILL");
    await eventually(async () => expect(postmaster()).not.toBe(server));
    await eventually(() => withClient(url, (client) => client.query("SELECT 1")));
    expect(heard).toEqual(["The database ended. It is started again."]);
  });

  test.each([
    ["once it lets in", (url: string) => withClient(url, (client) => client.query("SELECT 1"))],
    ["before it lets in", async () => {}],
  ])("five times in a minute, %s, is given up, with its last words", async (_when, letsIn) => {
    const { url, lost } = await start();
    let over = false;
    const words = lost.finally(() => {
      over = true;
    });
    const ended = new Set<number>();
    while (!over) {
      await eventually(async () => {
        if (over) return;
        const server = postmaster();
        if (ended.has(server)) throw new Error("It has not been started again yet.");
        await letsIn(url);
        process.kill(server, "SIGINT");
        ended.add(server);
      });
    }
    expect(await words).toMatch(/database system is shut down/);
  });

  test("leaves a file with a process id that another process has: no hindrance", async () => {
    const first = await start();
    const table = `t${++tables}`;
    await withClient(first.url, (client) => client.query(`CREATE TABLE ${table} (n int)`));
    const left = readFileSync(join(places.data, "postmaster.pid"), "utf8");
    await first.stop();
    writeFileSync(join(places.data, "postmaster.pid"), left.replace(/^\d+/, `${process.pid}`));
    const { url } = await start();
    expect(await withClient(url, (client) => numbers(client, table))).toEqual([]);
  });
});

describe("[C-9] two starts on one folder", () => {
  test("the second is refused, and told who has it", async () => {
    const { url } = await start();
    const { said } = startElsewhere();
    expect(await said).toContain(`in use by process ${process.pid} on `);
    await withClient(url, (client) => client.query("SELECT 1"));
  });

  const namespaces = ["unshare", "--pid", "--ipc", "--net", "--fork", "--mount-proc"];
  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)(
    "the second is refused from other namespaces, as of a container",
    async () => {
      await start();
      const { said } = startElsewhere({}, namespaces);
      expect(await said).toContain(`in use by process ${process.pid} on `);
    },
  );

  test("the second waits for a server that is ending", async () => {
    const { child, said } = startElsewhere();
    const url = await said;
    const table = `t${++tables}`;
    await withClient(url, (client) => client.query(`CREATE TABLE ${table} (n int)`));
    child.kill("SIGTERM");
    // On a busy machine the server ends late, and until then a start is refused.
    const isOpen = () => withClient(url, async () => true).catch(() => false);
    while (await isOpen());
    const next = await start();
    expect(await withClient(next.url, (client) => numbers(client, table))).toEqual([]);
  });

  // Elsewhere the system ends no server with its launcher, so this is what happens there always.
  test.skipIf(process.platform !== "linux")(
    "a server that outlived its launcher is taken over",
    async () => {
      // Without setpriv nothing tells the server that its launcher is gone.
      const tools = join(home, "tools");
      mkdirSync(tools, { recursive: true });
      const path = (process.env.PATH ?? "").split(delimiter);
      for (const name of ["flock", "unshare", "true", "chown", "sh"]) {
        const found = path.map((place) => join(place, name)).find(existsSync);
        if (found && !existsSync(join(tools, name))) symlinkSync(found, join(tools, name));
      }
      const { child, said } = startElsewhere({ PATH: tools });
      const url = await said;
      const server = postmaster();
      // A session in place of the launcher's own, which a busy server does not miss at once.
      const session = await connect(url);
      await session.query("SET lock_timeout = 0; SET statement_timeout = 0");
      const claimed = session.query("SELECT pg_advisory_lock(84170)::text");
      await kill(child);
      await claimed;
      setTimeout(() => void session.end(), 500);
      const adopted = await start();
      expect(adopted.url).toBe(url);
      expect(postmaster()).toBe(server);
      const { said: refused } = startElsewhere();
      expect(await refused).toContain("in use by ");
      process.kill(server, "SIGKILL");
      await eventually(() => withClient(adopted.url, (client) => client.query("SELECT 1")));
      await adopted.stop();
      expect(existsSync(join(places.data, "postmaster.pid"))).toBe(false);
    },
  );
});
