import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startEmbedded } from "./embedded/start-embedded.ts";
import { poolSize } from "./index.ts";
import { databaseUrls } from "./urls.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const root = new URL("../../../", import.meta.url);

/** The variables of this machine: git-ignored, at the top of the repository. */
export const envFile = fileURLToPath(new URL(".env", root));

/** Reads the file where it exists; variables that are set already stay. */
export function loadEnv(): void {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
}

/** Where the embedded database keeps its files: TEND_DATA, else git-ignored in the repository. */
export const dataFolder = (env: Variables): string =>
  env.TEND_DATA || fileURLToPath(new URL(".data", root));

export interface OpenDatabase {
  readonly url: string;
  readonly direct: string;
  readonly embedded: boolean;
  /** Where the embedded database cannot be kept running: why, with its last words. */
  readonly lost?: Promise<string>;
  stop(): Promise<void>;
}

/** How the embedded database is started, where the environment names no other. */
interface Start {
  /** How many processes will use it, each with a pool of its own. */
  readonly processes?: number;
  readonly say?: (line: string) => void;
  /** Goes ahead beside a database of an earlier version, which is about to be read. */
  readonly besideFormer?: boolean;
}

/** The database of this environment: the one of DATABASE_URL, else the embedded one, started. */
export async function openDatabase(
  env: Variables,
  { processes = 1, ...start }: Start = {},
): Promise<OpenDatabase> {
  const { url, direct } = databaseUrls(env);
  if (url !== undefined && direct !== undefined) {
    return { url, direct, embedded: false, stop: async () => {} };
  }
  const embedded = await startEmbedded({
    ...start,
    folder: dataFolder(env),
    programs: env.TEND_POSTGRES,
    connections: processes * poolSize,
  });
  return { ...embedded, direct: embedded.url, embedded: true };
}
