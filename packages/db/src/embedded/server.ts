import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, explain, type Ground, run } from "./command.ts";
import { isInherited } from "./folder-lock.ts";

/** A PostgreSQL server that runs. */
export interface Server {
  readonly port: number;
  /** The last output of the server, once it has ended. */
  readonly ended: Promise<string>;
  /** Ends all sessions, writes what is outstanding, and ends the server. */
  stop(): Promise<void>;
}

/** Milliseconds after which a stopping server is told to leave the writing to its next start. */
const stopTimeoutMs = 20_000;
const pollIntervalMs = 20;

/** Settings that log no statement, whose text is a person's. */
const silence = [
  "log_min_messages=log",
  "log_min_error_statement=panic",
  "log_error_verbosity=terse",
];

/**
 * Starts a server on the folder, which nobody else uses, and waits until it takes connections.
 *
 * @param port 0 for any that is free.
 * @throws where it ends before: an Error of what it said and what to do.
 */
export async function startServer(ground: Ground, port: number): Promise<Server> {
  const { data } = ground.places;
  // The lock proves that the process in the file is gone; its id may be another process's by now.
  if (isInherited) rmSync(join(data, "postmaster.pid"), { force: true });
  const own = port || (await freePort());
  const settings = [
    ...silence,
    ...ground.settings,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `port=${own}`,
  ].flatMap((setting) => ["-c", setting]);
  return process.platform === "win32"
    ? startByPgCtl(ground, settings, own)
    : startAsChild(ground, ["-D", data, ...settings], own);
}

async function startAsChild(
  ground: Ground,
  given: readonly string[],
  port: number,
): Promise<Server> {
  const { file, args, options } = command(ground, "postgres", given);
  const child = spawn(file, args, {
    ...options,
    // A session of its own: the terminal's Ctrl-C reaches the app alone, which is drained first.
    detached: true,
    stdio: ["ignore", "ignore", "pipe", ground.lock?.file ?? "ignore"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    // `close` comes once the sessions, which have the output open too, are gone as well.
    child.once("close", (_code, signal) =>
      resolve(signal ? `${said}It was ended by ${signal}.` : said),
    );
  });
  let over = false;
  ended.then(() => {
    over = true;
  });
  while (statusIn(ground.places.data)?.status !== "ready") {
    if (over) throw new Error(explain(await ended));
    await sleep(pollIntervalMs);
  }
  return { port, ended, stop: () => stop(child.pid ?? 0, ended) };
}

/** PostgreSQL refuses an administrator of Windows unless this program starts it. */
async function startByPgCtl(
  ground: Ground,
  settings: readonly string[],
  port: number,
): Promise<Server> {
  const { data, log } = ground.places;
  const given = ["start", "-w", "-D", data, "-l", log, "-o", settings.join(" ")];
  const { file, args, options } = command(ground, "pg_ctl", given);
  // The server would inherit a pipe, and this call wait for as long as the server runs.
  const { status } = spawnSync(file, args, { ...options, stdio: "ignore" });
  if (status !== 0) throw new Error(explain(lastWords(log)));
  const { pid = 0 } = statusIn(data) ?? {};
  const ended = gone(pid).then(() => lastWords(log));
  return { port, ended, stop: () => stopByPgCtl(ground) };
}

const lastWords = (log: string): string =>
  existsSync(log) ? readFileSync(log, "utf8").slice(-4_000) : "";

async function stopByPgCtl(ground: Ground): Promise<void> {
  run(ground, "pg_ctl", ["stop", "-w", "-m", "fast", "-D", ground.places.data]);
}

/**
 * A server on this data folder that another process started and left; nothing, where there is none
 * whose process can be told for sure.
 */
export function findServer(ground: Ground): Server | undefined {
  const { data } = ground.places;
  const found = statusIn(data);
  if (found?.status !== "ready" || !isServerOf(data, found.pid)) return undefined;
  const ended = gone(found.pid).then(() => "");
  const { port, pid } = found;
  const isWindows = process.platform === "win32";
  return { port, ended, stop: () => (isWindows ? stopByPgCtl(ground) : stop(pid, ended)) };
}

/** Whether the process is this server: an id of another container is somebody else's here. */
function isServerOf(data: string, pid: number): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    return false;
  }
}

async function stop(pid: number, ended: Promise<unknown>): Promise<void> {
  tell(pid, "SIGINT");
  const killTimer = setTimeout(() => tell(pid, "SIGQUIT"), stopTimeoutMs);
  await ended;
  clearTimeout(killTimer);
}

function tell(pid: number, signal: "SIGINT" | "SIGQUIT"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended by itself.
  }
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(10 * pollIntervalMs, undefined, { ref: false });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

/** What the server writes of itself: its id, where it listens, and whether it does so yet. */
function statusIn(data: string) {
  try {
    const [pid, , , port, , , , status] = readFileSync(join(data, "postmaster.pid"), "utf8").split(
      "\n",
    );
    return { pid: Number(pid), port: Number(port), status: status?.trim() };
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
