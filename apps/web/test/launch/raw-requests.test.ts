import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hungAfter } from "../hung.ts";
import { rounds } from "../long.ts";
import { answers, freePort, makeFolder, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ReturnType<typeof folder.start>;
let port: number;

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  server = folder.start({ PORT: String(port), BETTER_AUTH_URL: "https://tend.test" });
  await until("the server answers", () => answers(port));
});

afterAll(() => folder.end());

/** Sends bytes on a connection of their own, and gives all that comes back until it is closed. */
async function exchange(text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.setTimeout(hungAfter / 2, () => socket.destroy());
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

const ask = (line: string, headers = "Host: tend.test\r\n") =>
  exchange(`${line} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);

const strict = /\r\nStrict-Transport-Security: max-age=31536000\r\n/i;

/** Checks what holds of every answer. */
function expectSound(text: string, asked: string): void {
  const what = JSON.stringify(asked);
  expect(text, what).toMatch(/^HTTP\/1\.1 [1-4]\d\d /);
  expect(text.match(new RegExp(strict, "gi")) ?? [], what).toHaveLength(1);
  const location = /\r\nLocation: ([^\r]*)/i.exec(text)?.[1];
  if (location !== undefined)
    expect(location, what).toMatch(/^(\/(?![/\\])|https:\/\/tend\.test\/)/);
}

test.each([
  ["OPTIONS *", 204, ""],
  ["GET *x", 400, "malformed_request"],
  ["GET *", 400, "malformed_request"],
  ["TRACE /", 405, "method_not_allowed"],
  ["TRACE /tasks", 405, "method_not_allowed"],
  ["TRACE /api/tasks", 405, "method_not_allowed"],
  ["PROPFIND /", 405, "method_not_allowed"],
  ["DELETE /tasks", 405, "method_not_allowed"],
  ["GET ftp://tend.test/x", 400, "malformed_request"],
  ["GET ws://evil.example/api/health", 400, "malformed_request"],
  ["GET http://tend.test/api/health", 200, ""],
  ["GET http://tend.test", 200, ""],
  ["GET /./api/health", 404, "address_not_found"],
  ["GET /x/../api/health", 404, "address_not_found"],
  ["GET /%2e/api/health", 404, "address_not_found"],
  ["GET /x/%2E%2e/api/health", 404, "address_not_found"],
  ["GET //api/health", 404, "address_not_found"],
  ["GET /api//health", 404, "address_not_found"],
  ["GET /\\api/health", 404, "address_not_found"],
  ["GET /api\\health", 404, "address_not_found"],
  ["GET /%61pi/health", 404, "address_not_found"],
  ["GET /api%2fhealth", 404, "address_not_found"],
  ["GET //evil.example/", 404, "address_not_found"],
  ["GET /api/health", 200, ""],
  ["GET /sign-in", 200, ""],
  ["GET /icon.svg", 200, ""],
  ["GET /no-such-page", 404, ""],
  ["GET /_next/static/gone.js", 404, ""],
])("[E-1, C-5] %s is %i %s", async (line, status, code) => {
  const text = await ask(line);
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  if (code) expect(text).toContain(`"code":"${code}"`);
  expectSound(text, line);
});

test.each([
  ["GET /api/health", "Host: tend.test\r\nHost: evil.example\r\n"],
  ["GET /", "Host: tend.test\r\nhost: tend.test\r\n"],
  ["GET /api/health", ""],
  ["GET /", ""],
])("400 malformed_request [E-1] %s with two Host headers or none", async (line, headers) => {
  const text = await ask(line, headers);
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text).toContain('"code":"malformed_request"');
  expectSound(text, line);
});

test("400 [C-5] what is no HTTP has the header that every answer has", async () => {
  for (const bytes of [
    "nonsense\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
  ]) {
    expectSound(await exchange(bytes), bytes.slice(0, 40));
  }
});

/** A client that reads nothing before it has sent all of its body, as proxies do. */
async function sendThenRead(line: string, headers: string, body: Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.pause();
  socket.write(`${line} HTTP/1.1\r\nHost: tend.test\r\n${headers}\r\n`);
  // Small pieces, since the system takes a large one over at once.
  for (let from = 0; from < body.length; from += 16_384) {
    if (!socket.write(body.subarray(from, from + 16_384))) await once(socket, "drain");
  }
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket.resume(), "end");
  socket.destroy();
  return Buffer.concat(chunks).toString("latin1");
}

const chunked = (body: Buffer) =>
  Buffer.concat([
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from("\r\n0\r\n\r\n"),
  ]);

test.each([
  ["POST /api/auth/sign-in/email", 413, "body_too_large"],
  ["POST /api/tasks", 401, "missing_token"],
  ["POST /api/nothing", 404, "address_not_found"],
  ["POST /x/../api/tasks", 404, "address_not_found"],
  ["PUT /api/health", 405, "method_not_allowed"],
  ["PUT /sign-in", 405, "method_not_allowed"],
  ["GET /api/tasks", 401, "missing_token"],
  ["DELETE /api/tasks", 405, "method_not_allowed"],
  ["POST /sign-in", 200, ""],
])("[C-10] %s with a body that nobody reads: %i %s arrives whole", async (line, status, code) => {
  for (const length of [70_000, 5_000_000]) {
    const body = Buffer.alloc(length, "x");
    const sized = `Content-Length: ${length}\r\n`;
    for (const [framing, sent] of [
      [sized, body],
      ["Transfer-Encoding: chunked\r\n", chunked(body)],
    ] as const) {
      const headers = `Content-Type: application/json\r\nConnection: close\r\n${framing}`;
      const text = await sendThenRead(line, headers, sent);
      expect(text, `${length} ${framing}`).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(text).toMatch(/\r\nConnection: close\r\n/i);
      if (!code) continue;
      const [, announced] = /\r\nContent-Length: (\d+)/i.exec(text) ?? [];
      const answer = text.slice(text.indexOf("\r\n\r\n") + 4);
      expect(answer).toHaveLength(Number(announced));
      expect(JSON.parse(answer)).toMatchObject({ code });
    }
  }
});

const piece = fc.constantFrom(
  ...[
    "/",
    "//",
    "\\",
    ".",
    "..",
    "/./",
    "/../",
    "%2e",
    "%2E",
    "%2f",
    "%5c",
    "%00",
    "%ff",
    "%",
    "*",
  ],
  ...[
    "api",
    "%61pi",
    "API",
    "tasks",
    "health",
    "sign-in",
    "_next",
    "auth",
    "x",
    "?",
    "#",
    "=",
    ";",
  ],
  ...[
    "http://",
    "https://",
    "ftp://",
    "javascript:",
    "tend.test",
    "evil.example",
    "@",
    ":80",
    "é",
    "'",
  ],
);
const request = fc.record({
  method: fc.constantFrom(
    ...[
      "GET",
      "HEAD",
      "POST",
      "PUT",
      "PATCH",
      "DELETE",
      "OPTIONS",
      "TRACE",
      "PROPFIND",
      "M-SEARCH",
    ],
  ),
  target: fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join("")),
  headers: fc.constantFrom(
    "Host: tend.test\r\n",
    "Host: evil.example\r\n",
    "Host: tend.test\r\nHost: x\r\n",
    "Host:\r\n",
    "",
    "Host: tend.test\r\nExpect: y\r\n",
    "Host: tend.test\r\nX-Forwarded-Host: evil.example\r\n",
  ),
});

test("[C-6] bytes that are no HTTP do not go on with an answer that has begun", async () => {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("error", () => {});
  socket.once("data", () => socket.write("GARBAGE\r\n\r\n"));
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.write("GET /docs HTTP/1.1\r\nHost: tend.test\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve));
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  // The bytes behind a whole answer are the next request, and refused as one.
  const [answer = "", refusal] = text.split("HTTP/1.1 400 Bad Request");
  if (refusal !== undefined) expect(answer.endsWith("</html>")).toBe(true);
});

test("[E-1, E-4, C-5] no request makes a 500, leads elsewhere, or writes into the log what it says", async () => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  console.info(`SEED=${seed} runs the same raw requests again.`);
  const mark = `mark${seed}`;
  for (const { method, target, headers } of fc.sample(request, {
    numRuns: rounds(2_000, 300),
    seed,
  })) {
    const line = `${method} ${target}`;
    const text = await ask(line, `${headers}X-Mark: ${mark}\r\nUser-Agent: ${mark}\r\n`);
    expectSound(text, `seed ${seed}: ${line} | ${headers}`);
    if (/^HTTP\/1\.1 200 /.test(text) && text.includes('"status":"ok"')) {
      expect(target, `seed ${seed}`).toMatch(/^(https?:\/\/[^/?#\\]+)?\/api\/health\/?([?#]|$)/i);
    }
  }
  const lines = server.output().split("\n").filter(Boolean);
  const said = lines.slice(lines.findIndex((line) => line.includes("Stop it with Ctrl-C")) + 1);
  for (const line of said) {
    expect(line).toMatch(/^\{"level":"(info|warn)".*\}$/);
    expect(line).not.toContain(mark);
    expect(line).not.toContain("evil.example");
  }
});
