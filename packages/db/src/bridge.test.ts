import { createConnection, type Socket } from "node:net";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startBridge } from "./bridge.ts";

type Bridge = Awaited<ReturnType<typeof startBridge>>;

/** How long to wait for what must happen, in milliseconds: long, since the machine may be busy. */
const BOUND = 60_000;

let bridge: Bridge;
let tables = 0;
const open: { end(): Promise<unknown> }[] = [];

beforeAll(async () => {
  const startParams = [...PGlite.defaultStartParams, "-c", "max_stack_depth=100kB"];
  bridge = await startBridge({ engine: await PGlite.create({ startParams }) });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.end()));
});

afterAll(async () => {
  const engine = await bridge.close();
  await engine?.close();
});

async function connect(config: pg.ClientConfig = {}, { port } = bridge) {
  const place = { host: "127.0.0.1", port, user: "postgres", database: "postgres" };
  const client = new pg.Client({ ...place, ...config });
  // A client without a listener would end the process when the bridge closes it.
  client.on("error", () => {});
  await client.connect();
  open.push(client);
  return client;
}

function connectAll(count: number) {
  return Promise.all(Array.from({ length: count }, () => connect()));
}

async function makeTable(client: pg.Client, columns = "n int"): Promise<string> {
  const name = `t${++tables}`;
  await client.query(`CREATE TABLE ${name} (${columns})`);
  return name;
}

function socketOf(client: pg.Client): Socket {
  // pg keeps its socket out of its types.
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  return stream;
}

async function count(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
}

// ---- The protocol by hand

function frame(type: string, ...parts: (string | Buffer)[]): Buffer {
  const bytes = parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : part));
  const body = Buffer.concat(bytes);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), size, body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const none = Buffer.alloc(2);
const query = (sql: string) => frame("Q", sql);
const parse = (name: string, sql: string) => frame("P", name, sql, none);
const bind = (portal: string, statement: string) => frame("B", portal, statement, none, none, none);
const describeStatement = (name: string) => frame("D", Buffer.from("S"), name);
const execute = (portal: string, rows = 0) => frame("E", portal, int32(rows));
const sync = frame("S");
const flush = frame("H");
const terminate = frame("X");
const requests = { ssl: 80877103, gss: 80877104, cancel: 80877102 };
const request = (code: number, ...more: Buffer[]) =>
  Buffer.concat([int32(8 + Buffer.concat(more).length), int32(code), ...more]);
const startup = (parameters = "user\0postgres\0database\0postgres\0") =>
  frame("", int32(3 << 16), Buffer.from(`${parameters}\0`));

/** A client that sends what it is told to and notes what it hears. */
class Wire {
  closed = false;
  #chunks: Buffer[] = [];

