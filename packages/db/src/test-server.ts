import { startTestServer } from "./testing.ts";
import { databaseUrls } from "./urls.ts";

/** One server for all tests of a run, where each makes its own databases; DATABASE_URL's if set. */
export default async function setup(): Promise<() => Promise<void>> {
  if (databaseUrls(process.env).url !== undefined) return async () => {};
  const { url, stop } = await startTestServer();
  process.env.DATABASE_URL = url;
  return stop;
}
