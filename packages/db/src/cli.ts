import { resolve } from "node:path";
import { PgClient } from "./client/pg-client.ts";
import { withoutLimits } from "./client/session-settings.ts";
import { connect } from "./index.ts";
import { loadEnv, openDatabase } from "./local.ts";
import { folderBefore, importPglite } from "./migrate/import-pglite.ts";
import { migrate } from "./migrate/runner.ts";
import { demo, seed } from "./seed.ts";
import { databaseUrls } from "./urls.ts";

const commands = {
  /** Applies the missing migrations. */
  async migrate() {
    const database = await openDatabase(process.env);
    try {
      const applied = await migrate(database.direct);
      for (const name of applied) console.log(`Applied ${name}`);
      if (applied.length === 0) console.log("The database is up to date.");
    } finally {
      await database.stop();
    }
  },

  /** Makes the demo user and tells its login. A server's database must be named: `seed NAME`. */
  async seed(name?: string) {
    const database = await openDatabase(process.env);
    const client = connect(database.url);
    try {
      if (!database.embedded) {
        refuseUnnamed(database.direct, name, "seed", "make a login that everybody knows in");
      }
      await migrate(database.direct);
      const outcome = await seed(client, process.env);
      console.log(
        outcome === "made" ? "The demo user is ready." : "The demo user was there already.",
      );
      console.log(`Sign in with ${demo.email} and the password ${demo.password}`);
    } finally {
      await client.$disconnect();
      await database.stop();
    }
  },

  /** Throws everything away and starts anew. A server's database must be named: `reset NAME`. */
  async reset(name?: string) {
    const { direct } = databaseUrls(process.env);
    if (process.env.NODE_ENV === "production" || process.env.VERCEL) {
      throw new Error("A production database is not reset from here. Use your provider's console.");
    }
    if (direct !== undefined) refuseUnnamed(direct, name, "reset", "erase everything in");
    const database = await openDatabase(process.env);
    await emptyDatabase(database.direct).finally(database.stop);
    await commands.migrate();
  },

  /**
   * Imports the data of a PGlite folder: `import-pglite FOLDER`, relative to the caller's folder.
   */
  async "import-pglite"(given = folderBefore) {
    const folder = resolve(process.env.INIT_CWD ?? "", given);
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => stop.abort(new Error("Stopped. Nothing was taken along.")));
    }
    console.log(`Taking along the data of ${folder} …`);
    const target = () => openDatabase(process.env, { besideFormer: true });
    const { users, tasks, place } = await importPglite(folder, target, stop.signal);
    console.log(
      `${users} users and ${tasks} tasks are now in ${place}, with all that belongs to them. ` +
        "The folder is as it was. Look whether everything is there, then it can be deleted.",
    );
  },
};

function refuseUnnamed(url: string, name: string | undefined, command: string, act: string): void {
  const { database, host } = new PgClient({ connectionString: url });
  if (database === name) return;
  throw new Error(
    `This would ${act} the database ${database} on ${host}. To do it, name it: pnpm db:${command} ${database}`,
  );
}

async function emptyDatabase(url: string): Promise<void> {
  const client = new PgClient({ connectionString: url });
  await client.connect();
  try {
    await client.query(`${withoutLimits}; DROP SCHEMA public CASCADE; CREATE SCHEMA public`);
  } finally {
    await client.end();
  }
}

const [command = "", argument] = process.argv.slice(2);
const run = Object.entries(commands).find(([name]) => name === command)?.[1];
try {
  loadEnv();
  if (!run) throw new Error(`Say what to do: ${Object.keys(commands).join(", ")}.`);
  await run(argument);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
