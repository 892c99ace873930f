import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { freePort, until } from "./start.ts";

const program = "/usr/sbin/pgbouncer";

/** Whether Debian's PgBouncer is here. */
export const isPoolerHere = existsSync(program);

/** The user that PgBouncer, which refuses root, runs as: its package makes this user. */
function servant(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: "-u" | "-g") => Number(execFileSync("id", [flag, "postgres"]));
  return { uid: id("-u"), gid: id("-g") };
}

/** A PgBouncer in transaction mode before this server, with so many connections to it. */
export async function makePooler(server: string, connections: number) {
  const folder = await mkdtemp(join(tmpdir(), "tend-pgbouncer-"));
  const port = await freePort();
  const target = new URL(server);
  const settings = join(folder, "pgbouncer.ini");
  const users = join(folder, "users.txt");
  await writeFile(users, `"${target.username}" ""\n"admin" ""\n`);
  await writeFile(
    settings,
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
admin_users = admin
pool_mode = transaction
default_pool_size = ${connections}
`,
  );
  const owner = servant();
  for (const path of owner ? [folder, settings, users] : []) {
    await chown(path, owner?.uid ?? 0, owner?.gid ?? 0);
  }
  const pooler: ChildProcess = spawn(program, ["-q", settings], { ...owner, stdio: "ignore" });

  /** What the pooler says of itself: its console speaks no extended protocol. */
  async function show(what: "CLIENTS" | "SERVERS"): Promise<readonly unknown[]> {
    const console = new Client(`postgresql://admin@127.0.0.1:${port}/pgbouncer`);
    await console.connect();
    const { rows } = await console.query(`SHOW ${what}`).finally(() => console.end());
    return rows.filter(({ user }) => user === target.username);
  }

  await until("the pooler takes connections", () =>
    show("SERVERS").then(
      () => true,
      () => false,
    ),
  );
  const url = new URL(server);
  url.port = String(port);
  // Before 1.21 it knows no prepared statements of its clients.
  url.searchParams.set("pgbouncer", "true");
  return {
    url: url.href,
    show,
    async end() {
      pooler.kill("SIGKILL");
      if (pooler.exitCode === null && pooler.signalCode === null) await once(pooler, "exit");
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
