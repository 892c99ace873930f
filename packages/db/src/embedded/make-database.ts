import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ground, run } from "./command.ts";
import { damaged, reasonOf } from "./data-folder.ts";
import { giveToOwnerOf } from "./run-as.ts";

/** The role that the app migrates and serves as, and the database that it owns. */
export const role = "tend";

/** Access by TCP on this machine with the password; there is no other. */
const admission = `host all ${role} 127.0.0.1/32 scram-sha-256\n`;

/**
 * Makes the data folder, whole or not at all. Its superuser owns the files and cannot log in; the
 * role that can is no superuser, as on Neon. In tests it may make databases.
 *
 * @throws where it cannot be made: an Error of what the programs said and what to do.
 */
export function makeDatabase(ground: Ground, { forTests }: { forTests: boolean }): void {
  const { draft, data, folder } = ground.places;
  rmSync(draft, { recursive: true, force: true });
  try {
    run(ground, "initdb", [
      ...["-D", draft, "-U", "postgres", "-A", "reject", "-E", "UTF8", "--no-instructions"],
      ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
      ...(forTests ? ["--no-sync"] : []),
    ]);
    writeFileSync(join(draft, "pg_hba.conf"), admission);
    bySuperuser(ground, draft, "postgres", [
      `CREATE ROLE ${role} LOGIN ${forTests ? "CREATEDB" : ""} PASSWORD '${makePassword(ground)}'`,
      `CREATE DATABASE ${role} OWNER ${role}`,
      "ALTER ROLE postgres NOLOGIN",
    ]);
    renameSync(draft, data);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`The database could not be made in ${folder}. ${reasonOf(cause)}`, { cause });
  }
}

/** The password of the role: a new one, set by the superuser, where its file is gone. */
export function ensurePassword(ground: Ground): void {
  const { password, data } = ground.places;
  if (existsSync(password) && readPassword(password)) return;
  try {
    bySuperuser(ground, data, "postgres", [
      `ALTER ROLE ${role} PASSWORD '${makePassword(ground)}'`,
    ]);
  } catch (cause) {
    rmSync(password, { force: true });
    throw new Error(damaged(data, reasonOf(cause)), { cause });
  }
}

export const readPassword = (file: string): string => readFileSync(file, "utf8").trim();

function makePassword({ places }: Ground): string {
  const password = randomBytes(24).toString("hex");
  rmSync(places.password, { force: true });
  writeFileSync(places.password, password, { mode: 0o600, flag: "wx" });
  giveToOwnerOf(places.folder, places.password);
  return password;
}

/** Runs statements in order, and none after one that fails. No server may run on the folder. */
export function bySuperuser(
  ground: Ground,
  data: string,
  database: string,
  statements: readonly string[],
): void {
  const settings = [...ground.settings, "exit_on_error=on"].flatMap((setting) => ["-c", setting]);
  const input = statements.map((statement) => `${statement};\n`).join("");
  run(ground, "postgres", ["--single", "-D", data, ...settings, database], input);
}
