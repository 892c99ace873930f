import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@tend/db";
import { childrenOf, freePort, signal, until } from "./start.ts";

const home = "/usr/lib/postgresql";

/** Whom a server runs as: PostgreSQL and PgBouncer refuse to be root. */
export function servant(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: "-u" | "-g") => Number(execFileSync("id", [flag, "postgres"]));
  return { uid: id("-u"), gid: id("-g") };
}

/** The newest PostgreSQL server of Debian's packages; undefined where there is none. */
export const binaries = (existsSync(home) ? readdirSync(home) : [])
  .sort((a, b) => Number(b) - Number(a))
  .map((version) => join(home, version, "bin"))
  .find((folder) => existsSync(join(folder, "initdb")));

/** What a server with TLS is given: a certificate, and who may come in how (pg_hba.conf). */
export interface Tls {
  readonly key: string;
  readonly certificate: string;
  readonly admission: string;
}

/** A PostgreSQL server of one's own: `end` leaves nothing. */
export async function makeCluster(bin: string, tls?: Tls) {
  const folder = await mkdtemp(join(tmpdir(), "tend-postgres-"));
  const port = await freePort();
  const owner = servant();
  if (owner) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...owner, cwd: folder, stdio: "pipe" },
  );
  const options = ["-c", "unix_socket_directories="];
  if (tls) {
    options.push("-c", "ssl=on");
    const files = {
      "server.key": tls.key,
      "server.crt": tls.certificate,
      "pg_hba.conf": tls.admission,
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(data, name), text, { mode: 0o600 });
      if (owner) await chown(join(data, name), owner.uid, owner.gid);
    }
  }
  const url = (role: string, database: string) =>
    `postgresql://${role}@127.0.0.1:${port}/${database}`;
  const admin = connect(url("postgres", "postgres"));
  let postmaster: ChildProcess | undefined;
  const hasEnded = () =>
    !postmaster || postmaster.exitCode !== null || postmaster.signalCode !== null;
  /** The postmaster and all its backends. */
  const processes = () => (postmaster?.pid ? [postmaster.pid, ...childrenOf(postmaster.pid)] : []);

  return {
    url,
    /** Its superuser. */
    admin,
    processes,

    /** Ends when the server takes connections. */
    async start(): Promise<void> {
      await until("the server takes connections", () => {
        // It refuses to start while one of its killed processes is not yet gone.
        if (hasEnded()) {
          postmaster = spawn(
            join(bin, "postgres"),
            ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", ...options],
            { ...owner, cwd: folder, stdio: "ignore" },
          );
        }
        return admin.$queryRaw`SELECT 1`.then(
          () => true,
          () => false,
        );
      });
    },

    async end(): Promise<void> {
      await admin.$disconnect();
      if (postmaster && !hasEnded()) {
        signal(processes(), "SIGCONT");
        // A fast shutdown, which gives back its shared memory too.
        postmaster.kill("SIGINT");
        await once(postmaster, "exit");
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
