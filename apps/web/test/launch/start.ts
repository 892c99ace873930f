import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer, isIPv6 } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hungAfter } from "../hung.ts";

export const web = fileURLToPath(new URL("../..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");
const cli = fileURLToPath(new URL("../../../../packages/db/src/cli.ts", import.meta.url));

/** No address of any database, whatever this process or .env has. */
const nowhere = { DATABASE_URL: "", NEON_DB_URL: "", DIRECT_URL: "", DATABASE_URL_UNPOOLED: "" };

/** What `pnpm db:migrate` says, with these addresses. Rejects where it fails, with what it said. */
export async function migrateBy(env: Record<string, string>): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--import", tsx, cli, "migrate"], {
    env: { ...process.env, ...nowhere, ...env },
  });
  return stdout;
}

/** The password of everybody who has an account here. */
export const password = "correct horse";

/** The secret of every app that is started here. */
export const secret = randomBytes(32).toString("base64");

/** A data folder of one's own, and everything that was started on it: `end` leaves nothing. */
export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), "tend-"));
  const running: ChildProcess[] = [];
  const data = join(folder, "data");
  return {
    data,

    /** The launcher itself and not tsx around it, so that signals reach it as a terminal's do. */
    start(env: Record<string, string>, mode: "dev" | "start" = "start", inTerminal = false) {
      const child = spawn(process.execPath, ["--import", tsx, "runtime/launch.ts", mode], {
        cwd: web,
        // A terminal runs each command as a group of its own.
        detached: inTerminal,
        env: {
          ...process.env,
          BETTER_AUTH_SECRET: secret,
          BETTER_AUTH_URL: "",
          HOST: "",
          TASKS_RATE_LIMIT: "100000000",
          // A worker costs seconds of a processor to start.
          WEB_CONCURRENCY: "1",
          ...nowhere,
          TEND_DATA: data,
          ...env,
        },
      });
      running.push(child);
      let output = "";
      const listen = (chunk: Buffer) => {
        output += chunk;
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      /** Signals the whole group, as a terminal does on Ctrl-C. */
      const interrupt = () => process.kill(-(child.pid ?? 0), "SIGINT");
      return { child, ended, interrupt, output: () => output };
    },

    async end() {
      for (const child of running) child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + hungAfter / 2;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Still not so after ${hungAfter / 2_000} seconds: ${what}`);
}

export const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/api/ready`).then(
    (response) => response.ok,
    () => false,
  );

/** Whether nobody answers there. */
export const isFree = (port: number, host = "127.0.0.1"): Promise<boolean> =>
  fetch(`http://${isIPv6(host) ? `[${host}]` : host}:${port}/api/health`).then(
    () => false,
    () => true,
  );

const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);

/** This machine's address of its own in IPv6; undefined where it has none. */
export const loopback6 = own.find(({ address }) => address === "::1")?.address;

/** An address by which other machines would reach this one; undefined where it has none. */
export const outside = own.find(({ internal, family }) => !internal && family === "IPv4")?.address;

/** The processes that this one started and that have not ended. */
export function childrenOf(pid: number): number[] {
  const list =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      : execFileSync("pgrep", ["-P", `${pid}`], { encoding: "utf8" });
  return list.split(/\s+/).filter(Boolean).map(Number);
}

/** The server among the launcher's children; no worker. */
export const postmasterOf = (launcher: number): number | undefined =>
  childrenOf(launcher).find(isPostgres);

export const workersOf = (launcher: number): number[] =>
  childrenOf(launcher).filter((pid) => !isPostgres(pid));

/** No answer of `ps` where it has ended meanwhile. */
const isPostgres = (pid: number): boolean =>
  spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" })
    .stdout.trim()
    .endsWith("postgres");

/** The embedded database that runs on this folder, as its launcher reaches it. */
export function embeddedUrl(data: string): string {
  const password = readFileSync(join(data, "password"), "utf8").trim();
  const major = readdirSync(data).find((name) => /^\d+$/.test(name)) ?? "";
  const port = readFileSync(join(data, major, "postmaster.pid"), "utf8").split("\n")[3];
  return `postgresql://tend:${password}@127.0.0.1:${port}/tend`;
}

/** Sends a signal to the processes that have not ended by themselves. */
export function signal(pids: readonly number[], name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // The process has ended.
    }
  }
}

/** A new user's token, got as any program gets it. */
export async function tokenAt(
  origin: string,
  path: "sign-up" | "sign-in",
  email: string,
): Promise<string> {
  const credentials = { email, password };
  const body = JSON.stringify(path === "sign-up" ? { name: "Ada", ...credentials } : credentials);
  const headers = { "Content-Type": "application/json" };
  const url = `${origin}/api/auth/${path}/email`;
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}.`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const answer = await fetch(`${origin}/api/auth/token`, { headers: { Cookie: cookie } });
  const { token } = (await answer.json()) as { token: string };
  return token;
}
