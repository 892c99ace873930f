/**
 * `pnpm bench`: the production build against a bare server of the same work, in turn on the same
 * PostgreSQL, so that what slows the machine slows both; what counts is the ratio.
 */
import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePort, until, web } from "../launch/start.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureFaults } from "./faults.ts";
import {
  type BenchOperation,
  type BenchUser,
  type Measured,
  operations,
  type Run,
} from "./generator.ts";
import { measureGrowth } from "./growth.ts";
import { writeStatements } from "./same-sql.ts";
import { makeScene, openDatabase } from "./scene.ts";
import type { Usage } from "./usage.ts";
import { measureTelling, measureWaiting } from "./waiting.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const nextProgram = createRequire(import.meta.url).resolve("next/dist/bin/next");

/**
 * The servers that are measured, each one process but `pair`. `same` is the bare server with the
 * app's own statements; `tend` is a worker of `pnpm start`, `pair` all of it; `next` is Next alone;
 * `observed` is a worker that tells what it uses.
 */
const servers = {
  bare: ["--import", "tsx", here("bare.ts")],
  same: ["--import", "tsx", here("bare.ts")],
  tend: ["--import", "tsx", "runtime/serve.ts"],
  next: [nextProgram, "start", "-H", "127.0.0.1"],
  pair: ["--import", "tsx", "runtime/launch.ts", "start"],
  observed: [
    ...["--expose-gc", "--import", "tsx", "--import", new URL("usage.ts", import.meta.url).href],
    "runtime/serve.ts",
  ],
};
type Server = keyof typeof servers;
const names = ["bare", "same", "tend", "next"] as const satisfies readonly Server[];

/** The shares of the bare server that are to be reached. */
const goals: Record<BenchOperation, Record<"tend" | "next", number>> = {
  list: { tend: 0.7, next: 0.25 },
  get: { tend: 0.48, next: 0.1 },
  create: { tend: 0.52, next: 0.13 },
  toggle: { tend: 0.45, next: 0.11 },
};

const scenarios = ["closed", "crowd", "people", "household", "growth"] as const;
/** Scenarios that run by name only: minutes long, or with Vercel's builder, of 358 MB. */
const extras = ["soak", "faults", "cold", "waiting"] as const;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [...scenarios] },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    json: { type: "string" },
    profile: { type: "string" },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
/** Each server leaves its profile there, for the browser's developer tools. */
const profiling = options.profile ? ["--cpu-prof", `--cpu-prof-dir=${options.profile}`] : [];
const wanted = (scenario: (typeof scenarios)[number] | (typeof extras)[number]) =>
  options.only.includes(scenario);

const report: Record<string, unknown> = {
  node: process.version,
  cores: availableParallelism(),
};

const progress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

function show(title: string, name: string, rows: readonly object[]): void {
  progress("");
  console.log(`\n${title}`);
  console.table(rows);
  report[name] = rows;
}

/** Writes all that was shown as JSON, where a file is named for it. */
async function writeReport(): Promise<void> {
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
}

/** The least, the middle and the greatest of some figures. */
function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}

const rounded = (value: number) => Number(value.toFixed(2));

if (!existsSync(join(web, ".next/BUILD_ID"))) throw new Error("Make a build first: pnpm build");
// Faults run on installations of their own, which are gone before the other scenarios start.
if (wanted("faults")) {
  show("Faults under load (C-6)", "faults", await measureFaults(rounds, progress));
  await writeReport();
  if (options.only.every((name) => name === "faults")) process.exit();
}
const folder = await mkdtemp(join(tmpdir(), "tend-bench-"));
const secret = randomBytes(32).toString("base64");
const running: ChildProcess[] = [];
const pids: Partial<Record<Server, number>> = {};
const ports = { bare: 0, same: 0, tend: 0, next: 0, pair: 0, observed: 0 };
const statements = join(folder, "statements.json");
progress("Starting PostgreSQL …");
const database = await openDatabase();
const size = { users: 1_000, tasks: 200 };

