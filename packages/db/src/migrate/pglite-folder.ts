import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { QueryResultRow } from "pg";
import type { Session } from "./runner.ts";

/** The part of `@electric-sql/pglite`, which is no dependency, that is used here. */
interface PgliteModule {
  readonly PGlite: {
    readonly defaultStartParams: readonly string[];
    create(options: { dataDir: string; startParams: readonly string[] }): Promise<Pglite>;
  };
}

interface Pglite {
  query<Row>(text: string, values: readonly unknown[]): Promise<{ rows: Row[] }>;
  exec(text: string): Promise<{ rows: never[] }[]>;
  close(): Promise<void>;
}

export interface OpenFolder {
  readonly session: Session;
  close(): Promise<void>;
}

/**
 * Whether the folder holds data of PGlite, PostgreSQL in WebAssembly. Its control file says so: it
 * has the layout of a 32-bit machine, which passes a float8 by reference.
 */
export function isPgliteFolder(folder: string): boolean {
  const control = join(folder, "global", "pg_control");
  if (!existsSync(control)) return false;
  const bytes = Buffer.alloc(256);
  const file = openSync(control, "r");
  readSync(file, bytes);
  closeSync(file);
  const { layoutMark, floatsByValue } = controlFile;
  return bytes.readDoubleLE(layoutMark) === 1_234_567 && bytes[floatsByValue] === 0;
}

/** Where the control file of PostgreSQL 14 to 18 has a number by which it tells its own layout. */
const controlFile = { layoutMark: 0xd0, floatsByValue: 0xf8 };

/** The process that has the PGlite folder open, by the claims of Tend in `<folder>.lock`. */
export function findHolder(folder: string): { pid: number; claim: string } | undefined {
  const lock = `${realpathSync(folder)}.lock`;
  if (!existsSync(lock)) return undefined;
  return readdirSync(lock)
    .map((name) => ({ pid: Number.parseInt(name, 10), claim: join(lock, name) }))
    .find(({ pid }) => isRunning(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // EPERM: the process runs as another user.
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

/** Opens a copy of a PGlite folder. Closing it removes the copy; the folder itself is only read. */
export async function openCopy(folder: string): Promise<OpenFolder> {
  const place = await mkdtemp(join(tmpdir(), "tend-pglite-"));
  const remove = () => rm(place, { recursive: true, force: true });
  try {
    const copy = join(place, "data");
    // A link is followed: else the copy of one would be the folder itself.
    await cp(folder, copy, { recursive: true, dereference: true }).catch((cause: Error) => {
      throw new Error(
        `The copy of ${folder} in ${place} failed, and nothing was changed: ${cause.message}. ` +
          "TMPDIR (on Windows TEMP) names another place for it.",
        { cause },
      );
    });
    const { session, close } = await openPglite(copy).catch((cause: Error) => {
      throw new Error(
        `The data in ${folder} cannot be opened, and nothing was changed: ${cause.message}`,
        { cause },
      );
    });
    return { session, close: () => close().finally(remove) };
  } catch (cause) {
    await remove();
    throw cause;
  }
}

/** Opens a PGlite folder itself, and makes it if it is missing. */
export async function openPglite(dataDir: string): Promise<OpenFolder> {
  const { PGlite } = loadPglite();
  // Its stack in WebAssembly is less than PostgreSQL takes for granted.
  const startParams = [...PGlite.defaultStartParams, "-c", "max_stack_depth=100kB"];
  const engine = await PGlite.create({ dataDir, startParams });
  return { session: sessionOf(engine), close: () => engine.close() };
}

/** Loads PGlite, which `pnpm dlx` fetches, through the folder that it puts on the PATH. */
function loadPglite(): PgliteModule {
  const require = createRequire(import.meta.url);
  const paths = (process.env.PATH ?? "").split(delimiter);
  try {
    return require(require.resolve("@electric-sql/pglite", { paths }));
  } catch (cause) {
    throw new Error("PGlite is not there. `pnpm db:import-pglite` fetches it.", { cause });
  }
}

/** Only `exec` takes several statements at once, only `query` takes values. */
const sessionOf = (engine: Pglite): Session => ({
  async query<Row extends QueryResultRow>(text: string, values?: unknown[]) {
    if (values) return engine.query<Row>(text, values);
    return (await engine.exec(text)).at(-1) ?? { rows: [] };
  },
});
