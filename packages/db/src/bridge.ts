import { createHash, randomInt } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { setImmediate as nextTick } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";

/** How long a client may sit idle on an open transaction, in milliseconds. */
const IDLE_IN_TRANSACTION_MS = 30_000;
/** The largest message, and the largest sum of messages up to one Sync, in bytes. */
const MAX_UNIT_BYTES = 64 * 1024 * 1024;
const MAX_STARTUP_BYTES = 10_000;
/** Beyond this many bytes of waiting units a client's socket is not read. */
const READ_AHEAD_BYTES = 1024 * 1024;
/** How long a refused client gets to read why, in milliseconds. */
const FAREWELL_MS = 1_000;

const ROLE = "postgres";
const DATABASE = "postgres";
const SYNC = frame("S");
// Ignored outside a COPY; inside one it is all that keeps the engine from reading past the input,
// which it takes for a lost connection and dies of.
const REFUSE_COPY = frame(
  "f",
  cString("the embedded PostgreSQL takes no COPY FROM STDIN; use INSERT, or a PostgreSQL server"),
);
const REPORTED_PARAMETERS = [
  "server_version",
  "server_encoding",
  "client_encoding",
  "application_name",
  "default_transaction_read_only",
  "in_hot_standby",
  "is_superuser",
  "session_authorization",
  "DateStyle",
  "IntervalStyle",
  "TimeZone",
  "integer_datetimes",
  "standard_conforming_strings",
  "scram_iterations",
  "search_path",
];
const RESTART_HINT = "Start the process again; data that was only in memory is gone.";
const RESET_SETTINGS = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";
const DROP_SESSION_OBJECTS = `CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DISCARD TEMP;
  DO $$ DECLARE n text; BEGIN
    FOR n IN SELECT name FROM pg_prepared_statements WHERE from_sql LOOP
      EXECUTE format('DEALLOCATE %I', n);
    END LOOP; END $$`;
const MAKES_SESSION_OBJECTS =
  /\btemp(orary)?\b|\bpg_temp|advisory|\blisten\b|\bprepare\b|\bdeclare\b/i;
