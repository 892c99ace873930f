/** Runs Vercel's own builder on this machine, without an account and without Vercel's network. */
import { execFile, execFileSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** The builder, of 358 MB: npm fetches it on first use, and package.json does not list it. */
const vercel = "vercel@60.1.3";

/** The project settings that Vercel's server would give, as the runbook sets them up. */
const project = {
  projectId: "tend",
  orgId: "tend",
  settings: { framework: "nextjs", rootDirectory: "apps/web" },
};

/** The environment of a production deployment, which Vercel gives its build and functions. */
export const deployment = {
  VERCEL: "1",
  VERCEL_ENV: "production",
  VERCEL_URL: "tend-1.vercel.app",
  VERCEL_PROJECT_PRODUCTION_URL: "tend.vercel.app",
};

/**
 * Builds a copy of this checkout, uncommitted changes included, and deletes the copy, so that no
 * function finds files that it does not bring. `env` names the database, which is migrated.
 *
 * @returns the folder of the Build Output, in `folder`.
 */
export async function buildByVercel(folder: string, env: Record<string, string>): Promise<string> {
  const copy = join(folder, "checkout");
  const output = join(folder, "output");
  await copyCheckout(copy);
  await mkdir(join(copy, ".vercel"));
  await writeFile(join(copy, ".vercel/project.json"), JSON.stringify(project));
  const options = ["--prod", "--yes", "--standalone", "--output", output, "--token", "none"];
  await promisify(execFile)("npx", ["--yes", vercel, "build", ...options], {
    cwd: copy,
    env: { ...process.env, ...deployment, VERCEL_TELEMETRY_DISABLED: "1", ...env },
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`vercel build failed.\n${error.stdout ?? error}\n${error.stderr ?? ""}`);
  });
  await rm(copy, { recursive: true });
  return output;
}

async function copyCheckout(to: string): Promise<void> {
  const listed = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of new Set(listed.split("\0").filter(Boolean))) {
    await mkdir(dirname(join(to, file)), { recursive: true });
    await cp(join(root, file), join(to, file)).catch((error: NodeJS.ErrnoException) => {
      // A missing file is one that is deleted here and not yet in git.
      if (error.code !== "ENOENT") throw error;
    });
  }
}
