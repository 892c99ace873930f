import { spawnSync } from "node:child_process";
import { lchownSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The user that a program runs as, and the command that comes before it. */
export interface RunAs {
  readonly before: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** The user called nobody: one without rights, and the one that root is shown as in `unshare`. */
const nobody = 65534;

const isRoot = process.getuid?.() === 0;

/** Has the kernel end the program when the thread that started it ends. Linux alone can. */
const withParent = ["setpriv", "--pdeathsig", "INT", "--"];

/**
 * A namespace in which root's own files belong to nobody, and in which this process is nobody too.
 * It hides root from the program and leaves it root's rights.
 */
export const asNobody = [
  "unshare",
  "--user",
  `--map-user=${nobody}`,
  `--map-group=${nobody}`,
  "--",
];

const works = ([program = "", ...args]: readonly string[]): boolean =>
  spawnSync(program, [...args, "true"], { stdio: "ignore" }).status === 0;

/**
 * The user that PostgreSQL, which refuses root, runs as on this folder, which no other process may
 * be using. Not root: oneself. Root: the folder's owner; where that is root, `unshare`; where
 * Docker refuses that, nobody, who owns the folder until a start may use `unshare`.
 */
export function runAs(folder: string): RunAs {
  const linux = process.platform === "linux";
  const before = linux && works(withParent) ? withParent : [];
  if (!isRoot) return { before };
  const { uid, gid } = statSync(folder);
  if (uid !== 0 && uid !== nobody) return { before, uid, gid };
  if (linux && works(asNobody)) {
    if (uid !== 0) giveTo(folder, 0);
    return { before: [...before, ...asNobody] };
  }
  if (uid !== nobody) giveTo(folder, nobody);
  return { before, uid: nobody, gid: nobody };
}

/** Gives away the folder with all that is in it; of links the links themselves. */
function giveTo(folder: string, owner: number): void {
  const { status, stderr } = spawnSync("chown", ["-Rh", `${owner}:${owner}`, folder], {
    encoding: "utf8",
  });
  if (status === 0) return;
  throw new Error(
    `PostgreSQL does not run as root, and ${folder} cannot be given to another user: ${stderr.trim()}. Start Tend as an ordinary user.`,
  );
}

/** What root makes in somebody's folder is theirs, so that they can go on without root. */
export function giveToOwnerOf(folder: string, made: string): void {
  if (!isRoot) return;
  const { uid, gid } = statSync(folder);
  for (const path of [made, ...list(made)]) lchownSync(path, uid, gid);
}

const list = (path: string): string[] =>
  lstatSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
    : [];
