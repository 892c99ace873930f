import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

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

/** What every app started here signs its tokens with. */
export const secret = randomBytes(32).toString("base64");

/** A data folder of one's own, and everything that was started on it: `end` leaves nothing. */
export async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), "tend-"));
  const running: ChildProcess[] = [];
  return {
    data: join(folder, "postgres"),

    /** The launcher itself and not tsx around it, so that signals reach it as a terminal's do. */
    start(env: Record<string, string>, mode: "dev" | "start" = "start") {
      const child = spawn(process.execPath, ["--import", tsx, "launch.ts", mode], {
        cwd: web,
        env: {
          ...process.env,
          BETTER_AUTH_SECRET: secret,
          BETTER_AUTH_URL: "",
          TASKS_RATE_LIMIT: "100000000",
          ...nowhere,
          TEND_DATA: join(folder, "postgres"),
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
      return { child, ended, output: () => output };
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
  for (const end = Date.now() + 100_000; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Not within 100 seconds: ${what}`);
}

export const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/api/ready`).then(
    (response) => response.ok,
    () => false,
  );

/** Whether nobody answers there. */
export const isFree = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/api/health`).then(
    () => false,
    () => true,
  );

/** The processes that this one started and that have not ended. */
export function childrenOf(pid: number): number[] {
  const list =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      : execFileSync("pgrep", ["-P", `${pid}`], { encoding: "utf8" });
  return list.split(/\s+/).filter(Boolean).map(Number);
}

/** Sends it to those that have not ended by themselves. */
export function signal(pids: readonly number[], name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has.
    }
  }
}
