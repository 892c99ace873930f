import { spawnSync } from "node:child_process";
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";

/** A folder that this process has for itself. */
export interface FolderLock {
  /** The open file that is the lock: whoever inherits it holds it too, until the last one ends. */
  readonly file: number;
  /** Releases the lock here; processes that inherited it keep it. A second call does nothing. */
  release(): void;
}

/** Whether the programs that are started inherit the lock. On Windows they cannot. */
export const isInherited = process.platform !== "win32";

/**
 * Flags by which opening takes the lock, where the system has such: on macOS that of flock(2), on
 * Windows a file that nobody else can open. Node passes them on and has no names for them.
 */
const exclusively: number | undefined = new Map([
  ["darwin", 0x20 | 0x4],
  ["win32", 0x10000000],
]).get(process.platform);

/** A link to another file is not followed: it would be written to. Windows has no such flag. */
const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/**
 * Takes the lock; undefined where another process has it. The kernel holds it: it needs no process
 * ids, which differ between containers, and ends with its last holder, however that ends.
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

/** Records this process as the holder of the lock. */
export function sign(path: string): void {
  const file = openSync(path, flags);
  signAs(file);
  closeSync(file);
}

function signAs(file: number): void {
  ftruncateSync(file);
  writeSync(file, `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`, 0);
}

/** The holder of the lock, as it recorded itself. */
export function holderOf(path: string): string {
  try {
    return readFileSync(path, "utf8") || "another process";
  } catch {
    return "another process";
  }
}

/** Whether the recorded holder is a live process of this machine, in a namespace seen from here. */
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

/** Locks by the program `flock`, since Node has no flock(2): it inherits this very open file. */
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
