/**
 * What Vercel runs before `next build` (vercel.json): checks the environment that the deployment
 * will have, and migrates its database past the pooler. Where it fails, the deployment fails.
 */
import { migrateDeployment } from "@tend/db/deployment";
import { EnvError, readEnv } from "../src/server/env.ts";
import vercel from "../vercel.json" with { type: "json" };

/** Vercel's region in which each region of Neon lies. */
const nearby: Readonly<Record<string, string>> = {
  "us-east-1": "iad1",
  "us-east-2": "cle1",
  "us-west-2": "pdx1",
  "eu-central-1": "fra1",
  "eu-west-2": "lhr1",
  "ap-southeast-1": "sin1",
  "ap-southeast-2": "syd1",
  "sa-east-1": "gru1",
};

function warnOfDistance(url: string): void {
  const [, place = ""] = /\.([a-z]+-[a-z]+-\d)\.aws\.neon\.tech$/.exec(new URL(url).hostname) ?? [];
  const region = nearby[place];
  if (region === undefined || vercel.regions.includes(region)) return;
  console.warn(
    `The database is in ${place}, the functions in ${vercel.regions}: every statement travels between them. Write "regions": ["${region}"] into apps/web/vercel.json.`,
  );
}

async function main(): Promise<void> {
  const { DIRECT_URL, DATABASE_URL_UNPOOLED, VERCEL_ENV } = process.env;
  const { DATABASE_URL } = readEnv(process.env);
  const direct = DIRECT_URL || DATABASE_URL_UNPOOLED;
  if (!direct) {
    throw new EnvError([
      "DIRECT_URL is missing. Write the database's address past its pooler, or connect Neon to the project, which sets DATABASE_URL_UNPOOLED.",
    ]);
  }
  warnOfDistance(DATABASE_URL);
  // Only a deployment that says so is production.
  const environment = VERCEL_ENV === "production" ? "production" : "preview";
  const applied = await migrateDeployment(direct, environment);
  for (const name of applied) console.log(`Applied ${name}`);
  if (applied.length === 0) console.log("The database is up to date.");
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
