import { startTestServer } from "./testing.ts";
import { databaseUrls } from "./urls.ts";

/** One server for all tests of a run, on which each makes databases of its own; that of DATABASE_URL where it is set. */
export default async function setup(): Promise<() => Promise<void>> {
  if (databaseUrls(process.env).url !== undefined) return async () => {};
  const { url, stop } = await startTestServer();
  process.env.DATABASE_URL = url;
  return stop;
}
