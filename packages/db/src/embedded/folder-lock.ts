import { spawnSync } from "node:child_process";
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";

/** A folder that this process has for itself. */
export interface FolderLock {
  /** The open file that is the lock: whoever inherits it holds it too, until the last one ends. */
  readonly file: number;
  /** Lets go of it here; those who inherited it keep it. Again does no harm. */
  release(): void;
}

/** Whether the programs that are started inherit the lock. On Windows they cannot. */
export const isInherited = process.platform !== "win32";

/**
 * Opening with these takes the lock where the system has it: on macOS that of flock(2), on Windows a
 * file that nobody else can open. Node passes them on and has no names for them.
 */
const exclusively: number | undefined = new Map([
  ["darwin", 0x20 | 0x4],
  ["win32", 0x10000000],
]).get(process.platform);

/** A link to another file is not followed: it would be written to. Windows has no such flag. */
const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/**
 * Takes the lock; nothing, where somebody has it. It is the kernel's: it needs no process ids, which
 * differ between containers, and goes with its last holder, however that ends.
 */
export function tryLock(path: string): FolderLock | undefined {
  let file: number;
  try {
    file = openSync(path, flags | (exclusively ?? 0), 0o600);
  } catch (cause) {
    if (exclusively !== undefined && isHeld(cause)) return undefined;
    throw cause;
  }
  if (exclusively === undefined && !lockBy(file)) {
    closeSync(file);
    return undefined;
  }
  signAs(file);
  let held = true;
  const release = (): void => {
    if (held) closeSync(file);
    held = false;
  };
  return { file, release };
}

/** Writes down that this process looks after what the lock is for. */
export function sign(path: string): void {
  const file = openSync(path, flags);
  signAs(file);
  closeSync(file);
}

function signAs(file: number): void {
  ftruncateSync(file);
  writeSync(file, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`, 0);
}

/** Who has it, as they wrote it down. */
export function holderOf(path: string): string {
  try {
    return readFileSync(path, "utf8") || "another process";
  } catch {
    return "another process";
  }
}

/** Whether a process of this machine signed that lives. Those of other namespaces cannot be seen. */
export function isHolderAlive(path: string): boolean {
  const [, id, host] = /^process (\d+) on (.+), since /.exec(holderOf(path)) ?? [];
  if (id === undefined || host !== hostname()) return false;
  try {
    process.kill(Number(id), 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

const isHeld = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && /^(EAGAIN|EBUSY|EACCES)$/.test(String(cause.code));

/** Node has no flock(2). The program locks what it inherits, which is the very file that is open here. */
function lockBy(file: number): boolean {
  const { status, error } = spawnSync("flock", ["-n", "3"], {
    stdio: ["ignore", "ignore", "ignore", file],
  });
  if (error) {
    throw new Error(
      "The program flock is missing, without which two starts could destroy the database. Install the package util-linux.",
      { cause: error },
    );
  }
  return status === 0;
}
