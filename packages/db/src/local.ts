import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { databaseUrls } from "./urls.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const root = new URL("../../../", import.meta.url);

/** The variables of this machine: git-ignored, at the top of the repository. */
export const envFile = fileURLToPath(new URL(".env", root));

/** Reads it where it is there; what the process was given already stays. */
export function loadEnv(): void {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
}

/** Where the embedded database keeps its files: TEND_DATA, else git-ignored in the repository. */
export const dataFolder = (env: Variables): string =>
  env.TEND_DATA || fileURLToPath(new URL(".data/postgres", root));

export interface OpenDatabase {
  readonly url: string;
  readonly direct: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/** The database of this environment: the one of DATABASE_URL, else the embedded one, started. */
export async function openDatabase(env: Variables): Promise<OpenDatabase> {
  const { url, direct } = databaseUrls(env);
  if (url !== undefined && direct !== undefined) {
    return { url, direct, embedded: false, stop: async () => {} };
  }
  // Loaded only where it is needed: it carries a whole PostgreSQL.
  const { startEmbedded } = await import("./embedded.ts");
  const { url: own, stop } = await startEmbedded({ folder: dataFolder(env) });
  return { url: own, direct: own, embedded: true, stop };
}
