import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createClient } from "@tend/contracts/client";
import { startEmbedded } from "@tend/db/embedded/start-embedded";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  answers,
  freePort,
  isFree,
  loopback6,
  makeFolder,
  outside,
  postmasterOf,
  tokenAt,
  until,
  web,
  workersOf,
} from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.end());

test("[A-6, C-4] a wrong environment stops the start: the variable, the fault and the remedy", async () => {
  const { ended, output } = folder.start({
    BETTER_AUTH_SECRET: "short",
    CORS_ORIGINS: "*",
    PORT: "none",
  });
  expect(await ended).toBe(1);
  expect(output()).toMatch(/BETTER_AUTH_SECRET is shorter than 32 characters.*randomBytes/);
  expect(output()).toMatch(/CORS_ORIGINS .*\* is not allowed/);
  expect(output()).toMatch(/PORT is not a port/);
  expect(output()).not.toMatch(/^\s+at /m);
});

test("a taken port is said, with the command that chooses another", async () => {
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, resolve));
  const { ended, output } = folder.start({ PORT: String(port) });
  expect(await ended).toBe(1);
  expect(output()).toContain(`Port ${port} is taken`);
  expect(output()).toContain(`PORT=${port + 1} pnpm start`);
  await new Promise((resolve) => server.close(resolve));
});

test("a locked data folder is said, with the process that holds it", async () => {
  const holder = await startEmbedded({ folder: folder.data, connections: 1 });
  const { ended, output } = folder.start({ PORT: String(await freePort()) });
  expect(await ended).toBe(1);
  expect(output()).toContain(String(process.pid));
  await holder.stop();
});

test("[C-9] a folder of an earlier version is said, with what takes its tasks along", async () => {
  mkdirSync(folder.data);
  writeFileSync(join(folder.data, "PG_VERSION"), "18\n");
  const { ended, output } = folder.start({ PORT: String(await freePort()) });
  expect(await ended).toBe(1);
  expect(output()).toMatch(/earlier version of Tend \(PGlite\).*db:import-pglite/);
  expect(output()).not.toMatch(/^\s+at /m);
  expect(readdirSync(folder.data)).toEqual(["PG_VERSION"]);
});

test("[C-9] a database that ends again and again ends the launcher, with its last words", async () => {
  const port = await freePort();
  const { child, ended, output } = folder.start({ PORT: String(port) });
  await until("it is ready", () => /Stop it with Ctrl-C/.test(output()));
  const killed = new Set<number>();
  await until("the launcher ends", () => {
    const postmaster = child.exitCode === null ? postmasterOf(child.pid ?? 0) : undefined;
    if (postmaster !== undefined && !killed.has(postmaster)) {
      killed.add(postmaster);
      process.kill(postmaster, "SIGKILL");
    }
    return child.exitCode !== null;
  });
  expect(await ended).toBe(1);
  // As many as five, or more where a machine takes longer than a minute for five.
  expect(killed.size).toBeGreaterThanOrEqual(5);
  expect(output().split("It is started again.")).toHaveLength(killed.size);
  expect(output()).toMatch(/ended too often, and Tend ends with it\..*PostgreSQL said: .*SIGKILL/s);
  expect(await isFree(port)).toBe(true);
});

test("SIGINT and kill -9 leave no process behind, and what was acknowledged is there again", async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const email = `${randomBytes(6).toString("hex")}@example.com`;
  const titles = async (path: "sign-up" | "sign-in", add: string) => {
    const token = await tokenAt(origin, path, email);
    const client = createClient({ origin, token: () => token });
    await client.createTask({ body: { title: add } });
    const { body } = await client.listTasks();
    return body.map((task) => task.title).reverse();
  };

  const first = folder.start({ PORT: String(port) });
  await until("the first start answers", () => answers(port));
  expect(await titles("sign-up", "one")).toEqual(["one"]);
  first.child.kill("SIGINT");
  expect(await first.ended).toBe(0);
  expect(await isFree(port)).toBe(true);

  const second = folder.start({ PORT: String(port) });
  await until("the second start answers", () => answers(port));
  expect(await titles("sign-in", "two")).toEqual(["one", "two"]);
  second.child.kill("SIGKILL");
  await second.ended;
  await until("the killed launcher's server is gone", () => isFree(port));

  const third = folder.start({ PORT: String(port) });
  await until("the third start answers", () => answers(port));
  expect(await titles("sign-in", "three")).toEqual(["one", "two", "three"]);
  third.child.kill("SIGTERM");
  expect(await third.ended).toBe(0);
});

