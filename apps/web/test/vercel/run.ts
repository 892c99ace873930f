/**
 * `pnpm turbo run test:vercel`: has Vercel's own builder make the functions, hosts them, and runs
 * over them the tests of the API that need nothing but HTTP, and a walk in a browser.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshDatabase } from "@tend/db/testing";
import { Client } from "pg";
import { z } from "zod";
import { environment } from "../api/support/database.ts";
import { freePort, web } from "../launch/start.ts";
import { buildByVercel, deployment } from "./build.ts";
import { startHost } from "./host.ts";

const require = createRequire(import.meta.url);
const folder = await mkdtemp(join(tmpdir(), "tend-vercel-"));
const report = join(folder, "report.json");
const summary: string[] = [];
/** The script that records for `.ci/summary.mjs` how many tests ran. */
const counts = join(web, "../../.ci/counts.mjs");

const count = (passed: number, skipped: number) => `${passed} tests passed, ${skipped} skipped`;

async function timed<T>(what: string, run: () => Promise<T>, told = (_: T) => ""): Promise<T> {
  console.log(`${what} …`);
  const start = performance.now();
  const result = await run();
  const seconds = Math.round((performance.now() - start) / 1_000);
  summary.push(`${what}: ${told(result)}${seconds} s`);
  return result;
}

/** Runs a test runner. @returns its report. */
async function runTests<T>(
  args: readonly string[],
  env: Record<string, string>,
  schema: z.ZodType<T>,
): Promise<T> {
  const child = spawn(process.execPath, args, {
    cwd: web,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error("Tests over Vercel's functions failed; they are named above.");
  return schema.parse(JSON.parse(readFileSync(report, "utf8")));
}

const Vitest = z.object({
  numPassedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

const Playwright = z.object({ stats: z.object({ expected: z.number(), skipped: z.number() }) });

/** Empties a migrated database, so that the deployment migrates it anew. */
async function empty(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client
    .query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    .finally(() => client.end());
}

async function withHost<T>(
  output: string,
  env: Record<string, string>,
  port: number,
  run: (origin: string) => Promise<T>,
): Promise<T> {
  const host = await startHost(output, { TZ: "UTC", ...deployment, ...env }, port);
  return run(host.origin).finally(host.stop);
}

async function testApi(output: string, env: Record<string, string>) {
  const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
  const projects = ["--project", "api", "--project", "vercel"];
  const reporters = ["default", "json", counts].map((name) => `--reporter=${name}`);
  return withHost(output, env, 0, (origin) =>
    runTests(
      [vitest, "run", ...projects, ...reporters, `--outputFile=${report}`],
      { ...env, TEND_ORIGIN: origin, TEND_VERCEL_OUTPUT: output },
      Vitest,
    ),
  );
}

async function testInBrowser(output: string, env: Record<string, string>) {
  const playwright = require.resolve("@playwright/test/cli");
  const port = await freePort();
  const specs = ["whole-journey", "first-task", "security-headers"];
  return withHost(output, { ...env, BETTER_AUTH_URL: `http://localhost:${port}` }, port, (origin) =>
    runTests(
      [playwright, "test", "--project=1280", `--reporter=line,json,${counts}`, ...specs],
      { TEND_ORIGIN: origin, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
      Playwright,
    ),
  );
}

async function main(): Promise<void> {
  const database = await freshDatabase();
  try {
    await empty(database.url);
    const env = {
      DATABASE_URL: database.url,
      DATABASE_URL_UNPOOLED: database.url,
      BETTER_AUTH_SECRET: randomBytes(32).toString("base64"),
    };
    const output = await timed("The build as Vercel makes it", () => buildByVercel(folder, env));
    const tested = await timed(
      "The API over its functions",
      () => testApi(output, { ...environment, ...env }),
      ({ numPassedTests, numPendingTests }) => `${count(numPassedTests, numPendingTests)}, `,
    );
    const matrix = tested.testResults.find(({ name }) => name.endsWith("isolation.test.ts"));
    const skipped = matrix?.assertionResults.filter(({ status }) => status !== "passed").length;
    if (skipped !== 0) throw new Error("The isolation matrix did not run whole.");
    await timed(
      "A browser over its functions",
      () => testInBrowser(output, env),
      ({ stats }) => `${count(stats.expected, stats.skipped)}, `,
    );
  } finally {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`\n${summary.join("\n")}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
