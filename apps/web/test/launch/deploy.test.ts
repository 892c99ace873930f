import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { isCurrent, connect as open } from "@tend/db";
import { type FreshDatabase, startTestServer } from "@tend/db/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secret, web } from "./start.ts";

const tsx = createRequire(import.meta.url).resolve("tsx");

/** A database that is not migrated yet. */
let database: FreshDatabase;

beforeAll(async () => {
  database = await startTestServer();
});

afterAll(() => database?.stop());

/** deploy.ts as the build command of vercel.json runs it, with nothing but what Vercel sets. */
async function deploy(variables: Record<string, string | undefined>) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ["--import", tsx, "runtime/deploy.ts"], {
    cwd: web,
    env: {
      NODE_ENV: "production",
      PATH,
      HOME,
      VERCEL: "1",
      VERCEL_ENV: "production",
      VERCEL_URL: "tend-4f1c9a.vercel.app",
      VERCEL_PROJECT_PRODUCTION_URL: "tend.vercel.app",
      BETTER_AUTH_SECRET: secret,
      DATABASE_URL: database.url,
      DATABASE_URL_UNPOOLED: database.url,
      ...variables,
    },
  });
  let output = "";
  const listen = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

const nobody = "postgresql://ada:hunter2@127.0.0.1:1/tend";

test.each<[string, Record<string, string | undefined>, RegExp]>([
  ["no secret", { BETTER_AUTH_SECRET: undefined }, /BETTER_AUTH_SECRET is missing.*randomBytes/],
  [
    "no direct address",
    { DATABASE_URL_UNPOOLED: undefined },
    /DIRECT_URL is missing.*connect Neon/,
  ],
  ["no database at all", { DATABASE_URL: "", DATABASE_URL_UNPOOLED: "" }, /DATABASE_URL is not/],
  ["a database that does not answer", { DATABASE_URL_UNPOOLED: nobody }, /ECONNREFUSED/],
])("[C-7] %s fails the deployment, and nothing is migrated", async (_, variables, words) => {
  const { code, output } = await deploy(variables);
  expect(code).toBe(1);
  expect(output).toMatch(words);
  expect(output).not.toMatch(/^\s+at |hunter2/m);
  const client = open(database.url);
  expect(await isCurrent(client).finally(() => client.$disconnect())).toBe(false);
});

test("[C-7] a preview of what production does not have yet fails, production migrates, a second time does nothing", async () => {
  const early = await deploy({ VERCEL_ENV: "preview" });
  expect([early.code, early.output]).toEqual([1, expect.stringContaining("A preview migrates")]);
  const first = await deploy({});
  expect([first.code, first.output]).toEqual([0, expect.stringContaining("Applied 2026")]);
  expect(await deploy({})).toEqual({ code: 0, output: "The database is up to date.\n" });
  const preview = { VERCEL_ENV: "preview", VERCEL_BRANCH_URL: "tend-git-dates.vercel.app" };
  expect(await deploy(preview)).toEqual({ code: 0, output: "The database is up to date.\n" });
});

test("[C-7] DIRECT_URL of production in a preview is no way past", async () => {
  await deploy({});
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const newest = `(SELECT max(migration_name) FROM "_prisma_migrations")`;
  await client.query(`DELETE FROM "_prisma_migrations" WHERE migration_name = ${newest}`);
  await client.end();
  const { code, output } = await deploy({
    VERCEL_ENV: "preview",
    DATABASE_URL: nobody,
    DATABASE_URL_UNPOOLED: nobody,
    DIRECT_URL: database.url,
  });
  expect([code, output]).toEqual([1, expect.stringContaining("is the database of production")]);
});

test("[C-7] a database far from the functions is said, with what to write", async () => {
  const host = "ep-cool-1-pooler.eu-central-1.aws.neon.tech";
  const { output } = await deploy({ DATABASE_URL: `postgresql://ada:hunter2@${host}/tend` });
  expect(output).toMatch(/is in eu-central-1, the functions in iad1.*"regions": \["fra1"\]/);
  expect(output).not.toContain("hunter2");
});
