import { randomBytes } from "node:crypto";
import { freshDatabase } from "@tend/db/testing";

/** One migrated PostgreSQL for the run, and the environment that every test process inherits. */
export default async function setup(): Promise<() => Promise<void>> {
  const database = await freshDatabase();
  process.env.DATABASE_URL = database.url;
  process.env.BETTER_AUTH_SECRET = randomBytes(32).toString("base64");
  process.env.BETTER_AUTH_URL = "http://tend.test";
  process.env.TASKS_RATE_LIMIT = "1000000";
  process.env.CORS_ORIGINS = "https://friend.example";
  return database.stop;
}