  constructor(readonly socket: Socket) {
    socket.on("data", (chunk) => this.#chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  get size(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  forget(): void {
    this.#chunks = [];
  }

  static async dial({ port } = bridge): Promise<Wire> {
    const socket = createConnection(port, "127.0.0.1").setNoDelay(true);
    const wire = new Wire(socket);
    open.push({ end: async () => socket.destroy() });
    await new Promise((resolve) => socket.once("connect", resolve));
    return wire;
  }

  static async start(on = bridge): Promise<Wire> {
    const wire = await Wire.dial(on);
    wire.socket.write(startup());
    await wire.hears("Z");
    wire.messages();
    return wire;
  }

  /** Sends, waits until as many ReadyForQuery came back, and answers all that came. */
  async ask(...packets: Buffer[]): Promise<string[]> {
    this.socket.write(Buffer.concat(packets));
    const ends = packets.filter((packet) => "QS".includes(String.fromCharCode(packet[0] ?? 0)));
    await this.hears("Z", ends.length);
    return this.messages();
  }

  async hears(type: string, times = 1): Promise<void> {
    await vi.waitFor(
      () => expect(this.peek().filter((message) => message[0] === type).length).toBe(times),
      { timeout: BOUND, interval: 5 },
    );
  }

  async isClosed(): Promise<void> {
    await vi.waitFor(() => expect(this.closed).toBe(true), { timeout: BOUND, interval: 5 });
  }

  /** The messages received since the last call: type, then the printable part of the body. */
  messages(): string[] {
    const messages = this.peek();
    this.forget();
    return messages;
  }

  peek(): string[] {
    const found: string[] = [];
    const { received } = this;
    for (let at = 0; at + 5 <= received.length; ) {
      const next = at + 1 + received.readInt32BE(at + 1);
      if (next > received.length) break;
      const body = received.toString("latin1", at + 5, next);
      found.push(String.fromCharCode(received[at] ?? 0) + body.replace(/[^ -~]+/g, "|"));
      at = next;
    }
    return found;
  }
}

const types = (messages: string[]) => messages.map((message) => message[0]).join("");
const rowsOf = (messages: string[]) =>
  messages.filter((message) => message[0] === "D").map((message) => message.split("|").at(-1));

describe("turns", () => {
  test("10 clients of 30 read-modify-write transactions each lose no update", async () => {
    const clients = await connectAll(10);
    const table = await makeTable(clients[0] as pg.Client);
    await clients[0]?.query(`INSERT INTO ${table} VALUES (0)`);
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < 30; i++) {
          await client.query("BEGIN");
          const { rows } = await client.query<{ n: number }>(`SELECT n FROM ${table}`);
          await client.query(`UPDATE ${table} SET n = $1`, [(rows[0]?.n ?? 0) + 1]);
          await client.query("COMMIT");
        }
      }),
    );
    expect((await clients[0]?.query(`SELECT n FROM ${table}`))?.rows).toEqual([{ n: 300 }]);
  });

  test("an open transaction keeps every other client waiting until it ends", async () => {
    const [a, b, c] = (await connectAll(3)) as [pg.Client, pg.Client, pg.Client];
    const table = await makeTable(a);
    const order: string[] = [];
    await a.query("BEGIN");
    const others = [b, c].map((client) =>
      client.query(`INSERT INTO ${table} VALUES (2)`).then(() => order.push("other")),
    );
    for (let i = 0; i < 5; i++) await a.query(`INSERT INTO ${table} VALUES (1)`);
    order.push("owner");
    expect(await count(a, table)).toBe(5);
    await a.query("COMMIT");
    await Promise.all(others);
    expect(order).toEqual(["owner", "other", "other"]);
    expect(await count(b, table)).toBe(7);
  });

  test("a client that dies in a transaction is rolled back, and the next goes on at once", async () => {
    const [a, b] = (await connectAll(2)) as [pg.Client, pg.Client];
    const table = await makeTable(b);
    await a.query("BEGIN");
    await a.query(`INSERT INTO ${table} VALUES (1)`);
    const waiting = count(b, table);
    socketOf(a).destroy();
    expect(await waiting).toBe(0);
    await b.query("BEGIN");
    await b.query("ROLLBACK");
  });

  test("a client that dies between Flush and Sync is rolled back", async () => {
    const client = await connect();
    const table = await makeTable(client);
    const wire = await Wire.start();
    wire.socket.write(
      Buffer.concat([
        parse("", `INSERT INTO ${table} VALUES (1)`),
        bind("", ""),
        execute(""),
        flush,
      ]),
    );
    await wire.hears("C");
    const waiting = count(client, table);
    wire.socket.destroy();
    expect(await waiting).toBe(0);
  });

  test("after an error a transaction refuses all until ROLLBACK, and then lets others in", async () => {
    const [a, b] = (await connectAll(2)) as [pg.Client, pg.Client];
    const table = await makeTable(a);
    await a.query("BEGIN");
    await a.query(`INSERT INTO ${table} VALUES (1)`);
    await expect(a.query("SELECT 1/0")).rejects.toMatchObject({ code: "22012" });
    const waiting = count(b, table);
    await expect(a.query("SELECT 1")).rejects.toMatchObject({ code: "25P02" });
    await expect(a.query("SELECT $1::int", [1])).rejects.toMatchObject({ code: "25P02" });
    await a.query("ROLLBACK");
    expect(await waiting).toBe(0);
    expect(await count(a, table)).toBe(0);
  });

  test("an error in an extended unit skips to its Sync and undoes the unit", async () => {
    const client = await connect();
    const table = await makeTable(client);
    const wire = await Wire.start();
    const insert = [parse("", `INSERT INTO ${table} VALUES (1)`), bind("", ""), execute("")];
    const fail = [parse("", "SELECT 1/0"), bind("", ""), execute("")];
    expect(types(await wire.ask(...insert, ...fail, ...insert, sync))).toBe("12C1EZ");
    expect(types(await wire.ask(...fail, bind("", ""), sync))).toBe("1EZ");
    expect(types(await wire.ask(...insert, sync))).toBe("12CZ");
    expect(await count(client, table)).toBe(1);
  });

  test("a unit paused at Flush gets its answers, and nobody in between", async () => {
    const [a, b] = await Promise.all([Wire.start(), Wire.start()]);
    a.socket.write(Buffer.concat([parse("", "SELECT generate_series(1, 5)"), flush]));
    await a.hears("1");
    b.socket.write(query("SELECT 'b'"));
    const more = [bind("", ""), execute("", 2), flush];
    a.socket.write(Buffer.concat([describeStatement(""), ...more]));
    await a.hears("s");
    a.socket.write(Buffer.concat([execute("", 3), flush]));
    await a.hears("s", 2);
    expect(b.messages()).toEqual([]);
    expect(types(await a.ask(sync))).toBe("1tT2DDsDDDsZ");
    await b.hears("Z");
    expect(rowsOf(b.messages())).toEqual(["b"]);
  });

  test("an error before a Flush is answered at once, and Sync ends it", async () => {
    const wire = await Wire.start();
    wire.socket.write(Buffer.concat([parse("", "SELECT nonsense"), flush]));
    await wire.hears("E");
    wire.socket.write(Buffer.concat([bind("", ""), flush, flush]));
    expect(types(await wire.ask(sync))).toBe("EZ");
    expect(types(await wire.ask(flush, query("SELECT 1")))).toBe("TDCZ");
  });

  test("pg reads a result in portions over row limits", async () => {
    const client = await connect();
    const config = { text: "SELECT generate_series(1, 7) AS n", rows: 2 };
    const result = await client.query(config);
    expect(result.rows).toHaveLength(7);
  });

  test("pipelined units are answered in their order", async () => {
    const [a, b] = await Promise.all([Wire.start(), Wire.start()]);
    const numbers = Array.from({ length: 100 }, (_, i) => String(i));
    const simple = numbers.map((n) => query(`SELECT ${n}`));
    const extended = numbers.flatMap((n) => [
      parse("", `SELECT '${n}'`),
      bind("", ""),
      execute(""),
      sync,
    ]);
    const [first, second] = await Promise.all([a.ask(...simple), b.ask(...extended)]);
    expect(rowsOf(first)).toEqual(numbers);
    expect(rowsOf(second)).toEqual(numbers);
  });

  test("what was sent before Terminate is still done", async () => {
    const client = await connect();
    const table = await makeTable(client);
    await client.query("BEGIN");
    const wire = await Wire.start();
    wire.socket.write(Buffer.concat([query(`INSERT INTO ${table} VALUES (1)`), terminate]));
    await client.query("COMMIT");
    await wire.isClosed();
    expect(types(wire.messages())).toBe("CZ");
    expect(await count(client, table)).toBe(1);
  });
});

