/**
 * `launch dev` and `launch start`: everything around Next on a machine of one's own. Reads .env,
 * checks the environment, opens and migrates the database, starts Next's development server or the
 * production workers, and stops it all on Ctrl-C. Vercel does not use it.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { connect } from "@tend/db";
import { envFile, loadEnv, type OpenDatabase, openDatabase } from "@tend/db/local";
import { migrate } from "@tend/db/migrate";
import { demo, seed } from "@tend/db/seed";
import { databaseUrls } from "@tend/db/urls";
import { readEnv } from "../src/server/env.ts";
import { askedAt, describeAddresses, listenAddresses, originOf } from "./listen-addresses.ts";
import { makeSecret } from "./secret.ts";
import { type Running, startWorkers, stopProcesses } from "./workers.ts";

const web = fileURLToPath(new URL("..", import.meta.url));
const exitWithParent = new URL("exit-with-parent.mjs", import.meta.url).href;
const nextProgram = createRequire(import.meta.url).resolve("next/dist/bin/next");
const say = (line: string) => console.log(line);

async function main(mode: "dev" | "start"): Promise<void> {
  loadEnv();
  if (mode === "start" && !existsSync(new URL("../.next/BUILD_ID", import.meta.url))) {
    throw new Error("There is no production build yet. Make one with: pnpm build");
  }
  if (mode === "dev" && !process.env.BETTER_AUTH_SECRET) {
    process.env.BETTER_AUTH_SECRET = makeSecret(envFile);
    say("Made a BETTER_AUTH_SECRET and wrote it into .env, which git ignores.");
  }
  const { url } = databaseUrls(process.env);
  // The embedded database has no address before it runs, and the app's own follows from HOST and
  // PORT; all else is checked before it starts.
  const {
    HOST,
    PORT = "3000",
    WEB_CONCURRENCY = availableParallelism(),
  } = readEnv({
    ...process.env,
    BETTER_AUTH_URL: process.env.BETTER_AUTH_URL || "http://localhost",
    DATABASE_URL: url ?? "postgresql://local",
  });
  const port = Number(PORT);
  process.env.BETTER_AUTH_URL ||= originOf(HOST, port);
  const addresses = await listenAddresses({ host: HOST, port, mode });
  const [address = ""] = addresses;

  if (!url) say("Starting the embedded PostgreSQL (the first start takes a moment) …");
  const database = await openDatabase(process.env, {
    processes: mode === "dev" ? 1 : WEB_CONCURRENCY,
    say: console.error,
  });
  const stop = stopper(database);
  try {
    await prepare(database, mode);
    const options = ["--import", exitWithParent];
    const env = { DATABASE_URL: database.url, NEXT_TELEMETRY_DISABLED: "1" };
    const running =
      mode === "dev"
        ? startDevelopment(options, env, address)
        : startWorkers({
            file: fileURLToPath(new URL("serve.ts", import.meta.url)),
            options: [...options, "--import", "tsx"],
            env: { ...env, NODE_ENV: "production" },
            count: WEB_CONCURRENCY,
            addresses,
          });
    stop.follow(running);
    const answer = await firstAnswer(`${askedAt(address, port)}/api/ready`, running);
    // The server has ended, and `stop` ends this process.
    if (!answer) return;
    if (answer.ok) say(`\n  Tend is ready:  ${process.env.BETTER_AUTH_URL}`);
    else say(`\n  The server is up, but not ready: ${(await answer.json()).detail}`);
    say(`  Listens on:     ${describeAddresses(addresses)}`);
    if (mode === "dev" && database.embedded) {
      say(`  Demo login:     ${demo.email}, password ${demo.password}`);
    }
    say("  Stop it with Ctrl-C.\n");
    running.speak?.();
  } catch (error) {
    await stop.now();
    throw error;
  }
}

async function prepare(database: OpenDatabase, mode: "dev" | "start"): Promise<void> {
  // A server's database may serve other people: it is migrated on purpose, with pnpm db:migrate.
  if (!database.embedded) return;
  const applied = await migrate(database.direct);
  if (applied.length > 0) say(`Applied ${applied.length} migration(s).`);
  if (mode === "start") return;
  const client = connect(database.url);
  await seed(client, process.env).finally(() => client.$disconnect());
}

/** Next's development server, whose output waits until it is ready. */
function startDevelopment(
  options: readonly string[],
  env: Record<string, string>,
  address: string,
): Running {
  const next = spawn(process.execPath, [...options, nextProgram, "dev", "--hostname", address], {
    cwd: web,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, ...env, NODE_ENV: "development" },
  });
  const speak = () => void next.stdout?.pipe(process.stdout);
  // Output from before it was ready tells why it never was.
  next.once("exit", speak);
  return {
    ended: new Promise((resolve) => next.once("exit", (code) => resolve(code || 1))),
    speak,
    stop: async () => {
      if (next.exitCode === null && next.signalCode === null) await stopProcesses([next]);
    },
  };
}

/** Stops the server, then the database: on Ctrl-C, on SIGTERM, and when either has ended. */
function stopper(database: OpenDatabase) {
  let running: Running | undefined;
  let stopping: Promise<void> | undefined;
  const now = (): Promise<void> => {
    stopping ??= (async () => {
      await running?.stop();
      await database.stop();
    })();
    return stopping;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void now().then(() => process.exit(0)));
  }
  database.lost?.then((words) => {
    console.error(`The database has ended too often, and Tend ends with it. ${words}`);
    return now().then(() => process.exit(1));
  });
  const follow = (started: Running): void => {
    running = started;
    started.ended.then((code) => {
      if (!stopping) void now().then(() => process.exit(code));
    });
  };
  return { now, follow };
}

/** What the server answers when it is up, ready or not; nothing, where it ended before. */
async function firstAnswer(url: string, { ended }: Running): Promise<Response | undefined> {
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
    if (answer && answer.status !== 404) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return undefined;
}

const mode = process.argv[2];
try {
  if (mode !== "dev" && mode !== "start") throw new Error("Say `dev` or `start`.");
  await main(mode);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