test("[C-6] the workers share one port; one that is killed is replaced, and nothing of it is lost", async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { child, ended, output } = folder.start({ PORT: String(port), WEB_CONCURRENCY: "3" });
  await until("it is ready", () => /Stop it with Ctrl-C/.test(output()));
  const workers = () => workersOf(child.pid ?? 0);
  const token = await tokenAt(origin, "sign-up", `${randomBytes(6).toString("hex")}@example.com`);
  const client = createClient({ origin, token: () => token });
  const titles = ["one", "two", "three"];
  for (const [at, title] of titles.entries()) {
    const task = { id: randomUUID(), title };
    // The connection to the worker that was killed is lost; a repeat makes no second task.
    const make = () =>
      client.createTask({ body: task }).then(
        () => true,
        () => false,
      );
    await until("the task is made", make);
    process.kill(workers()[0] ?? 0, "SIGKILL");
    await until("it is said", () => output().split("(SIGKILL). Another").length === at + 2);
    await until("there are three workers", () => workers().length === 3);
  }
  const listed = () => client.listTasks().catch(() => undefined);
  await until("the list comes", async () => (await listed()) !== undefined);
  expect((await listed())?.body.map((task) => task.title).reverse()).toEqual(titles);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(await isFree(port)).toBe(true);
});

test("a server without its database is said to be not ready, and never ready", async () => {
  const nobody = `postgresql://postgres@127.0.0.1:${await freePort()}/postgres`;
  const { child, ended, output } = folder.start({
    PORT: String(await freePort()),
    DATABASE_URL: nobody,
  });
  await until("it says how it is stopped", () => /Stop it with Ctrl-C/.test(output()));
  expect(output()).toContain("up, but not ready");
  expect(output()).not.toContain("Tend is ready");
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("a server that ends before it answers is never said to be ready", async () => {
  // Stands in for serve.ts, which the launcher starts with these options too.
  const standIn = `if (process.argv[1]?.endsWith("serve.ts")) {
    process.once("SIGTERM", () => process.exit(3));
    console.log("server", process.pid, process.env.DATABASE_URL);
    await new Promise(() => setInterval(() => {}, 1_000));
  }`;
  const { ended, output } = folder.start({
    PORT: String(await freePort()),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(standIn)}`,
  });
  const said = () => /server (\d+) \S+:(\d+)/.exec(output());
  await until("the server runs", () => said() !== null);
  const [, pid, databasePort] = said() ?? [];
  // A client that does not hang up keeps the database from stopping at once.
  const client = connect({ port: Number(databasePort), allowHalfOpen: true });
  await once(client, "connect");
  process.kill(Number(pid), "SIGTERM");
  expect(await ended).toBe(3);
  expect(output()).not.toMatch(/ready|Stop it with Ctrl-C/);
  client.destroy();
});

/** Next runs one development server in a folder, and writes into a file which. */
function isDeveloping(): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(join(web, ".next/dev/lock"), "utf8"));
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// Somebody's own development server is left alone.
test.skipIf(isDeveloping())(
  "dev says when it is ready, its demo login works, and Ctrl-C ends it",
  async () => {
    const port = await freePort();
    const { child, ended, output } = folder.start({ PORT: String(port) }, "dev");
    await until("dev says that it is ready", () => /Stop it with Ctrl-C/.test(output()));
    const [, email = "", password] = /Demo login: +(\S+), password (\S+)/.exec(output()) ?? [];
    const signIn = await fetch(`http://localhost:${port}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    expect(signIn.status).toBe(200);
    // [C-8] One address, and the name that people open leads to it.
    expect(output()).toMatch(/^ {2}Listens on: +127\.0\.0\.1, for this machine only/m);
    const others = [loopback6, outside].filter((host) => host !== undefined);
    for (const host of others) expect(await isFree(port, host)).toBe(true);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(await isFree(port)).toBe(true);
  },
);