describe("prepared statements", () => {
  test("named statements and portals of equal names do not mix between clients", async () => {
    const wires = await Promise.all(Array.from({ length: 8 }, () => Wire.start()));
    await Promise.all(wires.map((wire, i) => wire.ask(parse("same", `SELECT 'n${i}'`), sync)));
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        wires.map((wire) => wire.ask(bind("portal", "same"), execute("portal"), sync)),
      );
      expect(answers.map(rowsOf)).toEqual(wires.map((_, i) => [`n${i}`]));
    }
  });

  test("an unnamed statement stays its client's own across Syncs", async () => {
    const wires = await Promise.all(Array.from({ length: 8 }, () => Wire.start()));
    const prepare = (i: number) => [parse("", `SELECT 'u${i}'`), describeStatement(""), sync];
    await Promise.all(wires.map((wire, i) => wire.ask(...prepare(i))));
    const passer = await connect();
    for (let round = 0; round < 5; round++) {
      await passer.query("SELECT 'a simple query drops the unnamed statement'");
      const answers = await Promise.all(
        wires.map((wire) => wire.ask(bind("", ""), execute(""), sync)),
      );
      expect(answers.map(types)).toEqual(wires.map(() => "2DCZ"));
      expect(answers.map(rowsOf)).toEqual(wires.map((_, i) => [`u${i}`]));
    }
  });

  test("an unnamed statement ends where PostgreSQL ends it", async () => {
    const [a, b] = await Promise.all([Wire.start(), Wire.start()]);
    await a.ask(parse("", "SELECT 1"), sync);
    await b.ask(parse("", "SELECT 2"), sync);
    await a.ask(frame("C", Buffer.from("S"), ""), sync);
    expect(types(await a.ask(bind("", ""), sync))).toBe("EZ");
    expect(rowsOf(await b.ask(bind("", ""), execute(""), sync))).toEqual(["2"]);
    await b.ask(query("SELECT 3"));
    expect(types(await b.ask(bind("", ""), sync))).toBe("EZ");
  });

  test("pg's named and unnamed queries of 8 clients get their own answers", async () => {
    const clients = await connectAll(8);
    const ask = async (client: pg.Client, i: number) => {
      for (let k = 0; k < 20; k++) {
        const unnamed = { text: `SELECT ${i} AS i, $1::int AS k`, values: [k] };
        const { rows } = await client.query(k % 2 === 0 ? unnamed : { ...unnamed, name: "same" });
        expect(rows).toEqual([{ i, k }]);
      }
    };
    await Promise.all(clients.map(ask));
  });

  test("names longer than PostgreSQL's 63 bytes stay apart", async () => {
    const wire = await Wire.start();
    const name = "n".repeat(70);
    await wire.ask(parse(`${name}1`, "SELECT 1"), parse(`${name}2`, "SELECT 2"), sync);
    expect(rowsOf(await wire.ask(bind("", `${name}1`), execute(""), sync))).toEqual(["1"]);
    expect(rowsOf(await wire.ask(bind("", `${name}2`), execute(""), sync))).toEqual(["2"]);
  });

  test("closing, and preparing a name twice, answer as PostgreSQL does", async () => {
    const wire = await Wire.start();
    expect(types(await wire.ask(parse("s", "SELECT 1"), sync))).toBe("1Z");
    expect(await wire.ask(parse("s", "SELECT 2"), sync)).toEqual([
      expect.stringContaining("C42P05"),
      "ZI",
    ]);
    expect(rowsOf(await wire.ask(bind("", "s"), execute(""), sync))).toEqual(["1"]);
    expect(types(await wire.ask(frame("C", Buffer.from("S"), "s"), sync))).toBe("3Z");
    expect((await wire.ask(bind("", "s"), sync))[0]).toContain("C26000");
  });

  test("DISCARD ALL by one client leaves the others their statements", async () => {
    const [a, b] = await Promise.all([Wire.start(), Wire.start()]);
    await a.ask(parse("s", "SELECT 'a'"), sync);
    await b.ask(parse("s", "SELECT 'b'"), sync);
    await b.ask(query("DISCARD ALL"));
    expect(rowsOf(await a.ask(bind("", "s"), execute(""), sync))).toEqual(["a"]);
    expect((await b.ask(bind("", "s"), sync))[0]).toContain("C26000");
  });

  test("a disconnected client's statements are gone", async () => {
    const [a, b] = (await connectAll(2)) as [pg.Client, pg.Client];
    await a.query({ name: "leaves_nothing", text: "SELECT 1" });
    const sql = "SELECT name FROM pg_prepared_statements WHERE name LIKE '%leaves_nothing'";
    expect((await b.query(sql)).rows).toHaveLength(1);
    await a.end();
    await vi.waitFor(async () => expect((await b.query(sql)).rows).toEqual([]), BOUND);
  });
});

