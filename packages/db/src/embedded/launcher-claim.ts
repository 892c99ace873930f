import { Client } from "pg";

/** The number of an advisory lock: whoever has it keeps the server running. */
const launcherLock = 84170;
const retryDelayMs = 250;

/** Keeps other starts from taking the server over, for as long as the server lasts. */
export interface Claim {
  readonly client: Client;
  release(): Promise<void>;
}

/**
 * Claims the server for this process by a session of its own, which is reopened where it is lost.
 *
 * @returns "taken" where another process has the claim.
 * @throws where the server does not let us in.
 */
export async function claim(url: string): Promise<Claim | "taken"> {
  const first = await open(url);
  if (first === "taken") return first;
  let client = first;
  let released = false;
  const renew = (): void => {
    if (released) return;
    open(url).then(
      (opened) => (opened === "taken" ? undefined : follow(opened)),
      () => setTimeout(renew, retryDelayMs).unref(),
    );
  };
  const follow = (opened: Client): void => {
    client = opened;
    opened.once("end", renew);
    if (released) void opened.end();
  };
  follow(first);
  return {
    client: first,
    async release() {
      released = true;
      await client.end();
    },
  };
}

async function open(url: string): Promise<Client | "taken"> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // `end` reports the loss of the session; without a listener, its error would end this process.
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ ours: boolean }>(
    "SELECT pg_try_advisory_lock($1) AS ours",
    [launcherLock],
  );
  if (rows[0]?.ours) return client;
  await client.end();
  return "taken";
}