async function start(name: Server): Promise<ChildProcess> {
  progress(`Starting ${name} …`);
  ports[name] = await freePort();
  const origin = `http://127.0.0.1:${ports[name]}`;
  const server = spawn(process.execPath, [...profiling, ...servers[name]], {
    cwd: web,
    stdio: ["ignore", "ignore", "inherit", name === "observed" ? "ipc" : "ignore"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      PORT: String(ports[name]),
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: secret,
      BETTER_AUTH_URL: origin,
      TASKS_RATE_LIMIT: "100000000",
      ...(name === "same" && { SAME_SQL: statements }),
      ...(name === "pair" && { WEB_CONCURRENCY: "2" }),
    },
  });
  running.push(server);
  if (server.pid !== undefined) pids[name] = server.pid;
  const asked = () => fetch(`${origin}/api/tasks`);
  await until(`${name} answers`, () =>
    asked().then(
      ({ status }) => status === 401,
      () => false,
    ),
  );
  return server;
}

async function startGenerator(users: string) {
  const generator = fork(here("generator.ts"), [users], { execArgv: ["--import", "tsx"] });
  running.push(generator);
  await once(generator, "message");
  return async (server: Server, run: Omit<Run, "port">): Promise<Measured> => {
    generator.send({ ...run, port: ports[server] } satisfies Run);
    const [measured]: Measured[] = await once(generator, "message");
    if (!measured) throw new Error("The generator said nothing.");
    const [failure] = Object.entries(measured.failures);
    if (failure) throw new Error(`${server}: ${failure[1]} answers of status ${failure[0]}`);
    return measured;
  };
}
type Measure = Awaited<ReturnType<typeof startGenerator>>;

/** Each operation by itself, 32 connections that ask without a pause. */
async function closed(measure: Measure) {
  const rows = [];
  for (const operation of operations) {
    const run = { operations: [operation], connections: 32, pause: 0, warmUp: 0, seconds };
    for (const name of names) await measure(name, { ...run, seconds: 2 });
    const rates: Record<(typeof names)[number], number[]> = {
      bare: [],
      same: [],
      tend: [],
      next: [],
    };
    for (let round = 1; round <= rounds; round++) {
      progress(`${operation} with 32 connections, round ${round} of ${rounds} …`);
      for (const name of round % 2 ? names : names.toReversed()) {
        rates[name].push((await measure(name, run)).perSecond);
      }
    }
    for (const server of ["tend", "next"] as const) {
      const share = (of: (typeof names)[number]) =>
        spread(rates[server].map((rate, at) => rate / (rates[of][at] ?? 0)));
      const { min, median, max } = share("bare");
      rows.push({
        operation,
        server,
        bare_per_second: Math.round(spread(rates.bare).median),
        per_second: Math.round(spread(rates[server]).median),
        min: rounded(min),
        median: rounded(median),
        max: rounded(max),
        goal: goals[operation][server],
        of_same_sql: rounded(share("same").median),
      });
    }
  }
  return rows;
}

/** All operations, as people use them. */
const mixed: BenchOperation[] = ["list", "get", "list", "toggle", "list", "get", "create", "get"];

/** 300 requests a second, minute by minute: whether memory stays where it is. */
async function soaked(measure: Measure) {
  const run = { operations: mixed, connections: 300, pause: 1_000, warmUp: 5, seconds: 55 };
  const rows = [];
  for (let minute = 1; minute <= 10; minute++) {
    progress(`300 requests a second, minute ${minute} of 10 …`);
    const { perSecond, p95, max } = await measure("tend", run);
    const resident = execFileSync("ps", ["-o", "rss=", "-p", `${pids.tend}`], { encoding: "utf8" });
    rows.push({
      minute,
      per_second: Math.round(perSecond),
      p95_ms: Math.round(p95),
      max_ms: Math.round(max),
      resident_mb: Math.round(Number(resident) / 1_024),
    });
  }
  return rows;
}

const shown = ({ perSecond, p50, p95, p99, max }: Measured) => ({
  per_second: Math.round(perSecond),
  p50_ms: Math.round(p50),
  p95_ms: Math.round(p95),
  p99_ms: Math.round(p99),
  max_ms: Math.round(max),
});

/** Many connections, all operations mixed. */
async function crowded(measure: Measure, pause: number) {
  const connections = 1_000;
  const run = { operations: mixed, connections, pause, warmUp: 10, seconds: 3 * seconds };
  const rows = [];
  for (let round = 1; round <= 3; round++) {
    for (const server of ["bare", "tend"] as const) {
      progress(`1,000 connections, pause ${pause} ms, ${server}, round ${round} of 3 …`);
      rows.push({ server, round, ...shown(await measure(server, run)) });
    }
  }
  return rows;
}