describe("sessions", () => {
  const show = async (client: pg.Client, name: string) => {
    const { rows } = await client.query("SELECT current_setting($1, true) AS value", [name]);
    return rows[0]?.value;
  };

  test("SET leaks neither to the next client nor to one connected before", async () => {
    const [a, other] = (await connectAll(2)) as [pg.Client, pg.Client];
    await a.query("SET TIME ZONE 'Asia/Tokyo'");
    await a.query("SET app.owner = 'ada'; SELECT set_config('search_path', '', false)");
    await a.query("SELECT set_config($1, $2, false)", ["work_mem", "5MB"]);
    expect(await show(other, "TimeZone")).toBe("UTC");
    expect(await show(other, "search_path")).toBe("public");
    expect(await show(other, "work_mem")).toBe("4MB");
    expect(await show(other, "app.owner")).toBeFalsy();
    expect(await show(a, "TimeZone")).toBe("Asia/Tokyo");
    expect(await show(a, "search_path")).toBe("");
    expect(await show(a, "work_mem")).toBe("5MB");
    expect(await show(a, "app.owner")).toBe("ada");
    await a.end();
    const next = await connect();
    expect(await show(next, "TimeZone")).toBe("UTC");
    expect(await show(next, "app.owner")).toBeFalsy();
  });

  test("SET ROLE stays with its client", async () => {
    const [a, b] = (await connectAll(2)) as [pg.Client, pg.Client];
    await a.query("CREATE ROLE lowly");
    await a.query("SET ROLE lowly");
    const who = async (client: pg.Client) =>
      (await client.query("SELECT current_user AS name")).rows[0]?.name;
    expect(await who(b)).toBe("postgres");
    expect(await who(a)).toBe("lowly");
    await a.end();
    expect(await who(b)).toBe("postgres");
  });

  test("a rolled back SET is gone, a SET LOCAL ends with its transaction", async () => {
    const [a, b] = (await connectAll(2)) as [pg.Client, pg.Client];
    await a.query("BEGIN; SET LOCAL work_mem = '5MB'; COMMIT");
    await a.query("BEGIN; SET work_mem = '6MB'; ROLLBACK");
    expect(await show(b, "work_mem")).toBe("4MB");
    expect(await show(a, "work_mem")).toBe("4MB");
  });

  test("startup parameters count for their client only, and are reported", async () => {
    const options = "-c search_path=pg_catalog --work-mem=5MB -c app.name=two\\ words";
    const a = await connect({ options, application_name: "it's" });
    const b = await connect();
    expect(await show(b, "application_name")).toBe("");
    expect(await show(a, "application_name")).toBe("it's");
    expect(await show(a, "search_path")).toBe("pg_catalog");
    expect(await show(a, "work_mem")).toBe("5MB");
    const wire = await Wire.dial();
    wire.socket.write(startup("user\0postgres\0TimeZone\0Asia/Tokyo\0"));
    await wire.hears("Z");
    expect(wire.messages()).toContain("STimeZone|Asia/Tokyo|");
  });

  test("an unknown startup parameter is refused", async () => {
    await expect(connect({ options: "-c nonsense=1" })).rejects.toMatchObject({ code: "42704" });
  });

  test("an encoding the engine cannot convert is refused before it can break the engine", async () => {
    const [a, b] = (await connectAll(2)) as [pg.Client, pg.Client];
    await a.query("SET NAMES 'UTF8'");
    await a.query("SET client_encoding TO utf8");
    await expect(a.query("SET client_encoding = 'LATIN1'")).rejects.toMatchObject({
      code: "0A000",
    });
    const wire = await Wire.dial();
    wire.socket.write(startup("user\0postgres\0client_encoding\0WIN1252\0"));
    await wire.isClosed();
    expect(wire.messages()).toEqual([expect.stringMatching("^ESFATAL.*C0A000")]);
    expect((await b.query("SELECT 'ü' AS text")).rows).toEqual([{ text: "ü" }]);
  });

  test("another user or database is refused, not mistaken for this one", async () => {
    await expect(connect({ user: "ada" })).rejects.toMatchObject({ code: "28000" });
    await expect(connect({ database: "other" })).rejects.toMatchObject({ code: "3D000" });
  });

  test("temporary tables, cursors and session locks go with the last client that made any", async () => {
    const [a, b, c] = (await connectAll(3)) as [pg.Client, pg.Client, pg.Client];
    await a.query("CREATE TEMP TABLE scratch (n int)");
    await a.query("SELECT pg_advisory_lock(7)");
    await a.query("PREPARE by_sql AS SELECT 1");
    await b.query("CREATE TEMP TABLE scratch_of_b (n int)");
    const left = async () => {
      const { rows } = await c.query(`SELECT
        (SELECT count(*) FROM pg_class WHERE relname LIKE 'scratch%')
        + (SELECT count(*) FROM pg_locks WHERE locktype LIKE 'advis%')
        + (SELECT count(*) FROM pg_prepared_statements WHERE name = 'by_sql') AS n`);
      return Number(rows[0]?.n);
    };
    await a.end();
    await b.query("INSERT INTO scratch_of_b VALUES (1)");
    expect(await left()).toBe(4);
    await b.end();
    await vi.waitFor(async () => expect(await left()).toBe(0), BOUND);
  });
});

