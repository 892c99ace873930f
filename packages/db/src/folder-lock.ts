import { execFileSync } from "node:child_process";
import { createHash, randomInt, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 6;

/**
 * Takes a folder (which need not exist yet) for this process alone and answers the function that
 * gives it back. Rejects with an Error that names the holder if a live process has it, this one
 * included. What a killed process held is taken over, even if its process id was given to another
 * one since (on Windows that cannot be told cheaply: there a reused id counts as the holder).
 *
 * Guards against processes of one machine, not against other machines or containers that share the
 * folder. The lock is the directory `<folder>.lock`: each process puts a file of its own there first
 * and looks for others second, so of two at least one sees the other and withdraws. Its whole
 * content is its name, and no two names are alike, so nobody can read half of one or remove a new
 * one by mistake.
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const lock = `${canonical(folder)}.lock`;
  const mark = startMark(process.pid) ?? "unknown";
  for (let attempt = 1; ; attempt++) {
    const mine = [process.pid, Date.now(), mark, randomUUID().slice(0, 8)].join("_");
    claim(lock, mine);
    const holder = findHolder(lock, mine);
    if (!holder) return () => withdraw(lock, mine);
    withdraw(lock, mine);
    if (attempt === ATTEMPTS) {
      throw new Error(
        `The data folder ${folder} is in use by process ${holder.pid}, since ${holder.since}. ` +
          "Two processes at once would destroy it. " +
          `Stop process ${holder.pid}, or choose another folder; ` +
          `if that process has nothing to do with this folder, delete ${join(lock, holder.name)}.`,
      );
    }
    // Two that start together both withdraw; the wait lets one of them be first next time.
    await sleep(randomInt(10, 10 + 20 * attempt));
  }
}

/** One path for one folder, however it was written, so that it has one lock. */
function canonical(folder: string): string {
  const path = resolve(folder);
  if (existsSync(path)) return realpathSync(path);
  mkdirSync(dirname(path), { recursive: true });
  return join(realpathSync(dirname(path)), basename(path));
}

function claim(lock: string, name: string): void {
  for (let attempt = 1; ; attempt++) {
    mkdirSync(lock, { recursive: true });
    try {
      writeFileSync(join(lock, name), "", { flag: "wx" });
      return;
    } catch (cause) {
      // Someone else withdrew and removed the empty directory in between.
      if (!hasCode(cause, "ENOENT") || attempt === ATTEMPTS) throw cause;
    }
  }
}

function withdraw(lock: string, name: string): void {
  rmSync(join(lock, name), { force: true });
  try {
    rmdirSync(lock);
  } catch {
    // Others have claims there, or removed it already.
  }
}

function findHolder(lock: string, mine: string) {
  for (const name of readdirSync(lock)) {
    const [, pid, time, mark] = /^(\d+)_(\d+)_(\w+)_\w+$/.exec(name) ?? [];
    if (name === mine || !pid || !mark) continue;
    if (isRunning(Number(pid), mark)) {
      return { name, pid, since: new Date(Number(time)).toISOString() };
    }
    rmSync(join(lock, name), { force: true });
  }
  return undefined;
}

function isRunning(pid: number, mark: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // EPERM: it runs, as another user.
    return !hasCode(cause, "ESRCH");
  }
  const now = startMark(pid);
  return now === undefined || mark === "unknown" || now === mark;
}

/**
 * What tells a process from an earlier one with the same id: a digest of its start time, "ended" for
 * one that only waits for its parent's notice, undefined where it cannot be had cheaply.
 */
function startMark(pid: number): string | undefined {
  try {
    let state: string | undefined;
    let start: string | undefined;
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // Counted from the boot, unlike a time of day, it stays the same when the clock is set.
      start = `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8")} ${fields[19]}`;
      state = fields[0];
    } else if (process.platform === "darwin") {
      const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
      const args = ["-o", "stat=,lstart=", "-p", String(pid)];
      [state, start] = execFileSync("ps", args, { env, encoding: "utf8" })
        .trim()
        .split(/\s+(.*)/s);
    }
    if (state?.startsWith("Z") || state?.startsWith("X")) return "ended";
    return start && createHash("sha256").update(start).digest("hex").slice(0, 12);
  } catch {
    return undefined;
  }
}

function hasCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
