import { type SpawnOptions, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import type { Places } from "./data-folder.ts";
import type { FolderLock } from "./folder-lock.ts";
import type { Programs } from "./programs.ts";
import { asNobody, type RunAs } from "./run-as.ts";

/** The context of a PostgreSQL program: its folder, which no other process uses, and its user. */
export interface Ground {
  readonly places: Places;
  readonly programs: Programs;
  readonly runAs: RunAs;
  /** Undefined where another process's server is taken over, which holds the lock itself. */
  readonly lock: FolderLock | undefined;
  /** Settings of every server on this folder, as `fsync=off`. */
  readonly settings: readonly string[];
}

type Program = "initdb" | "pg_ctl" | "postgres";

/** Variables that are passed on: no secrets, and none that configures PostgreSQL (PGPORT). */
const inherited = ["PATH", "HOME", "TZ", "SystemRoot", "TEMP", "TMP"];

/** A program and its arguments, as `spawn` takes them. */
export function command(
  { places, programs, runAs: { before, ...user } }: Ground,
  program: Program,
  args: readonly string[],
) {
  const [file = "", ...rest] = [...before, join(programs.bin, program), ...args];
  const variables = inherited.map((name) => [name, process.env[name]] as const);
  // The libraries behind a link look for others where the link is.
  const folders = programs.libraries.map((library) => dirname(library.file));
  const libraryPath = [...new Set([places.libraries, ...folders])].join(":");
  const options = {
    cwd: places.folder,
    // Next's types want NODE_ENV in every environment; these programs have no use for it.
    env: Object.fromEntries([...variables, ["LD_LIBRARY_PATH", libraryPath]]) as NodeJS.ProcessEnv,
    ...user,
  } satisfies SpawnOptions;
  return { file, args: rest, options };
}

/**
 * Runs a program to its end, with `input` to read.
 *
 * @throws an Error of what the program said where it failed.
 */
export function run(ground: Ground, program: Program, args: readonly string[], input = ""): void {
  const failure = runOnce(ground, program, args, input);
  if (failure === undefined) return;
  // These programs insist on a name for their user, which that of a container need not have.
  const isNameless = /could not look up effective user ID/.test(failure);
  const { before, ...user } = ground.runAs;
  const named = { ...ground, runAs: { ...user, before: [...before, ...asNobody] } };
  const again = isNameless ? runOnce(named, program, args, input) : failure;
  if (again !== undefined) throw new Error(explain(isNameless ? failure : again));
}

/** The error output of a program that failed. */
function runOnce(
  ground: Ground,
  program: Program,
  given: readonly string[],
  input: string,
): string | undefined {
  const { file, args, options } = command(ground, program, given);
  const { status, stderr, error } = spawnSync(file, args, {
    ...options,
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe", ground.lock?.file ?? "ignore"],
  });
  // A program that ends before it has read its input tells why; Node, only that it did.
  return status === 0 ? undefined : stderr || error?.message || "";
}

const explanations = [
  [
    /no space left on device|disk quota exceeded|check free disk space/i,
    "The disk is full. Make room, then start again.",
  ],
  [
    /read-only file system/i,
    "The drive cannot be written to. Set TEND_DATA to a folder on one that can.",
  ],
  [
    /permission denied/i,
    "A folder cannot be entered or a file cannot be read by the user that PostgreSQL runs as. Start Tend as an ordinary user who owns its folders, or set TEND_DATA to a folder that everybody may reach, as one below /srv.",
  ],
  [
    /could not look up effective user ID/,
    "The user that Tend runs as has no name on this machine. Run it as a user of /etc/passwd, or set DATABASE_URL to a server.",
  ],
] as const;

/** What PostgreSQL's last words mean for the person who reads them, and the words themselves. */
export function explain(said: string): string {
  const words = said.trim().split("\n").slice(-5).join("\n");
  const [, meaning] = explanations.find(([pattern]) => pattern.test(said)) ?? [];
  return [meaning, `PostgreSQL said: ${words || "nothing"}`].filter(Boolean).join(" ");
}