describe("the protocol", () => {
  test("SSL and GSS are declined, after which the same connection starts in the clear", async () => {
    const wire = await Wire.dial();
    for (const code of [requests.ssl, requests.gss]) {
      wire.socket.write(request(code));
      await vi.waitFor(() => expect(wire.received.toString()).toBe("N"), BOUND);
      wire.forget();
    }
    wire.socket.write(startup());
    await wire.hears("Z");
  });

  test("a cancel request is closed and harms nobody", async () => {
    const client = await connect();
    const wire = await Wire.dial();
    wire.socket.write(request(requests.cancel, int32(1), int32(2)));
    await wire.isClosed();
    expect(wire.received).toHaveLength(0);
    expect((await client.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });

  test("each client hears the parameters drivers expect, and a process id of its own", async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const wire = await Wire.dial();
      wire.socket.write(startup());
      await wire.hears("Z");
      ids.add(wire.received.toString("hex", wire.received.length - 14, wire.received.length - 6));
      const heard = wire.messages();
      expect(heard[0]).toBe("R|");
      expect(heard).toContain("Sclient_encoding|UTF8|");
      expect(heard).toContain("Sstandard_conforming_strings|on|");
      expect(heard).toContain("SDateStyle|ISO, MDY|");
      expect(heard).toContain("STimeZone|UTC|");
      expect(heard.some((message) => /^Sserver_version\|\d+\.\d+/.test(message))).toBe(true);
    }
    expect(ids.size).toBe(3);
  });

  test("a newer minor version and unknown options are negotiated down", async () => {
    const wire = await Wire.dial();
    const parameters = Buffer.from("user\0postgres\0_pq_.magic\0on\0\0");
    wire.socket.write(frame("", int32((3 << 16) + 2), parameters));
    await wire.hears("Z");
    expect(wire.messages()[0]).toMatch(/^v.*_pq_\.magic\|$/);
  });

  test("messages may come byte by byte", async () => {
    const wire = await Wire.dial();
    const bytes = Buffer.concat([
      startup(),
      query("SELECT 'split'"),
      parse("s", "SELECT 'also'"),
      bind("", "s"),
      execute(""),
      sync,
    ]);
    for (const byte of bytes) {
      wire.socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await wire.hears("Z", 3);
    expect(rowsOf(wire.messages())).toEqual(["split", "also"]);
  });

  test("startup and many units may come in one write", async () => {
    const wire = await Wire.dial();
    const units = Array.from({ length: 20 }, (_, i) => query(`SELECT 'packed${i}'`));
    wire.socket.write(Buffer.concat([startup(), ...units]));
    await wire.hears("Z", 21);
    expect(rowsOf(wire.messages())).toEqual(units.map((_, i) => `packed${i}`));
  });

  test("10 MB pass as parameter and as result", async () => {
    const client = await connect();
    const text = "0123456789abcdef".repeat(655_360);
    const { rows } = await client.query("SELECT $1::text AS text", [text]);
    expect(rows[0]?.text === text).toBe(true);
    const many = await client.query(
      "SELECT n, repeat('x', 100) AS fill FROM generate_series(1, 100000) n",
    );
    expect(many.rows).toHaveLength(100_000);
    expect(many.rows.at(-1)?.n).toBe(100_000);
  });

  test("a client that does not read its big results holds up nobody", async () => {
    const client = await connect();
    const wire = await Wire.start();
    wire.socket.pause();
    const big = query("SELECT repeat('x', 10000000)");
    wire.socket.write(Buffer.concat([big, big, big, big]));
    for (let i = 0; i < 5; i++) await client.query("SELECT 1");
    wire.socket.resume();
    await vi.waitFor(() => expect(wire.size).toBeGreaterThan(40_000_000), BOUND);
  });

  test("COPY FROM STDIN is refused, COPY TO STDOUT works, the connection goes on", async () => {
    const client = await connect();
    const table = await makeTable(client);
    const wire = await Wire.start();
    const copy = `COPY ${table} FROM STDIN`;
    const [error, ready] = await wire.ask(query(copy));
    expect(error).toContain("C57014");
    expect(error).toContain("use INSERT");
    expect(ready).toBe("ZI");
    expect(types(await wire.ask(parse("", copy), bind("", ""), execute(""), sync))).toBe("12EZ");
    expect(types(await wire.ask(query("BEGIN"), query(copy), query("ROLLBACK")))).toBe("CZEZCZ");
    wire.socket.write(Buffer.concat([frame("d", Buffer.from("1\n")), frame("c")]));
    expect(types(await wire.ask(query(`COPY (SELECT 1) TO STDOUT`)))).toBe("HdcCZ");
  });

  test.each([
    ["a web request", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "08P01"],
    ["an endless startup packet", int32(2 ** 30), "08P01"],
    ["protocol 2", frame("", int32(2 << 16), Buffer.from("user\0postgres\0\0")), "0A000"],
    ["a startup packet without an end", frame("", int32(3 << 16), Buffer.from("user")), "08P01"],
  ])("%s instead of a startup closes that client only", async (_, bytes, code) => {
    const bystander = await connect();
    const wire = await Wire.dial();
    wire.socket.write(Buffer.concat([bytes, Buffer.alloc(8)]));
    await wire.isClosed();
    expect(wire.messages()).toEqual([expect.stringMatching(`^ESFATAL.*C${code}`)]);
    expect((await bystander.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });

  test.each([
    ["an unknown message type", frame("!", "what"), "08P01"],
    ["a negative size", Buffer.concat([Buffer.from("Q"), int32(-5)]), "08P01"],
    ["a size of zero", Buffer.concat([Buffer.from("Q"), int32(0)]), "08P01"],
    ["a message of 1 GB", Buffer.concat([Buffer.from("Q"), int32(2 ** 30)]), "54000"],
    ["a Sync with a body", frame("S", "body"), "08P01"],
    ["a Parse without an end", frame("P", Buffer.from("name")), "08P01"],
  ])("%s closes that client only, with its transaction rolled back", async (_, bytes, code) => {
    const bystander = await connect();
    const table = await makeTable(bystander);
    const wire = await Wire.start();
    await wire.ask(query(`BEGIN; INSERT INTO ${table} VALUES (1)`));
    wire.socket.write(bytes);
    await wire.isClosed();
    expect(wire.messages()).toEqual([expect.stringMatching(`^ESFATAL.*C${code}`)]);
    expect(await count(bystander, table)).toBe(0);
  });

  test("a unit without a Sync cannot grow without bound", async () => {
    const wire = await Wire.start();
    const bytes = parse("", `SELECT '${"x".repeat(8_000_000)}'`);
    for (let i = 0; i < 9; i++) wire.socket.write(bytes);
    await wire.isClosed();
    expect(wire.messages()).toEqual([expect.stringMatching("^ESFATAL.*C54000")]);
  });

  test("random bytes and malformed bodies break neither bridge nor engine", async () => {
    const bystander = await connect();
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let round = 0; round < 60; round++) {
      const wire = await (round % 3 === 0 ? Wire.dial() : Wire.start());
      for (let i = 0; i < 5; i++) {
        const body = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
        const type = "QPBDCEFdcfSH"[random(12)] ?? "Q";
        wire.socket.write(round % 3 === 2 ? frame(type, body) : body);
      }
      wire.socket.end(sync);
      await wire.isClosed();
      expect((await bystander.query("SELECT $1::int AS n", [round])).rows).toEqual([{ n: round }]);
    }
  });

  test("an expression too deep for the engine's stack is an error like any other", async () => {
    const client = await connect();
    const deep = `SELECT ${Array.from({ length: 20_000 }, () => "1").join("+")}`;
    await expect(client.query(deep)).rejects.toMatchObject({ code: "54001" });
    expect((await client.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });
});

describe("a client or a statement that would block everybody", () => {
  let strict: Bridge;
  beforeAll(async () => {
    strict = await startBridge({ engine: await PGlite.create(), idleInTransactionMs: 300 });
  });

  test("a transaction left idle is rolled back and its client closed with 25P03", async () => {
    const [a, b] = await Promise.all([connect({}, strict), connect({}, strict)]);
    const table = await makeTable(a);
    const closed = new Promise((resolve) => a.once("error", resolve));
    await a.query(`BEGIN; INSERT INTO ${table} VALUES (1)`);
    expect(await count(b, table)).toBe(0);
    expect(await closed).toMatchObject({ code: "25P03", severity: "FATAL" });
  });

  test("a broken engine without a folder closes and refuses its clients, and says why", async () => {
    const client = await connect({}, strict);
    await expect(
      client.query("SELECT length((repeat('[', 200000) || repeat(']', 200000))::jsonb::text)"),
    ).rejects.toMatchObject({ code: "57P02", hint: expect.stringContaining("in memory") });
    await expect(connect({}, strict)).rejects.toMatchObject({ code: "57P03" });
    expect(await strict.close()).toBeUndefined();
  });
});
