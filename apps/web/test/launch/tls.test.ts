import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, connect as dial, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as dialTls, TLSSocket } from "node:tls";
import { connect, isUnreachable } from "@tend/db";
import { migrate } from "@tend/db/migrate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endInstallations, makeApp, makeServer } from "./installation.ts";
import { expectKept, signUp } from "./load.ts";

/** Who may connect, and how; the superuser only makes the roles. */
const admission = `
hostnossl all postgres 127.0.0.1/32 trust
hostssl all tend 127.0.0.1/32 scram-sha-256
hostssl all clear 127.0.0.1/32 password
hostssl all hashed 127.0.0.1/32 md5
hostssl all anybody 127.0.0.1/32 trust
hostnossl all plain 127.0.0.1/32 scram-sha-256
`;

/** A key and a self-signed certificate for 127.0.0.1, made now. */
async function makeCertificate(folder: string, name: string) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-days", "2", "-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "pipe",
  });
  return {
    file: certificate,
    key: await readFile(key, "utf8"),
    certificate: await readFile(certificate, "utf8"),
  };
}

/** Ends the TLS of clients with a certificate of its own, and speaks TLS to the server. */
async function makeMiddleman(
  port: number,
  { key, certificate: cert }: Record<"key" | "certificate", string>,
) {
  const sockets: Socket[] = [];
  let heard = "";
  const server = createServer((client) => {
    sockets.push(client);
    client.on("error", () => client.destroy());
    client.once("data", (sslRequest) => {
      client.write("S");
      const inner = new TLSSocket(client, { isServer: true, key, cert });
      inner.on("error", () => client.destroy());
      const upstream = dial(port, "127.0.0.1");
      sockets.push(upstream);
      upstream.write(sslRequest);
      upstream.once("data", () => {
        const outer = dialTls({ socket: upstream, rejectUnauthorized: false });
        outer.on("error", () => client.destroy());
        outer.on("close", () => client.destroy());
        inner.on("close", () => outer.destroy());
        inner.on("data", (bytes) => {
          heard += bytes.toString("latin1");
        });
        inner.pipe(outer).pipe(inner);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    /** The bytes that clients have sent to it. */
    heard: () => heard,
    end() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe("[C-4] with PostgreSQL that demands TLS", () => {
  let folder: string;
  let own: Awaited<ReturnType<typeof makeCertificate>>;
  let foreign: typeof own;
  let server: Awaited<ReturnType<typeof makeServer>>;
  let middleman: Awaited<ReturnType<typeof makeMiddleman>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tend-tls-"));
    own = await makeCertificate(folder, "own");
    foreign = await makeCertificate(folder, "foreign");
    server = await makeServer({ ...own, admission });
    const { admin } = server;
    await admin.$executeRaw`ALTER ROLE tend PASSWORD 'correct horse'`;
    await admin.$executeRaw`CREATE ROLE clear LOGIN PASSWORD 'correct horse'`;
    await admin.$executeRaw`CREATE ROLE plain LOGIN PASSWORD 'correct horse'`;
    await admin.$executeRaw`CREATE ROLE anybody LOGIN`;
    await admin.$transaction([
      admin.$executeRaw`SET LOCAL password_encryption = 'md5'`,
      admin.$executeRaw`CREATE ROLE hashed LOGIN PASSWORD 'correct horse'`,
    ]);
    middleman = await makeMiddleman(Number(new URL(server.url).port), foreign);
  });

  afterAll(async () => {
    middleman?.end();
    await endInstallations();
    await rm(folder, { recursive: true, force: true });
  });

  interface Given {
    readonly role?: string;
    readonly host?: string;
    readonly port?: number;
    readonly trusted?: typeof own;
  }

  const address = (
    parameters: string,
    { role = "tend", host, port, trusted = own }: Given = {},
  ) => {
    const url = new URL(server.url);
    url.username = role;
    url.password = "correct horse";
    if (host !== undefined) url.hostname = host;
    if (port !== undefined) url.port = `${port}`;
    return `${url}?${parameters}${trusted ? `&sslrootcert=${trusted.file}` : ""}`;
  };

  /** Whether the server sees TLS, or why there was no connection; both ways of connecting agree. */
  async function attempt(url: string): Promise<unknown> {
    const client = connect(url);
    try {
      const [row] = await client.$queryRaw<{ ssl: boolean }[]>`
        SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
      return row;
    } catch (error) {
      expect(isUnreachable(error)).toBe(true);
      return await migrate(url).catch((reason: Error) => reason.message);
    } finally {
      await client.$disconnect();
    }
  }

  test("an address as Neon gives it: the app works over TLS, and nothing warns", async () => {
    const url = address("sslmode=require&channel_binding=require").replace(/&sslrootcert.*/, "");
    expect(await attempt(url)).toMatch(/self-signed certificate/);
    await migrate(address("sslmode=require&channel_binding=require"));
    const { origin, output } = await makeApp({ DATABASE_URL: url, NODE_EXTRA_CA_CERTS: own.file });
    const person = await signUp(origin);
    const { body } = await person.client.createTask({ body: { title: "Over TLS" } });
    person.tasks.set(body.id, { title: "Over TLS", description: "", completed: false });
    await expectKept([person]);
    const connections = await server.admin.$queryRaw`
      SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'tend'`;
    expect(connections).toEqual([{ ssl: true }]);
    expect(output()).not.toMatch(/warning/i);
  });

  test.each(["sslmode=require&channel_binding=require", "sslmode=require", "sslmode=verify-full"])(
    "%s takes a certificate of a known authority for this host, and no other",
    async (parameters) => {
      expect(await attempt(address(parameters))).toEqual({ ssl: true });
      expect(await attempt(address(parameters, { trusted: foreign }))).toMatch(/self-signed/);
      expect(await attempt(address(parameters, { host: "localhost" }))).toMatch(/altnames/);
    },
  );

  test("a connection without TLS is refused, and the refusal says so", async () => {
    expect(await attempt(address("sslmode=disable"))).toMatch(
      /no pg_hba.conf entry.*no encryption/,
    );
  });

  test("a middleman whose certificate is trusted gets through without channel binding, and not with it", async () => {
    const way = { port: middleman.port, trusted: foreign };
    expect(await attempt(address("sslmode=require", way))).toEqual({ ssl: true });
    expect(await attempt(address("sslmode=require&channel_binding=require", way))).toMatch(
      /channel binding/,
    );
    const blind = { port: middleman.port };
    expect(await attempt(address("sslmode=no-verify", blind))).toEqual({ ssl: true });
    expect(await attempt(address("sslmode=no-verify&channel_binding=require", blind))).toMatch(
      /channel binding/,
    );
  });

  test.each([
    ["a password in clear", "clear", "require"],
    ["an MD5 of it", "hashed", "require"],
    ["nothing", "anybody", "require"],
    ["SCRAM without TLS", "plain", "disable"],
  ])("channel_binding=require refuses a server that asks for %s", async (_, role, mode) => {
    expect(await attempt(address(`sslmode=${mode}`, { role }))).toEqual({
      ssl: mode !== "disable",
    });
    const bound = await attempt(address(`sslmode=${mode}&channel_binding=require`, { role }));
    expect(bound).toMatch(/^SASL: the address says channel_binding=require/);
  });

  test("with channel_binding=require no middleman is told the password", async () => {
    const way = { role: "clear", port: middleman.port, trusted: foreign };
    await attempt(address("sslmode=require&channel_binding=require", way));
    expect(middleman.heard()).toContain("clear");
    expect(middleman.heard()).not.toContain("correct horse");
    await attempt(address("sslmode=require", way));
    expect(middleman.heard()).toContain("correct horse");
  });
});
