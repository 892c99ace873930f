import { randomBytes } from "node:crypto";
import { freshDatabase } from "@tend/db/testing";
import { elsewhere } from "../../elsewhere.ts";

/** The environment of the tested app, besides its database and its secret. */
export const environment = {
  BETTER_AUTH_URL: "http://tend.test",
  TASKS_RATE_LIMIT: "1000000",
  CORS_ORIGINS: "https://friend.example",
};

/** One migrated PostgreSQL for the run, and the environment that every test process inherits. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  // The starter of an app elsewhere has given its database and environment.
  if (elsewhere) return undefined;
  const database = await freshDatabase();
  process.env.DATABASE_URL = database.url;
  process.env.BETTER_AUTH_SECRET = randomBytes(32).toString("base64");
  Object.assign(process.env, environment);
  return database.stop;
}
