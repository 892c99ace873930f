/** Vercel's own builder on this machine, without an account and without a network of Vercel's. */
import { execFile, execFileSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** 358 MB, which npm fetches when it is first asked for: not one for package.json. */
const vercel = "vercel@60.1.3";

/** What Vercel asks its server of a project, as the runbook has it set up. */
const project = {
  projectId: "tend",
  orgId: "tend",
  settings: { framework: "nextjs", rootDirectory: "apps/web" },
};

/** What Vercel says of a deployment of production, to its build and to its functions. */
export const deployment = {
  VERCEL: "1",
  VERCEL_ENV: "production",
  VERCEL_URL: "tend-1.vercel.app",
  VERCEL_PROJECT_PRODUCTION_URL: "tend.vercel.app",
};

/**
 * Builds what lies in this checkout, committed or not, in a copy of it, which then goes: a function
 * that reads what it does not bring shall not find it. `env` has the database, which is migrated.
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
      // Deleted here and not yet in git.
      if (error.code !== "ENOENT") throw error;
    });
  }
}
