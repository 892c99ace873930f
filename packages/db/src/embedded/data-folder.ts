import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The places in the folder of the embedded database (TEND_DATA), all of them 0700 or 0600. */
export const placesIn = (folder: string, major: number) => ({
  folder,
  /** The lock file, held by the process that uses the folder, which its text names. */
  lock: join(folder, "lock"),
  /** The password of the role `tend`, on one line. */
  password: join(folder, "password"),
  /** Links to libraries, by names that the npm package lacks. */
  libraries: join(folder, "lib"),
  data: join(folder, String(major)),
  /** The server's output where it cannot be a pipe: on Windows. */
  log: join(folder, "log"),
  /** A data folder that is being made. */
  draft: join(folder, `${major}.new`),
});
export type Places = ReturnType<typeof placesIn>;

/** Files that systems put into a folder, or that an earlier version of Tend kept in `.data`. */
const harmless = /^(lost\+found|\.DS_Store|\.gitkeep|\.gitignore|postgres(?!ql).*)$/;

/**
 * Makes the folder if it is missing.
 *
 * @returns the outermost folder that was made, where one was.
 * @throws an Error that says what to do where it cannot be made.
 */
export function makeFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // Node names a wrong reason where it makes several at once.
    let reason = "";
    try {
      mkdirSync(folder);
    } catch (cause) {
      reason = `: ${reasonOf(cause)}`;
    }
    throw new Error(
      `The folder of the database, ${folder}, cannot be made${reason}. Set TEND_DATA to a folder that can be written.`,
    );
  }
}

/**
 * Whether the folder has a database of this major version. With `besideFormer`, one of an earlier
 * version of Tend in it is no reason to refuse.
 *
 * @throws where it holds anything else: an Error that says what that is and what to do. Nothing is
 * changed.
 */
export function hasDatabase(
  { folder, data, draft, ...places }: Places,
  major: number,
  besideFormer: boolean,
): boolean {
  const entries = list(folder);
  if (entries.includes("PG_VERSION")) throw new Error(describeFormer(folder, true));
  if (existsSync(join(data, "PG_VERSION"))) {
    const version = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
    if (version === String(major)) return true;
    throw new Error(damaged(data, `it says that it is of PostgreSQL ${version || "no version"}`));
  }
  if (existsSync(data) && list(data).length > 0) {
    throw new Error(damaged(data, "the file PG_VERSION is missing"));
  }
  const other = entries.find((name) => existsSync(join(folder, name, "PG_VERSION")));
  if (other === "postgres" && !besideFormer) {
    throw new Error(describeFormer(join(folder, other), false));
  }
  if (other !== undefined && /^\d+$/.test(other)) {
    throw new Error(
      `${join(folder, other)} is a database of PostgreSQL ${other}, and this is PostgreSQL ${major}, which cannot open it; it was left as it is. ` +
        `Set TEND_POSTGRES to the programs of PostgreSQL ${other} and export your tasks on the account page; then set TEND_DATA to another folder, start without TEND_POSTGRES, and import them.`,
    );
  }
  const own = [data, draft, ...Object.values(places)];
  const foreign = entries.filter(
    (name) => !own.includes(join(folder, name)) && !harmless.test(name),
  );
  if (foreign.length === 0) return false;
  throw new Error(
    `${folder} holds files that are not Tend's (${foreign.slice(0, 3).join(", ")}). Set TEND_DATA to an empty folder or one that does not exist; nothing was changed.`,
  );
}

/**
 * Shuts the folder to everybody but its owner.
 *
 * @throws where its drive keeps no permissions: PostgreSQL refuses such a folder, and rightly.
 */
export function shutFolder(folder: string): void {
  const isShut = () => process.platform === "win32" || (statSync(folder).mode & 0o077) === 0;
  if (isShut()) return;
  let refusal = "";
  try {
    chmodSync(folder, 0o700);
  } catch (cause) {
    refusal = ` (${reasonOf(cause)})`;
  }
  if (isShut()) return;
  throw new Error(
    `${folder} cannot be shut to other users of this machine${refusal}: another user owns it, or its drive keeps no permissions, as Windows drives in WSL. Set TEND_DATA to a folder in your home, as TEND_DATA=~/.tend`,
  );
}

/** A folder of PGlite, in which Tend kept its database before, or one of a PostgreSQL server. */
function describeFormer(path: string, isWhole: boolean): string {
  const version = readFileSync(join(path, "PG_VERSION"), "utf8").trim();
  // A server leaves this file behind, PGlite none.
  if (existsSync(join(path, "postmaster.opts"))) {
    return `${path} is the data folder of a PostgreSQL ${version} server, not one of Tend's; it was left as it is. Set TEND_DATA to an empty folder, or DATABASE_URL to that server.`;
  }
  const elsewhere = isWhole ? "set TEND_DATA to a new folder, then run" : "run";
  return (
    `${path} is a database of an earlier version of Tend (PGlite), which this one cannot open; it was left as it is. ` +
    `To take its tasks along, ${elsewhere}: npx pnpm@10.34.8 db:import-pglite "${path}"   To begin without them, move that folder away.`
  );
}

export const damaged = (data: string, reason: string): string =>
  `The database in ${data} is damaged: ${reason}. It was left as it is. Put a copy of the whole folder back, or move it away to begin with an empty database.`;

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new Error(
      `The folder of the database, ${folder}, cannot be read: ${reasonOf(cause)}. Start Tend as the user who owns it, or set TEND_DATA to a folder of your own.`,
      { cause },
    );
  }
}

export const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
