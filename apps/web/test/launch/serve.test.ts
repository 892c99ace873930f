import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hungAfter } from "../hung.ts";
import { answers, freePort, isFree, loopback6, makeFolder, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ReturnType<typeof folder.start>;
let port: number;

const start = () => folder.start({ PORT: String(port) }, "start", true);

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  server = start();
  await until("the server answers", () => answers(port));
});

afterAll(() => folder.end());

/** Sends these bytes on one connection and gives what came back, up to `enough`. */
function exchange(bytes: string | Buffer, enough: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setTimeout(hungAfter / 2, () =>
      reject(new Error(`Only this came: ${text.slice(-500)}`)),
    );
    socket.once("error", reject);
    socket.on("data", (chunk) => {
      text += chunk;
      if (!enough.test(text)) return;
      socket.destroy();
      resolve(text);
    });
    socket.once("close", () => resolve(text));
    socket.write(bytes);
  });
}

test("200 an idle connection is kept for longer than the 60 s of proxies", async () => {
  const { headers } = await fetch(`http://127.0.0.1:${port}/api/health`);
  expect(Number(/timeout=(\d+)/.exec(headers.get("keep-alive") ?? "")?.[1])).toBeGreaterThan(60);
});

test("200 a request that offers an upgrade is answered, also after a page was shown", async () => {
  expect((await fetch(`http://127.0.0.1:${port}/sign-in`)).status).toBe(200);
  const text = await exchange(
    "GET /api/health HTTP/1.1\r\nHost: tend\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
    /"status":"ok"/,
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
});

test("413 [E-2] a body of 24 MB in chunks is refused, and its connection serves the next request", async () => {
  const mebibyte = Buffer.alloc(1024 * 1024, "x");
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), mebibyte, Buffer.from("\r\n")]);
  const head = "Host: tend\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const text = await exchange(
    Buffer.concat([
      Buffer.from(`POST /api/auth/sign-in/email HTTP/1.1\r\n${head}`),
      ...Array.from({ length: 24 }, () => chunk),
      Buffer.from("0\r\n\r\nGET /api/health HTTP/1.1\r\nHost: tend\r\n\r\n"),
    ]),
    /"status":"ok"/,
  );
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).toMatch(/HTTP\/1\.1 200 /);
});

test.each([
  ["an id that cannot be decoded", "GET /api/tasks/%ff", 401],
  ["a slash at the end", "GET /api/tasks/", 401],
  ["the whole address", "GET http://tend.test/api/health", 200],
  ["an unknown method", "PROPFIND /api/tasks", 405],
  ["TRACE", "TRACE /api/tasks", 405],
  ["two slashes", "GET //api/tasks", 404],
])("[E-1] %s gets the contract's answer", async (_, line, status) => {
  const text = await exchange(`${line} HTTP/1.1\r\nHost: tend\r\n\r\n`, /\r\n\r\n.*}/s);
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(text).toMatch(status === 200 ? /"status":"ok"/ : /application\/problem\+json/);
});

/** Begins a sign-in at the server; the function that it gives sends the body, for the status. */
async function beginSigningIn(host: string): Promise<() => Promise<number | undefined>> {
  const post = request({ port, host, path: "/api/auth/sign-in/email", method: "POST" });
  post.setHeader("Content-Type", "application/json");
  post.setHeader("Expect", "100-continue");
  post.flushHeaders();
  await once(post, "continue");
  return async () => {
    post.end('{"email":"a@example.com","password":"correct horse"}');
    const [response]: IncomingMessage[] = await once(post, "response");
    return response?.resume().statusCode;
  };
}

test.each<[string, () => unknown]>([
  ["SIGINT", () => server.child.kill("SIGINT")],
  ["SIGTERM", () => server.child.kill("SIGTERM")],
  ["Ctrl-C in a terminal", () => server.interrupt()],
])("[C-6] %s finishes what is in flight, at each address, with its database", async (_, stop) => {
  if (server.child.exitCode !== null) server = start();
  await until("the server answers", () => answers(port));
  const hosts = ["127.0.0.1", loopback6].filter((host) => host !== undefined);
  const begun = await Promise.all(hosts.map(beginSigningIn));
  stop();
  for (const host of hosts) await until("no new connection is taken", () => isFree(port, host));
  for (const finish of begun) expect(await finish()).toBe(401);
  expect(await server.ended).toBe(0);
});

test("200 [C-3, C-5] /docs is one rendering for all strangers, each with a nonce of their own; who is signed in is greeted", async () => {
  if (server.child.exitCode !== null) server = start();
  await until("the server answers", () => answers(port));
  const origin = `http://127.0.0.1:${port}`;
  const own = `http://localhost:${port}`;
  const read = async (headers: Record<string, string> = {}) => {
    const answer = await fetch(`${origin}/docs`, { headers });
    expect(answer.status).toBe(200);
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    const text = await answer.text();
    for (const script of text.match(/<script\b[^>]*>/g) ?? []) {
      expect(script).toContain(` nonce="${nonce}"`);
    }
    return { nonce, text: text.replaceAll(nonce, ""), answer };
  };
  const strangers = [];
  for (const cookie of ["", "a=b", `tend_${port}.session_token=forged.x`, "theme=purple"]) {
    strangers.push(await read(cookie === "" ? {} : { cookie }), await read({ RSC: "1" }));
  }
  expect(new Set(strangers.map(({ nonce }) => nonce)).size).toBe(strangers.length);
  expect(new Set(strangers.map(({ text }) => text)).size).toBe(1);
  expect(strangers[0]?.text).toContain("every error");
  expect((await read({ cookie: "theme=dark" })).text).toContain('data-theme="dark"');
  const signedUp = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: own },
    body: JSON.stringify({
      name: "Grace Hopper",
      email: "grace@example.com",
      password: "correct horse battery",
    }),
  });
  expect(signedUp.status).toBe(200);
  const cookie = signedUp.headers
    .getSetCookie()
    .map((one) => one.slice(0, one.indexOf(";")))
    .join("; ");
  expect((await read({ cookie })).text).toContain("Grace Hopper");
  expect((await read()).text).not.toContain("Grace Hopper");
});
