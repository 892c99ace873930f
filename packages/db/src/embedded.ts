import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { startBridge } from "./bridge.ts";
import { lockFolder } from "./folder-lock.ts";

/**
 * Starts a PostgreSQL inside this process: in memory, or on `folder`, which is made if missing.
 * `url` is for pg and for Prisma's adapter-pg; `port` 0 means any free one, on 127.0.0.1 only.
 * `stop()` closes clients, engine and folder; calling it again does no harm.
 *
 * A COMMIT that was acknowledged survives the death of the process (`kill -9`), though not a power
 * cut: PGlite leaves it to the operating system when files reach the disk.
 * Its one role is a superuser. A first start takes seconds, later ones well under one.
 *
 * Rejects with an Error that says what to do if another process has the folder, if the folder holds
 * something else, or if the port is taken.
 */
export async function startEmbedded({
  folder,
  port = 0,
}: {
  folder?: string;
  port?: number;
}): Promise<{ url: string; stop(): Promise<void> }> {
  const path = folder === undefined ? undefined : resolve(folder);
  const unlock = path === undefined ? () => {} : await lockFolder(path);
  let engine: PGlite | undefined;
  try {
    if (path !== undefined) await prepare(path);
    engine = await open(path);
    const bridge = await startBridge({
      engine,
      port,
      ...(path !== undefined && { reopen: () => open(path) }),
    });
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      try {
        const last = await bridge.close();
        await last?.close();
      } finally {
        unlock();
      }
    };
    return {
      url: `postgresql://postgres@127.0.0.1:${bridge.port}/postgres`,
      stop: () => (stopped ??= stop()),
    };
  } catch (cause) {
    // What went wrong first is what the caller must hear.
    await engine?.close().catch(() => {});
    unlock();
    throw cause;
  }
}

/** Makes a new data folder beside its place and moves it there whole: a killed start leaves none. */
async function prepare(path: string): Promise<void> {
  const draft = `${path}.new`;
  rmSync(draft, { recursive: true, force: true });
  if (existsSync(join(path, "PG_VERSION"))) return;
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new Error(
      `${path} holds files, but no PostgreSQL data. ` +
        "Choose an empty folder or one that does not exist; nothing was changed.",
    );
  }
  const engine = await open(draft);
  await engine.close();
  if (existsSync(path)) rmdirSync(path);
  renameSync(draft, path);
}

async function open(path: string | undefined): Promise<PGlite> {
  try {
    return await PGlite.create({
      ...(path !== undefined && { dataDir: path }),
      relaxedDurability: false,
      // WebAssembly has less stack than PostgreSQL assumes: with its own limit of 2 MB deep
      // expressions would break the engine rather than be refused.
      startParams: [...PGlite.defaultStartParams, "-c", "max_stack_depth=100kB"],
    });
  } catch (cause) {
    if (path === undefined) throw cause;
    const version = readVersion(path);
    throw new Error(
      `The database in ${path}${version} cannot be opened. ` +
        "Move that folder aside to begin with an empty database.",
      { cause },
    );
  }
}

function readVersion(path: string): string {
  const file = join(path, "PG_VERSION");
  return existsSync(file) ? ` (of PostgreSQL ${readFileSync(file, "utf8").trim()})` : "";
}
