import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@tend/db";
import { command, run } from "@tend/db/embedded/command";
import { placesIn } from "@tend/db/embedded/data-folder";
import { findPrograms, linkLibraries } from "@tend/db/embedded/programs";
import { giveToOwnerOf, runAs } from "@tend/db/embedded/run-as";
import { childrenOf, freePort, signal, until } from "./start.ts";

/** The files of a server with TLS: its key, its certificate, and who may connect (pg_hba.conf). */
export interface Tls {
  readonly key: string;
  readonly certificate: string;
  readonly admission: string;
}

/** A PostgreSQL server of one's own, as an operator would run it: `end` leaves nothing. */
export async function makeCluster(tls?: Tls) {
  const folder = await mkdtemp(join(tmpdir(), "tend-postgres-"));
  const port = await freePort();
  const programs = findPrograms(process.env.TEND_POSTGRES);
  const places = placesIn(folder, programs.major);
  linkLibraries(programs, places.libraries);
  const ground = { places, programs, runAs: runAs(folder), lock: undefined, settings: [] };
  giveToOwnerOf(folder, folder);
  run(ground, "initdb", [
    ...["-D", places.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
    ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
  ]);
  const options = ["-c", "unix_socket_directories="];
  if (tls) {
    options.push("-c", "ssl=on");
    const files = {
      "server.key": tls.key,
      "server.crt": tls.certificate,
      "pg_hba.conf": tls.admission,
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(places.data, name), text, { mode: 0o600 });
      giveToOwnerOf(folder, join(places.data, name));
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
    /** The client of the superuser. */
    admin,
    processes,

    /** Ends when the server takes connections. */
    async start(): Promise<void> {
      await until("the server takes connections", () => {
        // PostgreSQL refuses to start while one of its killed processes is not yet gone.
        if (hasEnded()) {
          const given = ["-D", places.data, "-p", `${port}`, "-h", "127.0.0.1", ...options];
          const { file, args, options: how } = command(ground, "postgres", given);
          postmaster = spawn(file, args, { ...how, stdio: "ignore" });
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