/** Ten accounts of a household or a small company, each on a hundred devices; one write in ten. */
async function household(someUsers: readonly BenchUser[]) {
  const file = join(folder, "household.json");
  await writeFile(file, JSON.stringify(someUsers.slice(0, 10)));
  await start("pair");
  const measure = await startGenerator(file);
  const asked: BenchOperation[] = [...Array<BenchOperation>(9).fill("list"), "toggle"];
  const run = {
    operations: asked,
    page: 50,
    connections: 1_000,
    pause: 1_000,
    warmUp: 10,
    seconds: 20,
  };
  const rows = [];
  for (let round = 1; round <= 3; round++) {
    for (const server of ["bare", "pair"] as const) {
      progress(`1,000 people in ten accounts, ${server}, round ${round} of 3 …`);
      rows.push({ server, round, ...shown(await measure(server, run)) });
    }
  }
  return rows;
}

/** 1,000 requests that wait for changes, at one process; and how soon two workers tell of one. */
async function waiting(someUsers: readonly BenchUser[]): Promise<void> {
  const file = join(folder, "others.json");
  await writeFile(file, JSON.stringify(someUsers.slice(900)));
  const users = someUsers.slice(0, 900);
  const server = await start("observed");
  const measure = await startGenerator(file);
  const run = {
    operations: mixed,
    connections: 200,
    pause: 1_000,
    warmUp: 3,
    seconds: 5 * seconds,
  };
  const observed = {
    origin: `http://127.0.0.1:${ports.observed}`,
    async usage() {
      server.send("usage");
      const [usage]: Usage[] = await once(server, "message");
      if (!usage) throw new Error("The server said nothing.");
      return usage;
    },
    load: () => measure("observed", run),
  };
  const { rest, others } = await measureWaiting(observed, users, 1_000, rounds, progress);
  show("1,000 requests that wait for changes, at one process", "waiting", [rest]);
  show("200 requests a second of other users, alone and beside them", "beside", others);
  await start("pair");
  const times = await measureTelling(`http://127.0.0.1:${ports.pair}`, users, 400, progress);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  const telling = { changes: times.length, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
  show("From a change to another client, `pnpm start` with two workers", "telling", [telling]);
}

Object.assign(report, { database: database.name, ...size });

try {
  console.log(`${database.name}; Node ${process.version}; ${availableParallelism()} cores`);
  progress(`Making ${size.users} users with ${size.tasks} tasks each …`);
  const users = join(folder, "users.json");
  const benchUsers = await makeScene(database.url, secret, size, users);
  const [someone] = benchUsers;
  const environment = {
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: secret,
    BETTER_AUTH_URL: "http://127.0.0.1",
  };
  if (someone) await writeStatements(environment, someone, statements);
  if (wanted("waiting")) await waiting(benchUsers);
  const compares = options.only.some((name) => name !== "waiting");
  if (compares) for (const name of names) await start(name);
  const measure = await startGenerator(users);
  if (wanted("closed")) {
    show(
      "32 connections without a pause: share of the bare server",
      "closed",
      await closed(measure),
    );
  }
  if (wanted("crowd")) {
    show("1,000 connections without a pause", "crowd", await crowded(measure, 0));
  }
  if (wanted("people")) {
    show("1,000 users who think for a second", "people", await crowded(measure, 1_000));
  }
  if (wanted("household")) {
    const title =
      "1,000 people in ten accounts who think for a second, `pnpm start` with two workers";
    show(title, "household", await household(benchUsers));
  }
  if (wanted("soak")) {
    show("300 requests a second, minute by minute", "soak", await soaked(measure));
  }
  if (wanted("growth")) {
    const sizes = [1_000, 10_000, 100_000, 1_000_000];
    const growth = await measureGrowth(environment, sizes, progress);
    show("Pages of 8 kB that each statement touches as one user's tasks grow", "growth", growth);
  }
  if (wanted("cold")) {
    const token = someone?.token ?? "";
    const cold = await measureColdStart(environment, token, 2 * rounds, progress);
    show("From the start of a function's process to its first answer", "cold", cold);
  }
  await writeReport();
} finally {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}