const CHANGES_SETTINGS = new Set(["SET", "RESET", "DISCARD ALL", "DO", "CALL"]);
const FORGETS_STATEMENTS = new Set(["DEALLOCATE ALL", "DISCARD ALL"]);
const CLIENT_ENCODING =
  /^\s*set\s+(?:(?:session|local)\s+)?(?:names\s+|client_encoding\s*(?:=|to\b)\s*)([\w'-]+)/i;
const CUSTOM_SETTING =
  /(?:\bset\s+(?:session\s+)?|set_config\s*\(\s*')([a-z_]\w*\.[a-z_]\w*)(?='|\s*=|\s+to\b)/gi;

/** One frontend message as the engine shall see it: statement names carry the client's prefix. */
type Message = {
  type: string;
  bytes: Buffer;
  /** The engine's name of the statement that Parse, Bind, Describe or Close speaks of. */
  statement?: string;
  callsSetConfig?: boolean;
};

/** What runs without a pause: messages up to a Sync, a Flush or a simple Query, or a farewell. */
type Unit = { messages: Message[]; size: number } | { farewell: Buffer };

type Client = {
  id: number;
  socket: Socket;
  started: boolean;
  gone: boolean;
  /** Said goodbye, or nonsense: what it sends from now on is not read. */
  deaf: boolean;
  /** Received and not yet cut into messages; cutting waits until `needed` bytes are there. */
  chunks: Buffer[];
  buffered: number;
  needed: number;
  unit: Message[];
  unitSize: number;
  units: (Unit | "startup")[];
  queued: number;
  /** The socket has more to send than it could; nothing runs for this client until it drained. */
  clogged: boolean;
  statements: Map<string, Message>;
  /** SQL that brings the engine's settings from their defaults to this client's. */
  settings: string;
  customSettings: Set<string>;
  makesSessionObjects: boolean;
  idleTimer: NodeJS.Timeout | undefined;
};

/** What the engine said to one run of messages. */
type Answer = {
  bytes: Buffer;
  /** What ReadyForQuery said last: I idle, T in a transaction, E in a failed one. */
  status: string | undefined;
  parsed: number;
  closed: number;
  failed: boolean;
  tags: string[];
};

type Bridge = {
  /** The TCP port on 127.0.0.1. */
  port: number;
  /** Says goodbye to every client and stops listening. Answers the engine, unless it broke. */
  close(): Promise<PGlite | undefined>;
};

/** The client did something the protocol has no answer for; it is told and closed. */
class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/**
 * Serves PostgreSQL's wire protocol (version 3) on 127.0.0.1 in front of one PGlite engine, which
 * must belong to this bridge alone.
 *
 * The engine is one backend, so the bridge gives each client its turns: everything up to a Sync, or
 * one simple Query, runs without another client in between, and a client whose turn leaves a
 * transaction open (or paused at a Flush) keeps the engine until that ends. A client that goes away
 * is rolled back at once; one that idles `idleInTransactionMs` in a transaction is closed (25P03).
 *
 * Each client has its own prepared statements and session settings (also `app.x` ones, where the
 * name stands in the SQL text; settings changed inside a function only count until another client's
 * turn or leak to it). Shared by all clients, because the backend is: temporary tables, SQL
 * `PREPARE` and `WITH HOLD` cursors, session advisory locks, which therefore exclude nobody (the
 * transaction-level ones do). They go when the last client that made any has gone.
 * Not served: COPY FROM STDIN (an error), notifications (dropped), cancelling (ignored).
 *
 * If the engine breaks, nothing it left half done is committed: every client is closed (57P02) and
 * `reopen` makes the next engine; without it, later clients are refused (57P03).
 * Rejects if the port cannot be had.
 */
export async function startBridge({
  engine: firstEngine,
  port = 0,
  reopen,
  idleInTransactionMs = IDLE_IN_TRANSACTION_MS,
}: {
  engine: PGlite;
  port?: number;
  reopen?: () => Promise<PGlite>;
  idleInTransactionMs?: number;
}): Promise<Bridge> {
  let engine = firstEngine;
  const clients = new Set<Client>();
  const waiting: Client[] = [];
  const departed: Client[] = [];
  /** The client whose transaction, or paused unit, occupies the engine. */
  let owner: Client | undefined;
  /** Which Parse message each statement in the engine came from. */
  const held = new Map<string, Message>();
  /** The settings in force in the engine, if known, and who may have changed them since. */
  let applied: string | undefined = "";
  let changedBy: Client | undefined;
  let lastId = 0;
  let driving: Promise<void> | undefined;
  let closing = false;
  let broken: Refusal | undefined;

  // ---- The engine

  async function exchange(...messages: Buffer[]): Promise<Answer> {
    const chunks: Buffer[] = [];
    // The stream variant, because execProtocolRaw parses every answer and keeps it for ever.
    await engine.execProtocolRawStream(Buffer.concat([...messages, REFUSE_COPY]), {
      onRawData: (chunk) => chunks.push(Buffer.from(chunk)),
    });
    return readAnswer(Buffer.concat(chunks));
  }

  /** Runs the bridge's own SQL between two units; answers the rows as text. */
  async function sql(text: string): Promise<string[][]> {
    const answer = await exchange(frame("Q", cString(text)));
    held.delete("");
    if (answer.failed) throw readError(answer.bytes);
    return readRows(answer.bytes);
  }

  async function readSettings(client: Client): Promise<string> {
    const names = [...client.customSettings].map(quote).join(", ");
    const [row] = await sql(`SELECT concat_ws('; ',
      (SELECT string_agg(format('SELECT set_config(%L, %L, false)', name, value), '; ' ORDER BY name)
        FROM (SELECT name, setting AS value FROM pg_settings WHERE source = 'session'
          UNION SELECT name, current_setting(name, true) FROM unnest(ARRAY[${names}]::text[]) name
            WHERE current_setting(name, true) <> '') changed),
      CASE WHEN session_user <> '${ROLE}' THEN format('SET SESSION AUTHORIZATION %I', session_user) END,
      CASE WHEN current_setting('role') <> 'none' THEN format('SET ROLE %I', current_setting('role')) END)`);
    return row?.[0] ?? "";
  }

  /** Notes what the client whose turn it was has made of its settings. */
  async function saveSettings(): Promise<void> {
    const client = changedBy;
    if (!client) return;
    changedBy = undefined;
    applied = undefined;
    try {
      applied = client.settings = await readSettings(client);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      dismiss(client, fatal(cause));
    }
  }

  /** Puts the client's settings in force. Throws a Refusal if the engine does not take them. */
  async function enter(client: Client): Promise<void> {
    if (changedBy === client) return;
    await saveSettings();
    if (applied === client.settings) return;
    await sql(RESET_SETTINGS);
    applied = "";
    if (client.settings) await sql(client.settings);
    applied = client.settings;
  }

  /** Removes what a client left behind in the engine. */
  async function sweep(client: Client): Promise<void> {
    if (owner === client) {
      // First, because a Sync would commit a unit paused at a Flush; again behind the Sync, because
      // after an error the engine ignores all up to it.
      await sql("ROLLBACK");
      await exchange(SYNC);
      await sql("ROLLBACK");
      owner = undefined;
    }
    if (changedBy === client) changedBy = undefined;
    await saveSettings();
    await sql(RESET_SETTINGS);
    applied = "";
    if (clients.size === 0) {
      await sql("DISCARD ALL");
      held.clear();
      return;
    }
    const closes: Buffer[] = [];
    for (const [name, parse] of client.statements) {
      if (held.get(name) !== parse) continue;
      held.delete(name);
      closes.push(frame("C", Buffer.from("S"), cString(name)));
    }
    if (closes.length > 0) await exchange(...closes, SYNC);
    const shared = [...clients].some((other) => other.makesSessionObjects);
    if (client.makesSessionObjects && !shared) await sql(DROP_SESSION_OBJECTS);
  }

  // ---- Turns

  /** Works off whoever's turn it is until nobody has anything to run. */
  function drive(): void {
    driving ??= (async () => {
      // Not at once: `driving` must be set before the last line here clears it.
      await undefined;
      while (!closing && !broken) {
        const turn = nextTurn();
        if (!turn) break;
        try {
          await turn();
        } catch (cause) {
          await recover(cause);
        }
        // Lets sockets speak between two turns: the engine itself never yields.
        await nextTick();
      }
      driving = undefined;
    })();
  }

  function nextTurn(): (() => Promise<void>) | undefined {
    const current = owner;
    if (current?.gone) return () => sweep(current);
    if (current) return canRun(current) ? () => runNext(current) : undefined;
    const leaver = departed.shift();
    if (leaver) return () => sweep(leaver);
    for (let client = waiting.shift(); client; client = waiting.shift()) {
      const next = client;
      if (canRun(next)) return () => runNext(next);
    }
    return undefined;
  }

  function canRun(client: Client): boolean {
    return !client.gone && !client.clogged && client.units.length > 0;
  }

  async function runNext(client: Client): Promise<void> {
    const unit = client.units.shift();
    if (!unit) return;
    clearTimeout(client.idleTimer);
    if (unit !== "startup" && "farewell" in unit) return dismiss(client, unit.farewell);
    if (owner !== client) {
      try {
        await enter(client);
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        return dismiss(client, fatal(cause));
      }
      if (unit === "startup") {
        changedBy = client;
        client.socket.write(welcome(client.id, await readParameters()));
      }
    }
    if (unit !== "startup") {
      owner = client;
      client.queued -= unit.size;
      if (client.queued < READ_AHEAD_BYTES) client.socket.resume();
      const { answer, before } = await run(client, unit.messages);
      if (answer.status === "I") owner = undefined;
      if (!client.gone) {
        client.socket.write(Buffer.concat([before, answer.bytes]));
        client.clogged = client.socket.writableNeedDrain;
      }
    }
    if (owner === client) watchIdle(client);
    else queue(client);
  }

  async function run(client: Client, messages: Message[]) {
    const before = await restoreStatements(client, messages);
    let answer = await exchange(...messages.map((message) => message.bytes));
    // A refused COPY swallows the Sync behind it.
    if (!answer.status && messages.at(-1)?.type === "S") {
      const rest = await exchange(SYNC);
      const bytes = Buffer.concat([answer.bytes, rest.bytes]);
      answer = { ...answer, bytes, status: rest.status };
    }
    let { parsed, closed } = answer;
    for (const message of messages) {
      const { type, statement = "" } = message;
      if (type === "P" && parsed-- > 0) {
        held.set(statement, message);
        client.statements.set(statement, message);
      } else if (type === "C" && closed-- > 0 && message.statement !== undefined) {
        held.delete(statement);
        client.statements.delete(statement);
      } else if (type === "Q") {
        held.delete("");
        client.statements.delete("");
      }
      const source = type === "B" ? client.statements.get(statement) : message;
      if (source?.callsSetConfig) changedBy = client;
    }
    // After an error it is not known whether the engine still has the unnamed statement.
    if (answer.failed) held.delete("");
    for (const tag of answer.tags) {
      if (CHANGES_SETTINGS.has(tag)) changedBy = client;
      if (FORGETS_STATEMENTS.has(tag)) {
        held.clear();
        client.statements.clear();
      }
    }
    return { answer, before };
  }

  /**
   * Parses again those statements the messages rely on which another client made the engine forget:
   * the unnamed one by using it, any by DEALLOCATE ALL. Answers what the client must hear of it.
   */
  async function restoreStatements(client: Client, messages: Message[]): Promise<Buffer> {
    const lost = new Map<string, Message>();
    const made = new Set<string>();
    for (const { type, statement } of messages) {
      if (statement === undefined) continue;
      if (type === "P") made.add(statement);
      const parse = client.statements.get(statement);
      if (made.has(statement) || type === "C" || !parse || held.get(statement) === parse) continue;
      lost.set(statement, parse);
    }
    if (lost.size === 0) return Buffer.alloc(0);
    const answer = await exchange(...[...lost.values()].map((parse) => parse.bytes));
    if (answer.failed) return answer.bytes;
    for (const [name, parse] of lost) held.set(name, parse);
    return Buffer.alloc(0);
  }

  function queue(client: Client): void {
    if (canRun(client) && owner !== client && !waiting.includes(client)) waiting.push(client);
    drive();
  }

  function watchIdle(client: Client): void {
    clearTimeout(client.idleTimer);
    if (client.gone) return;
    client.idleTimer = setTimeout(() => {
      const message = "terminating connection due to idle-in-transaction timeout";
      const hint = "A transaction occupies the whole embedded PostgreSQL; end it before waiting.";
      dismiss(client, fatal(new Refusal("25P03", message, hint)));
    }, idleInTransactionMs);
    drive();
  }

  /** The engine can no longer be trusted, so whatever it left unfinished must never be committed. */
  async function recover(cause: unknown): Promise<void> {
    const message = "the embedded PostgreSQL broke off; no open transaction was committed";
    const hint =
      "Connect again. If the same statement breaks it again, make that statement simpler.";
    const refusal = new Refusal("57P02", message, reopen ? hint : RESTART_HINT);
    for (const client of clients) dismiss(client, fatal(refusal));
    owner = changedBy = undefined;
    applied = "";
    held.clear();
    waiting.length = departed.length = 0;
    try {
      if (!reopen) throw cause;
      engine = await reopen();
      failFast(engine);
    } catch {
      broken = new Refusal("57P03", "the embedded PostgreSQL broke off", RESTART_HINT);
      for (const client of clients) dismiss(client, fatal(broken));
    }
  }

  // ---- Clients

  function accept(socket: Socket): void {
    socket.setNoDelay(true);
    const client: Client = {
      id: ++lastId,
      socket,
      started: false,
      gone: false,
      deaf: false,
      chunks: [],
      buffered: 0,
      needed: 8,
      unit: [],
      unitSize: 0,
      units: [],
      queued: 0,
      clogged: false,
      statements: new Map(),
      settings: "",
      customSettings: new Set(),
      makesSessionObjects: false,
      idleTimer: undefined,
    };
    clients.add(client);
    socket.on("data", (chunk) => receive(client, chunk));
    socket.on("drain", () => {
      client.clogged = false;
      if (owner === client) watchIdle(client);
      else queue(client);
    });
    // Nothing to add: "close" follows.
    socket.on("error", () => {});
    socket.on("close", () => leave(client));
    if (broken) dismiss(client, fatal(broken));
    if (closing) dismiss(client, fatal(shutdown()));
  }

  /** Forgets the client; its traces in the engine are swept as soon as the engine is free. */
  function leave(client: Client): void {
    if (client.gone) return;
    client.gone = true;
    clearTimeout(client.idleTimer);
    client.chunks.length = client.unit.length = client.units.length = 0;
    clients.delete(client);
    if (owner !== client) departed.push(client);
    drive();
  }

  function dismiss(client: Client, farewell: Buffer): void {
    if (client.gone) return;
    leave(client);
    const { socket } = client;
    // Reads on: closing with unread input would reset the connection and lose the farewell.
    socket.resume();
    socket.end(farewell);
    const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.once("close", () => clearTimeout(timer));
  }

  /** As `dismiss`, but after the answers to what the client had sent before. */
  function dismissInOrder(client: Client, farewell: Buffer): void {
    client.deaf = true;
    if (client.units.length === 0 && owner !== client) {
      dismiss(client, farewell);
    } else {
      client.units.push({ farewell });
      queue(client);
    }
  }

  function receive(client: Client, chunk: Buffer): void {
    if (client.gone || client.deaf) return;
    client.chunks.push(chunk);
    client.buffered += chunk.length;
    if (owner === client && !canRun(client)) watchIdle(client);
    if (client.buffered < client.needed) return;
    let data = client.chunks.length === 1 ? chunk : Buffer.concat(client.chunks);
    try {
      while (!client.gone && !client.deaf) {
        const size = client.started ? messageSize(data, client.unitSize) : startupSize(data);
        client.needed = size;
        if (data.length < size) break;
        const packet = data.subarray(0, size);
        data = data.subarray(size);
        if (client.started) take(client, packet);
        else start(client, packet);
      }
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;

      dismissInOrder(client, fatal(cause));
    }
    if (client.gone || client.deaf) data = Buffer.alloc(0);
    client.chunks = [data];
    client.buffered = data.length;
    if (client.queued >= READ_AHEAD_BYTES) client.socket.pause();
    queue(client);
  }

  function start(client: Client, packet: Buffer): void {
    const { socket } = client;
    const version = packet.readInt32BE(4);
    // SSLRequest and GSSENCRequest.
    if (version === 80877103 || version === 80877104) {
      socket.write("N");
      return;
    }
    // CancelRequest: by the time it is read, nothing is running any more.
    if (version === 80877102) {
      dismiss(client, Buffer.alloc(0));
      return;
    }
    if (version >> 16 !== 3) {
      throw new Refusal(
        "0A000",
        `unsupported frontend protocol ${version >> 16}.${version & 0xffff}`,
      );
    }
    const { settings, unknown } = readStartup(packet);
    client.started = true;
    client.settings = settings;
    if ((version & 0xffff) > 0 || unknown.length > 0) {
      const counts = [int32(3 << 16), int32(unknown.length)];
      socket.write(frame("v", ...counts, ...unknown.map(cString)));
    }
    // Only settings of its own need the engine; without, a client is let in while others work.
    if (settings) client.units.push("startup");
    else socket.write(welcome(client.id, parameters));
  }

  function take(client: Client, packet: Buffer): void {
    const message = toEngine(packet, client.id);
    const { type } = message;
    if (type === "X") dismissInOrder(client, Buffer.alloc(0));
    if (type === "X" || type === "d" || type === "c" || type === "f") return;
    if (type === "P" || type === "Q") {
      const text = packet.toString("utf8", type === "Q" ? 5 : packet.indexOf(0, 5) + 1);
      refuseEncoding(CLIENT_ENCODING.exec(text)?.[1]);
      message.callsSetConfig = /set_config/i.test(text);
      client.makesSessionObjects ||= MAKES_SESSION_OBJECTS.test(text);
      for (const [, name] of text.matchAll(CUSTOM_SETTING)) {
        if (name) client.customSettings.add(name.toLowerCase());
      }
    }
    const ends = type === "Q" || type === "S" || type === "F" || type === "H";
    if (type === "H" && client.unit.length === 0) return;
    client.unit.push(message);
    client.unitSize += packet.length;
    if (!ends) return;
    client.units.push({ messages: client.unit, size: client.unitSize });
    client.queued += client.unitSize;
    client.unit = [];
    client.unitSize = 0;
  }

  async function readParameters(): Promise<string[][]> {
    const names = REPORTED_PARAMETERS.map(quote).join(", ");
    return sql(`SELECT name, current_setting(name) FROM unnest(ARRAY[${names}]) name`);
  }

  failFast(engine);
  const parameters = await readParameters();
  const server = createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.on("error", (cause) => {
      reject(new Error(`Port ${port} cannot be used. Choose another, or 0 for any.`, { cause }));
    });
    server.listen({ host: "127.0.0.1", port }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a TCP server");

  return {
    port: address.port,
    async close() {
      closing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) dismiss(client, fatal(shutdown()));
      await closed;
      await driving;
      return broken ? undefined : engine;
    },
  };
}

/**
 * Makes the engine throw when a statement breaks it (a WebAssembly trap, an exhausted stack).
 * PGlite swallows that and goes on, so that the Sync behind it would commit half a statement.
 */
function failFast(engine: PGlite): void {
  const module = engine.Module;
  const runOnce = module._PostgresMainLoopOnce;
  module._PostgresMainLoopOnce = () => {
    try {
      runOnce();
    } catch (cause) {
      const isSqlError = cause instanceof Object && "status" in cause && cause.status === 100;
      if (!isSqlError) {
        // PGlite calls this next, in its catch block, the one place from which a throw gets out.
        module.stackRestore = () => {
          throw cause;
        };
      }
      throw cause;
    }
  };
}

// ---- The protocol

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function frame(type: string, ...parts: Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(type), int32(length), ...parts]);
}

function quote(text: string): string {
  return ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function fatal({ code, message, hint }: Refusal): Buffer {
  const fields = ["SFATAL", "VFATAL", `C${code}`, `M${message}`, ...(hint ? [`H${hint}`] : []), ""];
  return frame("E", ...fields.map(cString));
}

function shutdown(): Refusal {
  return new Refusal("57P01", "the embedded PostgreSQL is being stopped");
}

function welcome(id: number, parameters: string[][]): Buffer {
  return Buffer.concat([
    frame("R", int32(0)),
    ...parameters.map((pair) => frame("S", ...pair.map(cString))),
    frame("K", int32(id), int32(randomInt(2 ** 31))),
    frame("Z", Buffer.from("I")),
  ]);
}

/** The startup packet's size in bytes, or how many bytes it takes to tell. */
function startupSize(data: Buffer): number {
  if (data.length < 8) return 8;
  const size = data.readInt32BE(0);
  if (size < 8 || size > MAX_STARTUP_BYTES) {
    throw new Refusal(
      "08P01",
      `this is PostgreSQL's protocol; invalid startup packet size ${size}`,
    );
  }
  return size;
}

/** The next message's size in bytes, or how many bytes it takes to tell. */
function messageSize(data: Buffer, unitSize: number): number {
  if (data.length < 5) return 5;
  const type = String.fromCharCode(data[0] ?? 0);
  const size = data.readInt32BE(1) + 1;
  if (!"QPBDCESHXFdcf".includes(type)) {
    throw new Refusal("08P01", `invalid frontend message type ${data[0]}`);
  }
  if (size < 5 || ("SHX".includes(type) && size > 5)) {
    throw new Refusal("08P01", `invalid size ${size} of frontend message ${type}`);
  }
  if (unitSize + size > MAX_UNIT_BYTES) {
    const hint = `The embedded PostgreSQL takes ${MAX_UNIT_BYTES} bytes at a time; send less.`;
    throw new Refusal("54000", `frontend message ${type} is too large`, hint);
  }
  return size;
}

function readCString(data: Buffer, from: number): { text: string; end: number } {
  const end = data.indexOf(0, from);
  if (end < 0) throw new Refusal("08P01", "invalid string in message");
  return { text: data.toString("utf8", from, end), end: end + 1 };
}

/** The settings a startup packet asks for, as SQL, and the protocol options not known here. */
function readStartup(packet: Buffer): { settings: string; unknown: string[] } {
  const given = new Map<string, string>();
  const unknown: string[] = [];
  for (let at = 8; packet[at] !== 0; ) {
    const name = readCString(packet, at);
    const value = readCString(packet, name.end);
    at = value.end;
    if (name.text.startsWith("_pq_.")) unknown.push(name.text);
    else given.set(name.text, value.text);
  }
  const user = given.get("user");
  const database = given.get("database") || user;
  const hint = `Connect as user "${ROLE}" to database "${DATABASE}"; the embedded PostgreSQL has no other.`;
  if (user !== ROLE) throw new Refusal("28000", `role "${user ?? ""}" does not exist`, hint);
  if (database !== DATABASE)
    throw new Refusal("3D000", `database "${database}" does not exist`, hint);
  if (!["", "false", "off", "no", "0"].includes(given.get("replication") ?? "")) {
    throw new Refusal("0A000", "the embedded PostgreSQL serves no replication");
  }
  const settings = new Map<string, string>();
  const options = given.get("options")?.match(/(?:\\.|\S)+/g) ?? [];
  for (let i = 0; i < options.length; i++) {
    const option = options[i] === "-c" ? `-c${options[++i] ?? ""}` : (options[i] ?? "");
    const [, name, value] = /^(?:-c|--)([^=]+)=(.*)$/s.exec(option) ?? [];
    if (!name) throw new Refusal("42601", `invalid option "${option}" in startup options`);
    settings.set(name.replaceAll("-", "_"), (value ?? "").replace(/\\(.)/gs, "$1"));
  }
  for (const [name, value] of given) {
    if (!["user", "database", "options", "replication"].includes(name)) settings.set(name, value);
  }
  refuseEncoding(settings.get("client_encoding"));
  settings.delete("client_encoding");
  const calls = [...settings].map(([name, value]) => {
    return `SELECT set_config(${quote(name)}, ${quote(value)}, false)`;
  });
  return { settings: calls.join("; "), unknown };
}

/** The engine lacks the conversions: it would take another encoding, and break at the next text. */
function refuseEncoding(encoding: string | undefined): void {
  if (!encoding || /^(utf-?8|unicode|default)$/i.test(encoding.replaceAll("'", ""))) return;
  const hint = "Set client_encoding (or the variable PGCLIENTENCODING) to UTF8.";
  throw new Refusal("0A000", `the embedded PostgreSQL speaks UTF8, not ${encoding}`, hint);
}

/**
 * Gives named statements names of this client's own. The unnamed one keeps its name (the bridge
 * parses it again when another client used it), and so do portals: none outlives its client's turn.
 */
function toEngine(packet: Buffer, clientId: number): Message {
  const type = String.fromCharCode(packet[0] ?? 0);
  let from = 5;
  if (type === "B") from = readCString(packet, 5).end;
  else if ((type === "D" || type === "C") && packet[5] === 0x53) from = 6;
  else if (type !== "P") return { type, bytes: packet };
  const { text, end } = readCString(packet, from);
  const statement = engineName(text, clientId);
  const bytes = frame(type, packet.subarray(5, from), cString(statement), packet.subarray(end));
  return { type, bytes, statement };
}

/** Within the engine's 63 bytes, beyond which it would cut names and so confuse them. */
function engineName(name: string, clientId: number): string {
  if (name === "") return "";
  const full = `${clientId}:${name}`;
  if (Buffer.byteLength(full) <= 63) return full;
  return `${clientId}#${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;
}

/** Reads the engine's answer and leaves out what no client shall see. */
function readAnswer(raw: Buffer): Answer {
  const answer: Answer = {
    bytes: raw,
    status: undefined,
    parsed: 0,
    closed: 0,
    failed: false,
    tags: [],
  };
  const kept: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < raw.length; ) {
    const type = String.fromCharCode(raw[at] ?? 0);
    const next = at + 1 + raw.readInt32BE(at + 1);
    if (type === "1") answer.parsed++;
    if (type === "3") answer.closed++;
    if (type === "E") answer.failed = true;
    if (type === "C") answer.tags.push(raw.toString("latin1", at + 5, next - 1));
    if (type === "Z") answer.status = String.fromCharCode(raw[at + 5] ?? 0);
    else if (!"ANS".includes(type)) answer.status = undefined;
    // CopyInResponse, since the copy has been refused already, and other clients' notifications.
    if (type === "G" || type === "A") {
      kept.push(raw.subarray(from, at));
      from = next;
    }
    at = next;
  }
  if (from > 0) answer.bytes = Buffer.concat([...kept, raw.subarray(from)]);
  return answer;
}

function readRows(answer: Buffer): string[][] {
  const rows: string[][] = [];
  for (let at = 0; at < answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    if (answer[at] !== 0x44) continue;
    const row: string[] = [];
    let field = at + 7;
    for (let left = answer.readInt16BE(at + 5); left > 0; left--) {
      const size = Math.max(0, answer.readInt32BE(field));
      row.push(answer.toString("utf8", field + 4, field + 4 + size));
      field += 4 + size;
    }
    rows.push(row);
  }
  return rows;
}

function readError(answer: Buffer): Refusal {
  const text = answer.toString("utf8");
  const field = (letter: string) => new RegExp(`\\0${letter}([^\\0]*)\\0`).exec(text)?.[1];
  return new Refusal(field("C") ?? "XX000", field("M") ?? "unknown error");
}
