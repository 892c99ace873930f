/**
 * Sends requests as fast as answers come, or with a pause between them, and measures. A process of
 * its own, controlled by messages: the bench starts it, and it holds no state of a server.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";

export const operations = ["list", "get", "create", "toggle"] as const;
export type BenchOperation = (typeof operations)[number];

/** A user with a token, and the ids of some of their tasks. */
export interface BenchUser {
  readonly id: string;
  readonly token: string;
  readonly tasks: readonly string[];
}

export interface Run {
  readonly port: number;
  /** One, or several in turn. */
  readonly operations: readonly BenchOperation[];
  /** Tasks of a page of the list; 20 where nothing is said. */
  readonly page?: number;
  readonly connections: number;
  /** Milliseconds between an answer and the next request of a connection. */
  readonly pause: number;
  /** Seconds that are left out at the beginning, and seconds that count. */
  readonly warmUp: number;
  readonly seconds: number;
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds from the request to the last byte of its answer. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** The number of failures by their status; 0: the connection broke. */
  readonly failures: Readonly<Record<number, number>>;
}

function requestOf(
  operation: BenchOperation,
  { token, tasks }: BenchUser,
  count: number,
  page: number,
): string {
  const task = tasks[count % tasks.length] ?? "";
  const head = (line: string, rest = "") =>
    `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n${rest}\r\n`;
  switch (operation) {
    case "list":
      return head(`GET /api/tasks?limit=${page}`);
    case "get":
      return head(`GET /api/tasks/${task}`);
    case "toggle":
      return head(`PATCH /api/tasks/${task}/complete`);
    case "create": {
      const body = `{"title":"Pay the rent of flat ${count % 1_000}","description":"By standing order"}`;
      const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
      return head("POST /api/tasks", type) + body;
    }
  }
}

/** The status of the answer that these bytes hold whole; undefined where more has to come. */
function statusOf(text: string): number | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const whole =
    length === undefined
      ? !/\r\ntransfer-encoding: *chunked/i.test(head) || text.endsWith("\r\n0\r\n\r\n")
      : text.length >= end + 4 + Number(length);
  return whole ? Number(text.slice(9, 12)) : undefined;
}

async function run(run: Run, users: readonly BenchUser[]): Promise<Measured> {
  const begin = performance.now() + run.warmUp * 1_000;
  const end = begin + run.seconds * 1_000;
  const times: number[] = [];
  const failures: Record<number, number> = {};
  let count = 0;

  const connection = (number: number): Promise<void> =>
    new Promise((done) => {
      const socket = connect({ port: run.port, host: "127.0.0.1", noDelay: true });
      let text = "";
      let sent = 0;
      const send = () => {
        sent = performance.now();
        if (sent >= end) {
          socket.destroy();
          return done();
        }
        const turn = count++;
        const user = users[run.pause > 0 ? number % users.length : turn % users.length];
        const operation = run.operations[turn % run.operations.length];
        if (user && operation) {
          const count = Math.floor(turn / users.length);
          socket.write(requestOf(operation, user, count, run.page ?? 20));
        }
      };
      const took = (status: number) => {
        const now = performance.now();
        if (sent >= begin && now < end) {
          if (status >= 200 && status < 300) times.push(now - sent);
          else failures[status] = (failures[status] ?? 0) + 1;
        }
        if (run.pause > 0) setTimeout(send, run.pause * (0.5 + Math.random()));
        else send();
      };
      socket.on("data", (chunk: Buffer) => {
        // Each byte one character, so that lengths are those of bytes.
        text += chunk.toString("latin1");
        const status = statusOf(text);
        if (status === undefined) return;
        text = "";
        took(status);
      });
      socket.once("error", () => socket.destroy());
      socket.once("close", () => {
        if (performance.now() < end) {
          failures[0] = (failures[0] ?? 0) + 1;
          setTimeout(() => connection(number).then(done), 100);
        } else done();
      });
      // First requests are spread over the warm-up where there are pauses, as those of people are.
      socket.once("connect", () =>
        run.pause > 0 ? setTimeout(send, Math.random() * run.pause) : send(),
      );
    });

  await Promise.all(Array.from({ length: run.connections }, (_, number) => connection(number)));
  times.sort((a, b) => a - b);
  const percentile = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return {
    perSecond: times.length / run.seconds,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    max: percentile(1),
    failures,
  };
}

if (process.send) {
  const users = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as readonly BenchUser[];
  process.on("message", async (message: Run) => process.send?.(await run(message, users)));
  process.send("ready");
}
